/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "chirp.h"
#include "interrupt.h"
#include "latency.h"
#include "mca/cli.h"
#include "mca/diag.h"
#include "mca/duplex.h"
#include "mca/pcm_list.h"
#include "mca/simcard.h"
#include "progress.h"

/*
 * Both directions are started in one moment and run on one clock: playback is filled with silence
 * up to a level, then frame k that is written leaves when frame level + k is captured. So the time
 * on the way is a difference of two positions, whatever the two directions' buffers hold.
 */
#define LEAD_S 0.3         /* silence before the first chirp */
#define APART_S 0.8        /* from chirp to chirp, and the longest way that is looked for */
#define BLOCK_FRAMES 1024
#define TIMEOUT_MS 2000
#define XRUNS_MAX 3        /* so often it is begun anew: the machine may be busy */
#define LANES 2u           /* of a frame in a window, whatever lanes the devices have */

struct cards {
	const struct mca_command *command;
	const struct mca_latency_wish *wish;
	struct mca_simrack *rack;
	struct mca_pcm *pcm[2];
	struct mca_duplex *duplex;
	struct mca_chirp chirp;
	int16_t *tape;             /* what is played, frames of LANES */
	float *heard;              /* what was recorded, one lane */
	size_t frames;             /* of either */
};

static int open_one(struct cards *cards, enum mca_pcm_direction direction, const char *reference,
		    unsigned rate_hz)
{
	struct mca_pcm_shape shape = { .rate_hz = rate_hz, .lanes = LANES,
				       .block_frames = BLOCK_FRAMES };
	struct mca_pcm_list list = { 0 };
	struct mca_diag diag = { 0 };
	char device[MCA_PCM_NAME];
	int err = mca_pcm_list_names(&list, cards->rack, &diag);

	if (err == 0)
		err = mca_pcm_list_resolve(&list, 0, reference, device, &diag);
	mca_pcm_list_done(&list);
	if (err == 0)
		err = mca_pcm_open(&cards->pcm[direction], device, direction, cards->rack, &diag);
	if (err == 0)
		err = mca_pcm_configure(cards->pcm[direction], &shape, &diag);
	return err < 0 ? mca_command_failed(cards->command, "%s", diag.text) : MCA_COMMAND_GO;
}

static int open_cards(struct cards *cards, const struct mca_settings *settings, unsigned rate_hz)
{
	const struct mca_latency_wish *wish = cards->wish;
	struct mca_diag diag = { 0 };
	int code = MCA_COMMAND_GO;

	if ((mca_simcard_number(wish->play) || mca_simcard_number(wish->record)) &&
	    mca_simrack_new(&cards->rack, &settings->simulation.rack, false, &diag) < 0)
		return mca_command_failed(cards->command, "%s", diag.text);
	code = open_one(cards, MCA_PLAYBACK, wish->play, rate_hz);
	if (code == MCA_COMMAND_GO)
		code = open_one(cards, MCA_CAPTURE, wish->record, rate_hz);
	if (code != MCA_COMMAND_GO)
		return code;
	if (mca_duplex_new(&cards->duplex, cards->pcm[MCA_CAPTURE], cards->pcm[MCA_PLAYBACK],
			   BLOCK_FRAMES, 2 * BLOCK_FRAMES, &diag) < 0)
		return mca_command_failed(cards->command, "%s", diag.text);
	if (!mca_duplex_shared_clock(cards->duplex))
		return mca_command_failed(cards->command, "%s and %s do not run on one clock, so "
					  "nothing can be measured between them: give two "
					  "directions of one card", wish->play, wish->record);
	return MCA_COMMAND_GO;
}

static size_t chirp_at(const struct cards *cards, unsigned number)
{
	return (size_t)((LEAD_S + number * APART_S) * cards->chirp.rate_hz);
}

static int make_tape(struct cards *cards, unsigned rate_hz)
{
	if (mca_chirp_init(&cards->chirp, rate_hz) < 0)
		return mca_command_failed(cards->command, "out of memory");
	cards->frames = chirp_at(cards, MCA_LATENCY_CHIRPS) +
			mca_duplex_latency_frames(cards->duplex);
	cards->tape = calloc(cards->frames * LANES, sizeof(*cards->tape));
	cards->heard = calloc(cards->frames, sizeof(*cards->heard));
	if (!cards->tape || !cards->heard)
		return mca_command_failed(cards->command, "out of memory");
	for (unsigned i = 0; i < MCA_LATENCY_CHIRPS; i++)
		mca_chirp_put(&cards->chirp, cards->wish->level_dbfs,
			      cards->tape + chirp_at(cards, i) * LANES, LANES);
	return MCA_COMMAND_GO;
}

/* Into the recording, all lanes together; beyond its end: nowhere. */
static void keep(struct cards *cards, size_t at, const struct mca_duplex_window *in)
{
	for (unsigned i = 0; i < in->count && at + i < cards->frames; i++) {
		int sum = 0;

		for (unsigned lane = 0; lane < LANES; lane++)
			sum += in->frames[i * LANES + lane];
		cards->heard[at + i] = (float)sum / LANES;
	}
}

static void feed(const struct cards *cards, size_t at, const struct mca_duplex_window *out)
{
	size_t bytes = sizeof(*out->frames) * LANES, left = 0;

	if (at < cards->frames)
		left = cards->frames - at < out->count ? cards->frames - at : out->count;
	memcpy(out->frames, cards->tape + (left ? at * LANES : 0), left * bytes);
	memset(out->frames + left * LANES, 0, (out->count - left) * bytes);
}

/* One window each way, of equal length. Frames, or negative errno. */
static int pass(struct cards *cards, size_t at, unsigned most)
{
	struct mca_duplex_window in, out;
	int err = mca_duplex_capture_begin(cards->duplex, most, &in);

	if (err == 0)
		err = mca_duplex_playback_begin(cards->duplex, in.count, &out);
	if (err < 0)
		return err;
	in.count = out.count;
	keep(cards, at, &in);
	feed(cards, at, &out);
	err = mca_duplex_playback_end(cards->duplex, out.count);
	if (err == 0)
		err = mca_duplex_capture_end(cards->duplex, out.count);
	return err < 0 ? err : (int)out.count;
}

/* From the start of the streams to the end of the tape; 0, or negative errno; 1: Ctrl-C. */
static int play(struct cards *cards, struct mca_progress *progress, int interrupt)
{
	unsigned left = 0;
	size_t at = 0;
	int err = mca_duplex_start(cards->duplex);

	while (err >= 0 && at < cards->frames) {
		if (left == 0) {
			if (mca_interrupt_wait(interrupt, 0))
				return 1;
			mca_progress_show(progress, (double)at / cards->chirp.rate_hz,
					  (double)cards->frames / cards->chirp.rate_hz, "s");
			err = mca_duplex_wait(cards->duplex, TIMEOUT_MS);
			left = BLOCK_FRAMES;
		}
		if (err >= 0)
			err = pass(cards, at, left);
		if (err < 0)
			break;
		at += (unsigned)err;
		left -= (unsigned)err;
	}
	return err < 0 ? err : 0;
}

static int play_through(struct cards *cards, int interrupt)
{
	struct mca_progress progress;
	int result = 0;

	mca_progress_init(&progress, "latency");
	for (unsigned tries = 0; tries <= XRUNS_MAX; tries++) {
		enum mca_pcm_direction direction;

		result = play(cards, &progress, interrupt);
		if (result >= 0 || mca_duplex_fault(cards->duplex, &direction) != MCA_FAULT_XRUN)
			break;
		mca_duplex_stop(cards->duplex);
	}
	mca_duplex_stop(cards->duplex);
	mca_progress_done(&progress);
	if (result == 1)
		return MCA_EXIT_FAILURE;
	if (result < 0)
		return mca_command_failed(cards->command, "%s and %s do not keep up (%s): is the "
					  "card plugged in, the machine overloaded?",
					  cards->wish->play, cards->wish->record,
					  strerror(-result));
	return MCA_COMMAND_GO;
}

static void find_chirps(struct cards *cards, struct mca_latency *latency)
{
	size_t level = mca_duplex_latency_frames(cards->duplex);
	size_t range = (size_t)(APART_S * cards->chirp.rate_hz);

	for (unsigned i = 0; i < MCA_LATENCY_CHIRPS; i++) {
		const float *from = cards->heard + level + chirp_at(cards, i);
		double at;

		if (mca_chirp_find(&cards->chirp, from, range, &at) >= MCA_CHIRP_HEARD)
			mca_latency_note(latency, at);
	}
	mca_latency_sort(latency);
}

int mca_latency_cards(const struct mca_command *command, const struct mca_latency_wish *wish,
		      const struct mca_settings *settings, unsigned rate_hz, int interrupt,
		      struct mca_latency *latency)
{
	struct cards cards = { .command = command, .wish = wish };
	int code = open_cards(&cards, settings, rate_hz);

	latency->rate_hz = rate_hz;
	if (code == MCA_COMMAND_GO)
		code = make_tape(&cards, rate_hz);
	if (code == MCA_COMMAND_GO)
		code = play_through(&cards, interrupt);
	if (code == MCA_COMMAND_GO)
		find_chirps(&cards, latency);
	mca_chirp_done(&cards.chirp);
	free(cards.tape);
	free(cards.heard);
	mca_duplex_free(cards.duplex);
	mca_pcm_close(cards.pcm[MCA_CAPTURE]);
	mca_pcm_close(cards.pcm[MCA_PLAYBACK]);
	mca_simrack_free(cards.rack);
	return code;
}
