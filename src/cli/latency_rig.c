/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "chirp.h"
#include "interrupt.h"
#include "latency.h"
#include "mca/cli.h"
#include "mca/diag.h"
#include "mca/engine.h"
#include "mca/simcard.h"
#include "mca/wav.h"
#include "progress.h"

/*
 * The channel on the simulated cards, and a free-running clock, so that half a minute passes in a
 * moment. Chirps come in from a WAV file; what goes out is recorded as bare samples of all lanes.
 * Both cards count their frames from one moment, and each by its own crystal, whose errors are
 * known. So the moments at which a chirp passes either connector are known to a fraction of a
 * frame.
 */
#define LEAD_S 0.1         /* silence that a source has before its file */
#define SETTLE_S 20.0      /* for two clocks to be joined */
#define APART_S 1.0
#define CHANNEL_TRIES 5000 /* looks of a millisecond */
#define PI 3.14159265358979323846

struct rig {
	const struct mca_command *command;
	const struct mca_latency_wish *wish;
	struct mca_settings *settings;
	struct mca_sim_card_spec *card[2];   /* by direction, in the settings */
	struct mca_simrack *rack;
	struct mca_engine_status *status;
	char folder[PATH_MAX / 2];
	unsigned rate_hz[2];
	int interrupt;
};

/* How many frames a card has given at a moment; and the moment at which it has given so many. */
static double frames_at(const struct mca_sim_card_spec *card, unsigned rate_hz, double time_s)
{
	double turn = 2 * PI / card->wander_period_s, bent_s = time_s;

	if (card->wander_ppm > 0)
		bent_s += card->wander_ppm * 1e-6 / turn * (1 - cos(turn * time_s));
	return rate_hz * (1 + card->drift_ppm * 1e-6) * bent_s;
}

static double moment_s(const struct mca_sim_card_spec *card, unsigned rate_hz, double frames)
{
	double time_s = frames / rate_hz;

	for (unsigned i = 0; i < 8; i++) /* Newton; the slope is one within a hundredth */
		time_s += (frames - frames_at(card, rate_hz, time_s)) / rate_hz;
	return time_s;
}

static double chirp_s(unsigned number)
{
	return SETTLE_S + number * APART_S;
}

static struct mca_sim_card_spec *card_of(struct mca_settings *settings,
					 const struct mca_device_ref *ref)
{
	unsigned number = ref->id ? ref->id : mca_simcard_number(ref->name);

	return number >= 1 && number <= MCA_SIM_CARDS ? &settings->simulation.rack.card[number - 1]
						      : NULL;
}

/* One channel, and of the cards what they are; but what they hear and where it goes is ours. */
static int take_over(struct rig *rig)
{
	struct mca_settings *settings = rig->settings;
	struct mca_channel_settings only = *mca_settings_channel(settings, rig->wish->channel);

	only.enabled = true;
	settings->channel[0] = only;
	settings->channel_count = 1;
	settings->simulation.rack.free_running = true;
	settings->simulation.rack.duration_s = 0;
	rig->card[MCA_CAPTURE] = card_of(settings, &only.input);
	rig->card[MCA_PLAYBACK] = card_of(settings, &only.output);
	if (!rig->card[MCA_CAPTURE] || !rig->card[MCA_PLAYBACK])
		return mca_command_failed(rig->command, "channel %u is not on simulated cards: "
					  "leave --simulate out and wire a test card to it, or "
					  "name sim:1 to sim:%d", only.id, MCA_SIM_CARDS);
	for (unsigned i = 0; i < MCA_SIM_CARDS; i++)
		settings->simulation.rack.card[i].sink.kind = MCA_SIM_DISCARD;
	rig->card[MCA_CAPTURE]->source.kind = MCA_SIM_WAV;
	rig->card[MCA_CAPTURE]->source.loop = false;
	rig->card[MCA_PLAYBACK]->sink.kind = MCA_SIM_RAW;
	snprintf(rig->card[MCA_CAPTURE]->source.path, MCA_SIM_PATH, "%.200s/in.wav", rig->folder);
	snprintf(rig->card[MCA_PLAYBACK]->sink.path, MCA_SIM_PATH, "%.200s/out.raw", rig->folder);
	rig->rate_hz[MCA_CAPTURE] = rig->card[MCA_CAPTURE]->only_rate_hz;
	if (!rig->rate_hz[MCA_CAPTURE])
		rig->rate_hz[MCA_CAPTURE] = settings->rate_hz;
	return MCA_COMMAND_GO;
}

static int write_source(struct rig *rig)
{
	unsigned rate_hz = rig->rate_hz[MCA_CAPTURE], lanes = rig->settings->lanes;
	size_t frames = (size_t)(chirp_s(MCA_LATENCY_CHIRPS) * rate_hz);
	int16_t *tape = calloc(frames * lanes, sizeof(*tape));
	struct mca_wav_writer *writer = NULL;
	struct mca_chirp chirp = { 0 };
	struct mca_diag diag = { 0 };
	int err = tape ? mca_chirp_init(&chirp, rate_hz) : -ENOMEM;

	for (unsigned i = 0; err == 0 && i < MCA_LATENCY_CHIRPS; i++)
		mca_chirp_put(&chirp, rig->wish->level_dbfs,
			      tape + (size_t)(chirp_s(i) * rate_hz) * lanes, lanes);
	if (err == 0)
		err = mca_wav_writer_open(&writer, rig->card[MCA_CAPTURE]->source.path, rate_hz,
					  lanes, &diag);
	if (err == 0)
		err = mca_wav_writer_append(writer, tape, frames);
	if (err == 0)
		err = mca_wav_writer_close(writer);
	mca_chirp_done(&chirp);
	free(tape);
	return err < 0 ? mca_command_failed(rig->command, "cannot write %s: %s: give TMPDIR a "
					    "folder with room", rig->folder, strerror(-err))
		       : MCA_COMMAND_GO;
}

static int await_end(struct rig *rig, struct mca_engine *engine, struct mca_latency *latency)
{
	const struct mca_channel_status *channel = &rig->status->channel[0];
	double all_s = chirp_s(MCA_LATENCY_CHIRPS) + 1, done_s = 0;
	struct mca_progress progress;
	struct mca_notice notice;

	mca_progress_init(&progress, "latency");
	for (unsigned i = 0; i < CHANNEL_TRIES || channel->state == MCA_CHANNEL_RUNNING; i++) {
		if (mca_interrupt_wait(rig->interrupt, 1))
			break;
		mca_engine_tick(engine);
		while (mca_engine_notice(engine, &notice))
			; /* whatever it says shows in the status too */
		mca_engine_status(engine, rig->status);
		if (channel->state == MCA_CHANNEL_FAULT)
			break;
		if (channel->state == MCA_CHANNEL_RUNNING) {
			latency->told_ms = channel->latency_ms;
			done_s = (double)channel->frames / channel->info[MCA_PLAYBACK].rate_hz;
		}
		if (done_s >= all_s)
			break;
		mca_progress_show(&progress, done_s, all_s, "s");
	}
	mca_progress_done(&progress);
	if (mca_interrupt_wait(rig->interrupt, 0))
		return MCA_EXIT_FAILURE;
	if (channel->state != MCA_CHANNEL_RUNNING)
		return mca_command_failed(rig->command, "channel %u does not run: %s",
					  rig->wish->channel, channel->reason[0] ? channel->reason
					  : "its cards deliver no audio");
	if (rig->status->xruns > 0)
		return mca_command_failed(rig->command, "channel %u had xruns, after which the "
					  "recording cannot be compared: take the faults out of "
					  "the simulation", rig->wish->channel);
	return MCA_COMMAND_GO;
}

static int run(struct rig *rig, struct mca_latency *latency)
{
	struct mca_engine_options options = { .simulate = true };
	struct mca_engine *engine = NULL;
	struct mca_diag diag = { 0 };
	int code;

	if (mca_simrack_new(&rig->rack, &rig->settings->simulation.rack, false, &diag) < 0)
		return mca_command_failed(rig->command, "%s", diag.text);
	options.rack = rig->rack;
	rig->status = calloc(1, sizeof(*rig->status));
	if (!rig->status)
		return mca_command_failed(rig->command, "out of memory");
	if (mca_engine_new(&engine, rig->settings, &options, &diag) < 0)
		return mca_command_failed(rig->command, "%s", diag.text);
	code = await_end(rig, engine, latency);
	mca_engine_free(engine);
	return code;
}

/* A sample of a raw sink: 16 bit, or left-justified in 32 where the card has a wider format. */
static float sample_of(const unsigned char *at, unsigned bytes)
{
	int32_t wide;
	int16_t narrow;

	if (bytes == sizeof(narrow)) {
		memcpy(&narrow, at, sizeof(narrow));
		return narrow;
	}
	memcpy(&wide, at, sizeof(wide));
	return (float)wide / 65536;
}

/* The recorded lanes that the channel feeds, averaged. The caller frees; NULL without memory. */
static float *mix(const unsigned char *bytes, size_t count, unsigned sample_bytes,
		  const struct mca_pcm_info *info)
{
	float *mixed = calloc(count + 1, sizeof(*mixed));

	for (size_t i = 0; mixed && i < count; i++) {
		const unsigned char *frame = bytes + i * info->lanes * sample_bytes;

		for (unsigned n = 0; n < info->pick.count; n++)
			mixed[i] += sample_of(frame + (info->pick.lane[n] - 1) * sample_bytes,
					      sample_bytes) / (float)info->pick.count;
	}
	return mixed;
}

/* What came out. The caller frees; NULL where it cannot be read. */
static float *read_heard(const struct rig *rig, size_t *count)
{
	const struct mca_sim_card_spec *card = rig->card[MCA_PLAYBACK];
	const struct mca_pcm_info *info = &rig->status->channel[0].info[MCA_PLAYBACK];
	unsigned sample_bytes = card->only_format <= MCA_SIM_S16_LE ? 2 : 4;
	FILE *file = fopen(card->sink.path, "rbe");
	unsigned char *bytes = NULL;
	float *heard = NULL;
	struct stat st;

	if (file && fstat(fileno(file), &st) == 0)
		bytes = malloc((size_t)st.st_size + 1);
	if (bytes) {
		*count = fread(bytes, (size_t)sample_bytes * info->lanes,
			       (size_t)st.st_size / ((size_t)sample_bytes * info->lanes), file);
		heard = mix(bytes, *count, sample_bytes, info);
	}
	free(bytes);
	if (file)
		fclose(file);
	return heard;
}

/* A simulated card captures in each further pair of its lanes what the first pair did 10 ms
 * earlier (mca/simcard.h). */
static unsigned late_frames(const struct rig *rig)
{
	const struct mca_lane_pick *pick = &rig->status->channel[0].info[MCA_CAPTURE].pick;

	return (pick->lane[0] - 1) / 2 * (rig->rate_hz[MCA_CAPTURE] / 100);
}

/* Where a chirp that came in is heard, counted from the moment at which it came. */
static void find_chirp(struct rig *rig, const struct mca_chirp *chirp, const float *heard,
		       size_t count, unsigned number, struct mca_latency *latency)
{
	const struct mca_sim_card_spec *in = rig->card[MCA_CAPTURE], *out = rig->card[MCA_PLAYBACK];
	unsigned in_hz = rig->rate_hz[MCA_CAPTURE];
	double frame = floor(chirp_s(number) * in_hz) + floor(LEAD_S * in_hz) + late_frames(rig);
	double came_s = moment_s(in, in_hz, frame), at;
	size_t from = (size_t)frames_at(out, chirp->rate_hz, came_s);
	size_t range = (size_t)(APART_S * chirp->rate_hz);

	if (from > count)
		return;
	if (range > count - from)
		range = count - from;
	if (mca_chirp_find(chirp, heard + from, range, &at) < MCA_CHIRP_HEARD)
		return;
	at = moment_s(out, chirp->rate_hz, (double)from + at) - came_s;
	mca_latency_note(latency, at * chirp->rate_hz);
}

static int find_chirps(struct rig *rig, struct mca_latency *latency)
{
	struct mca_chirp chirp = { 0 };
	size_t count = 0;
	float *heard = read_heard(rig, &count);
	bool possible;

	latency->rate_hz = rig->status->channel[0].info[MCA_PLAYBACK].rate_hz;
	possible = heard && mca_chirp_init(&chirp, latency->rate_hz) == 0;
	for (unsigned i = 0; possible && i < MCA_LATENCY_CHIRPS; i++)
		find_chirp(rig, &chirp, heard, count, i, latency);
	mca_latency_sort(latency);
	mca_chirp_done(&chirp);
	free(heard);
	return possible ? MCA_COMMAND_GO : mca_command_failed(rig->command, "cannot read what was "
							      "recorded: out of memory");
}

int mca_latency_rig(const struct mca_command *command, const struct mca_latency_wish *wish,
		    struct mca_settings *settings, int interrupt, struct mca_latency *latency)
{
	struct rig rig = { .command = command, .wish = wish, .settings = settings,
			   .interrupt = interrupt };
	const char *place = getenv("TMPDIR");
	int code;

	snprintf(rig.folder, sizeof(rig.folder), "%.180s/mca-latency-XXXXXX",
		 place && *place ? place : "/tmp");
	if (!mkdtemp(rig.folder))
		return mca_command_failed(command, "cannot make a folder %s: %s: set TMPDIR to one "
					  "that may be written", rig.folder, strerror(errno));
	code = take_over(&rig);
	if (code == MCA_COMMAND_GO) {
		code = write_source(&rig);
		if (code == MCA_COMMAND_GO)
			code = run(&rig, latency);
		mca_simrack_free(rig.rack);
		if (code == MCA_COMMAND_GO)
			code = find_chirps(&rig, latency);
		free(rig.status);
		unlink(rig.card[MCA_CAPTURE]->source.path);
		unlink(rig.card[MCA_PLAYBACK]->sink.path);
	}
	rmdir(rig.folder);
	return code;
}
