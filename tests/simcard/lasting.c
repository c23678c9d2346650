/* SPDX-License-Identifier: MIT */
/* Faults that do not end because a program gives up, and faults of the card as a whole. */
#include <errno.h>
#include <time.h>

#include "pair.h"
#include "rack.h"

#define RATE 44100
#define BLOCK 512
#define STALL_S 0.4

static double now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void start(snd_pcm_t *pcm)
{
	CHECK_INT(snd_pcm_prepare(pcm), 0);
	CHECK_INT(snd_pcm_start(pcm), 0);
}

static void await_frames(snd_pcm_t *pcm)
{
	while (snd_pcm_avail_update(pcm) < BLOCK)
		snd_pcm_wait(pcm, 10);
}

/* However often the program starts anew: only the lower bound is certain on a busy machine. */
static void a_stall_is_as_long_as_it_says(void)
{
	struct mca_sim_fault stall = { .kind = MCA_SIM_FAULT_STALL, .duration_s = STALL_S };
	struct mca_simrack_spec spec = free_spec();
	struct mca_simrack *rack;
	snd_pcm_t *pcm = NULL;
	double begin;

	spec.free_running = false;
	rack = make_rack(&spec);
	CHECK_INT(open_one(&pcm, rack, 1, SND_PCM_STREAM_CAPTURE, RATE, 2, BLOCK, NULL), 0);
	start(pcm);
	await_frames(pcm);
	CHECK_INT(mca_simrack_inject(rack, 1, &stall), 0);
	begin = now_s();
	snd_pcm_avail_update(pcm);
	start(pcm);
	CHECK_INT(snd_pcm_avail_update(pcm), 0);
	snd_pcm_close(pcm);
	CHECK_INT(open_one(&pcm, rack, 1, SND_PCM_STREAM_CAPTURE, RATE, 2, BLOCK, NULL), 0);
	start(pcm);
	await_frames(pcm);
	CHECK(now_s() - begin >= STALL_S);
	snd_pcm_close(pcm);
	mca_simrack_free(rack);
}

static void play_until_gone(struct mca_simrack *rack, unsigned card, unsigned stream)
{
	static const int16_t silence[2 * BLOCK];
	snd_pcm_t *pcm = NULL;
	bool capture = stream == 0;
	int err = 0;

	CHECK_INT(open_one(&pcm, rack, card, capture ? SND_PCM_STREAM_CAPTURE :
			   SND_PCM_STREAM_PLAYBACK, RATE, 2, BLOCK, NULL), 0);
	CHECK_INT(snd_pcm_prepare(pcm), 0);
	if (!capture)
		CHECK_INT(snd_pcm_mmap_writei(pcm, silence, BLOCK), BLOCK);
	CHECK_INT(snd_pcm_start(pcm), 0);
	for (unsigned i = 0; i < 10000 && err >= 0; i++) {
		int16_t frames[2 * BLOCK];

		snd_pcm_wait(pcm, 1000);
		err = (int)(capture ? snd_pcm_mmap_readi(pcm, frames, BLOCK) :
				      snd_pcm_mmap_writei(pcm, silence, BLOCK));
		if (err == -EAGAIN)
			err = 0;
	}
	CHECK_INT(err, -ENODEV);
	snd_pcm_close(pcm);
}

/* Scheduled or ordered for one direction, used with the other. */
static void an_unplug_strikes_whichever_direction_is_there(void)
{
	for (unsigned named = 0; named < 2; named++) {
		struct mca_sim_fault fault = { .kind = MCA_SIM_FAULT_UNPLUG, .stream = named,
					       .at_s = 0.5 };
		struct mca_simrack_spec spec = free_spec();
		struct mca_simrack *rack;

		spec.card[0].fault[spec.card[0].fault_count++] = fault;
		rack = make_rack(&spec);
		play_until_gone(rack, 1, !named);
		CHECK(!mca_simrack_present(rack, 1));
		CHECK_INT(mca_simrack_inject(rack, 2, &fault), 0);
		mca_simrack_free(rack);
	}
}

/* Both directions of one card: one moment, one unplug. */
static void an_unplug_strikes_once(void)
{
	struct mca_simrack_spec spec = free_spec();
	struct pair pair = { 0 };
	struct mca_simrack *rack;

	spec.card[0].fault[spec.card[0].fault_count++] = (struct mca_sim_fault){
		.kind = MCA_SIM_FAULT_UNPLUG, .at_s = 0.5 };
	rack = make_rack(&spec);
	CHECK_INT(pair_open(&pair, rack, 1, 1, RATE, BLOCK), 0);
	CHECK_INT(pair_start(&pair), 0);
	CHECK(pair_run(&pair, 10 * RATE) < 0);
	pair_close(&pair);
	CHECK(!mca_simrack_present(rack, 1));
	mca_simrack_replug(rack, 1);
	CHECK_INT(pair_open(&pair, rack, 1, 1, RATE, BLOCK), 0);
	CHECK_INT(pair_start(&pair), 0);
	CHECK_INT(pair_run(&pair, 10 * RATE), 0);
	pair_close(&pair);
	mca_simrack_free(rack);
}

int main(void)
{
	RUN(a_stall_is_as_long_as_it_says);
	RUN(an_unplug_strikes_whichever_direction_is_there);
	RUN(an_unplug_strikes_once);
	return DONE();
}
