/* SPDX-License-Identifier: MIT */
/* Every way to break a card, and what a program sees of it. */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>

#include "pair.h"
#include "rack.h"

#define RATE 44100
#define BLOCK 512

static void schedule(struct mca_simrack_spec *spec, unsigned card, enum mca_sim_fault_kind kind,
		     unsigned stream, double at_s, double duration_s, double every_s)
{
	struct mca_sim_card_spec *c = &spec->card[card - 1];

	c->fault[c->fault_count++] = (struct mca_sim_fault){
		.kind = kind, .stream = stream, .at_s = at_s, .duration_s = duration_s,
		.every_s = every_s };
}

static void xruns_strike_at_their_frame(void)
{
	struct mca_simrack_spec spec = free_spec();
	struct pair pair = { 0 };
	struct mca_simrack *rack;

	schedule(&spec, 1, MCA_SIM_FAULT_XRUN, 0, 1.0, 0, 2.0);
	rack = make_rack(&spec);
	CHECK_INT(pair_open(&pair, rack, 1, 2, RATE, BLOCK), 0);
	for (int i = 0; i < 4; i++) {
		CHECK_INT(pair_start(&pair), 0);
		CHECK_INT(pair_run(&pair, 100 * RATE), -EPIPE);
		CHECK_INT(snd_pcm_state(pair.pcm[0]), SND_PCM_STATE_XRUN);
		/* The card captured to the very frame; we had whole blocks of it. */
		CHECK_INT(pair.captured, (i ? 2 * RATE : RATE) / BLOCK * BLOCK);
	}
	pair_close(&pair);
	/* The schedule survives the stream: nothing is due again before second 9. */
	CHECK_INT(pair_open(&pair, rack, 1, 2, RATE, BLOCK), 0);
	CHECK_INT(pair_start(&pair), 0);
	CHECK_INT(pair_run(&pair, 100 * RATE), -EPIPE);
	CHECK_INT(pair.captured, 2 * RATE / BLOCK * BLOCK);
	pair_close(&pair);
	mca_simrack_free(rack);
}

static void a_playback_xrun_is_seen_by_the_playback_side(void)
{
	struct mca_simrack_spec spec = free_spec();
	struct pair pair = { 0 };
	struct mca_simrack *rack;

	schedule(&spec, 2, MCA_SIM_FAULT_XRUN, 1, 0.5, 0, 0);
	rack = make_rack(&spec);
	CHECK_INT(pair_open(&pair, rack, 1, 2, RATE, BLOCK), 0);
	CHECK_INT(pair_start(&pair), 0);
	CHECK_INT(pair_run(&pair, RATE), -EPIPE);
	CHECK_INT(snd_pcm_state(pair.pcm[0]), SND_PCM_STATE_RUNNING);
	CHECK_INT(snd_pcm_state(pair.pcm[1]), SND_PCM_STATE_XRUN);
	CHECK_INT(pair_start(&pair), 0);
	CHECK_INT(pair_run(&pair, 10 * RATE), 0);
	pair_close(&pair);
	mca_simrack_free(rack);
}

/* Neither an xrun nor an unplugging may leave a drain waiting. */
static void a_drain_that_breaks_ends(void)
{
	static const enum mca_sim_fault_kind kinds[] = { MCA_SIM_FAULT_XRUN, MCA_SIM_FAULT_UNPLUG,
							 MCA_SIM_FAULT_SUSPEND };
	static const int16_t silence[2 * 2000];

	for (unsigned i = 0; i < 3; i++) {
		struct mca_simrack_spec spec = free_spec();
		struct mca_simrack *rack;
		snd_pcm_t *pcm = NULL;

		schedule(&spec, 1, kinds[i], 1, 0.02, 0, 0);
		rack = make_rack(&spec);
		CHECK_INT(open_one(&pcm, rack, 1, SND_PCM_STREAM_PLAYBACK, RATE, 2, BLOCK, NULL),
			  0);
		CHECK_INT(snd_pcm_nonblock(pcm, 0), 0);
		CHECK_INT(snd_pcm_mmap_writei(pcm, silence, 2000), 2000);
		snd_pcm_drain(pcm);
		CHECK(snd_pcm_state(pcm) != SND_PCM_STATE_DRAINING);
		snd_pcm_close(pcm);
		mca_simrack_free(rack);
	}
}

static void a_late_wake_up_loses_nothing_while_there_is_room(void)
{
	struct mca_simrack_spec spec = free_spec();
	struct pair pair = { 0 };
	struct mca_simrack *rack;
	snd_pcm_sframes_t most = 0;

	schedule(&spec, 1, MCA_SIM_FAULT_LATE, 0, 0.25, 0.010, 0.5);
	rack = make_rack(&spec);
	CHECK_INT(pair_open(&pair, rack, 1, 2, RATE, BLOCK), 0);
	CHECK_INT(pair_start(&pair), 0);
	while (pair.captured < 4 * RATE) {
		CHECK(poll_once(pair.pcm[0], 1000) & POLLIN);
		if (snd_pcm_avail_update(pair.pcm[0]) > most)
			most = snd_pcm_avail_update(pair.pcm[0]);
		if (pair_cycle(&pair, 1000) < 0)
			break;
	}
	CHECK(pair.captured >= 4 * RATE);
	/* 10 ms are 441 frames: seen on top of the block that we waited for. */
	CHECK(most >= BLOCK + 440 && most <= BLOCK + 442);
	pair_close(&pair);
	mca_simrack_free(rack);
}

static void a_wake_up_that_is_too_late_is_an_xrun(void)
{
	struct mca_simrack_spec spec = free_spec();
	struct pair pair = { 0 };
	struct mca_simrack *rack;

	schedule(&spec, 1, MCA_SIM_FAULT_LATE, 0, 0.25, 0.050, 0);
	rack = make_rack(&spec);
	CHECK_INT(pair_open(&pair, rack, 1, 2, RATE, BLOCK), 0);
	CHECK_INT(pair_start(&pair), 0);
	CHECK_INT(pair_run(&pair, RATE), -EPIPE);
	CHECK_INT(pair_start(&pair), 0);
	CHECK_INT(pair_run(&pair, RATE), 0);
	pair_close(&pair);
	mca_simrack_free(rack);
}

static void short_windows_come_in_every_length(void)
{
	static const unsigned blocks[] = { 16, 64, 512, 1024 };

	for (unsigned i = 0; i < 4; i++) {
		struct mca_simrack_spec spec = free_spec();
		struct pair pair = { 0 };
		struct mca_simrack *rack;

		schedule(&spec, 1, MCA_SIM_FAULT_SHORT_WINDOW, 0, 0, 0, 0);
		schedule(&spec, 2, MCA_SIM_FAULT_SHORT_WINDOW, 1, 0, 0, 0);
		rack = make_rack(&spec);
		CHECK_INT(pair_open(&pair, rack, 1, 2, RATE, blocks[i]), 0);
		CHECK_INT(pair.buffer[0] % 2, 1);
		CHECK_INT(pair.buffer[1] % 2, 1);
		CHECK_INT(pair_start(&pair), 0);
		CHECK_INT(pair_run(&pair, 60 * RATE), 0);
		CHECK_INT(pair.shortest, 1);
		CHECK(pair.windows > pair.captured / blocks[i]);
		pair_close(&pair);
		mca_simrack_free(rack);
	}
}

static void a_suspended_stream_resumes_or_is_prepared(void)
{
	struct mca_simrack_spec spec = free_spec();
	struct pair pair = { 0 };
	struct mca_simrack *rack;
	uint64_t captured;

	schedule(&spec, 1, MCA_SIM_FAULT_SUSPEND, 0, 0.5, 0.100, 0.5);
	rack = make_rack(&spec);
	CHECK_INT(pair_open(&pair, rack, 1, 2, RATE, BLOCK), 0);
	CHECK_INT(pair_start(&pair), 0);
	CHECK_INT(pair_run(&pair, RATE), -ESTRPIPE);
	CHECK_INT(snd_pcm_state(pair.pcm[0]), SND_PCM_STATE_SUSPENDED);
	CHECK(poll_once(pair.pcm[0], 1000) & POLLERR);
	snd_pcm_resume(pair.pcm[0]);
	CHECK_INT(snd_pcm_state(pair.pcm[0]), SND_PCM_STATE_SUSPENDED);
	pair.clock.now_ns += 200000000;
	snd_pcm_resume(pair.pcm[0]);
	CHECK_INT(snd_pcm_state(pair.pcm[0]), SND_PCM_STATE_RUNNING);
	/* The card slept: nothing was captured. Playback was not suspended and ran dry. */
	CHECK(snd_pcm_avail_update(pair.pcm[0]) < BLOCK);
	CHECK_INT(snd_pcm_avail_update(pair.pcm[1]), -EPIPE);
	captured = pair.captured;
	CHECK(captured > 0);

	CHECK_INT(pair_start(&pair), 0);
	CHECK_INT(pair_run(&pair, RATE), -ESTRPIPE);
	CHECK_INT(pair_start(&pair), 0);
	CHECK_INT(pair_run(&pair, RATE / 4), 0);
	pair_close(&pair);
	mca_simrack_free(rack);
}

static void a_stalled_pointer_stands_still(void)
{
	struct mca_simrack_spec spec = free_spec();
	struct pair pair = { 0 };
	struct mca_simrack *rack;

	schedule(&spec, 1, MCA_SIM_FAULT_STALL, 0, 0.5, 0, 0);
	schedule(&spec, 1, MCA_SIM_FAULT_STALL, 0, 1.0, 0.005, 0);
	rack = make_rack(&spec);
	CHECK_INT(pair_open(&pair, rack, 1, 2, RATE, BLOCK), 0);
	CHECK_INT(pair_start(&pair), 0);
	/* For good: no wake-up comes at all. */
	CHECK_INT(pair_run(&pair, RATE / 2 / BLOCK * BLOCK), 0);
	CHECK_INT(pair_cycle(&pair, 20), -ETIMEDOUT);
	CHECK_INT(snd_pcm_state(pair.pcm[0]), SND_PCM_STATE_RUNNING);
	pair.clock.now_ns += 1000000000;
	CHECK_INT(snd_pcm_avail_update(pair.pcm[0]), RATE / 2 % BLOCK);
	/* For 5 ms: the wake-up comes so much later, and playback has lost that much lead. */
	CHECK_INT(pair_start(&pair), 0);
	CHECK_INT(pair_run(&pair, RATE / 2 / BLOCK * BLOCK), 0);
	CHECK(poll_once(pair.pcm[0], 1000) & POLLIN);
	CHECK_INT(snd_pcm_avail_update(pair.pcm[0]), BLOCK);
	CHECK_NEAR((double)snd_pcm_avail_update(pair.pcm[1]),
		   (double)(pair.buffer[1] - BLOCK) + 0.005 * RATE, 2);
	pair_close(&pair);
	mca_simrack_free(rack);
}

static void faults_can_be_ordered_by_hand(void)
{
	struct mca_simrack_spec spec = free_spec();
	struct mca_simrack *rack = make_rack(&spec);
	struct mca_sim_fault fault = { .kind = MCA_SIM_FAULT_XRUN, .stream = 1 };
	struct pair pair = { 0 };

	CHECK_INT(pair_open(&pair, rack, 1, 2, RATE, BLOCK), 0);
	CHECK_INT(pair_start(&pair), 0);
	CHECK_INT(pair_run(&pair, RATE), 0);
	CHECK_INT(mca_simrack_inject(rack, 2, &fault), 0);
	CHECK_INT(pair_run(&pair, RATE), -EPIPE);
	CHECK_INT(snd_pcm_state(pair.pcm[1]), SND_PCM_STATE_XRUN);
	fault.kind = MCA_SIM_FAULT_SHORT_WINDOW;
	CHECK_INT(mca_simrack_inject(rack, 2, &fault), -EINVAL);
	fault.kind = MCA_SIM_FAULT_XRUN;
	CHECK_INT(mca_simrack_inject(rack, 9, &fault), -EINVAL);
	CHECK_INT(mca_simrack_inject(rack, 0, &fault), -EINVAL);
	for (int i = 0; i < 8; i++)
		CHECK_INT(mca_simrack_inject(rack, 5, &fault), 0);
	CHECK_INT(mca_simrack_inject(rack, 5, &fault), -EAGAIN);
	pair_close(&pair);
	mca_simrack_free(rack);
}

static void an_unplugged_card_is_gone_for_its_streams(void)
{
	struct mca_simrack_spec spec = free_spec();
	struct mca_simrack *rack = make_rack(&spec);
	struct mca_diag diag;
	struct pair pair = { 0 };
	snd_pcm_t *pcm;
	snd_pcm_sframes_t delay;

	CHECK_INT(pair_open(&pair, rack, 1, 1, RATE, BLOCK), 0);
	CHECK_INT(pair_start(&pair), 0);
	CHECK_INT(pair_run(&pair, RATE), 0);
	mca_simrack_unplug(rack, 1);
	CHECK(!mca_simrack_present(rack, 1));
	for (int i = 0; i < 2; i++) {
		CHECK_INT(poll_once(pair.pcm[i], 1000), POLLERR | POLLHUP);
		CHECK_INT(snd_pcm_state(pair.pcm[i]), SND_PCM_STATE_DISCONNECTED);
		CHECK_INT(snd_pcm_wait(pair.pcm[i], 1000), -ENODEV);
		CHECK_INT(snd_pcm_delay(pair.pcm[i], &delay), -ENODEV);
		CHECK_INT(snd_pcm_drop(pair.pcm[i]), -ENODEV);
		CHECK_INT(snd_pcm_prepare(pair.pcm[i]), -ENODEV);
		CHECK_INT(snd_pcm_start(pair.pcm[i]), -ENODEV);
	}
	CHECK_INT(mca_simrack_open(rack, &pcm, 1, SND_PCM_STREAM_CAPTURE, 0, NULL, &diag), -ENODEV);
	CHECK(strstr(diag.text, "sim:1") != NULL);
	/* Another card may stand in the same place, the old handles stay dead. */
	mca_simrack_replug(rack, 1);
	CHECK(mca_simrack_present(rack, 1));
	CHECK_INT(snd_pcm_prepare(pair.pcm[0]), -ENODEV);
	CHECK_INT(pair_cycle(&pair, 1000), -ENODEV);
	CHECK_INT(mca_simrack_open(rack, &pcm, 1, SND_PCM_STREAM_CAPTURE, 0, NULL, &diag), -EBUSY);
	pair_close(&pair);
	CHECK_INT(pair_open(&pair, rack, 1, 1, RATE, BLOCK), 0);
	CHECK_INT(pair_start(&pair), 0);
	CHECK_INT(pair_run(&pair, RATE), 0);
	pair_close(&pair);
	mca_simrack_free(rack);
}

static void a_card_unplugged_for_a_time_comes_back(void)
{
	struct mca_simrack_spec spec = free_spec();
	struct pair pair = { 0 };
	struct mca_simrack *rack;

	schedule(&spec, 1, MCA_SIM_FAULT_UNPLUG, 0, 0.5, 0.001, 0);
	rack = make_rack(&spec);
	CHECK_INT(pair_open(&pair, rack, 1, 2, RATE, BLOCK), 0);
	CHECK_INT(pair_start(&pair), 0);
	CHECK_INT(pair_run(&pair, RATE), -ENODEV);
	pair_close(&pair);
	/* Wall time: all there is to wait for is the moment itself. */
	while (!mca_simrack_present(rack, 1))
		poll(NULL, 0, 1);
	CHECK_INT(pair_open(&pair, rack, 1, 2, RATE, BLOCK), 0);
	CHECK_INT(pair_start(&pair), 0);
	CHECK_INT(pair_run(&pair, 10 * RATE), 0);
	pair_close(&pair);
	mca_simrack_free(rack);
}

/* A thread sleeps in poll on a real clock; pulling the plug wakes it at once. */
struct sleeper {
	struct mca_simrack *rack;
	struct pair pair;
	_Atomic int ready;
	int result;
};

static void *sleep_in_poll(void *context)
{
	struct sleeper *sleeper = context;

	sleeper->result = pair_start(&sleeper->pair);
	atomic_store(&sleeper->ready, 1);
	while (sleeper->result == 0)
		sleeper->result = pair_cycle(&sleeper->pair, 60000);
	return NULL;
}

static void unplugging_wakes_a_sleeper_and_leaves_neighbours_alone(void)
{
	struct mca_simrack_spec spec;
	struct sleeper sleeper = { .ready = 0 };
	struct pair neighbour = { 0 };
	struct mca_simrack *rack;
	pthread_t thread;

	mca_simrack_spec_default(&spec);
	rack = make_rack(&spec);
	sleeper.rack = rack;
	CHECK_INT(pair_open(&sleeper.pair, rack, 1, 2, 8000, 8192), 0);
	CHECK_INT(pair_open(&neighbour, rack, 3, 4, 8000, 2048), 0);
	CHECK_INT(pair_start(&neighbour), 0);
	CHECK_INT(pthread_create(&thread, NULL, sleep_in_poll, &sleeper), 0);
	while (!atomic_load(&sleeper.ready))
		poll(NULL, 0, 1);
	mca_simrack_unplug(rack, 2); /* the playback card: capture must notice through it */
	mca_simrack_unplug(rack, 1);
	pthread_join(thread, NULL);
	CHECK_INT(sleeper.result, -ENODEV);
	CHECK_INT(pair_run(&neighbour, 4096), 0);
	mca_simrack_replug(rack, 1);
	mca_simrack_replug(rack, 2);
	pair_close(&sleeper.pair);
	CHECK_INT(pair_open(&sleeper.pair, rack, 1, 2, 8000, 2048), 0);
	CHECK_INT(pair_start(&sleeper.pair), 0);
	CHECK_INT(pair_run(&sleeper.pair, 2048), 0);
	pair_close(&sleeper.pair);
	pair_close(&neighbour);
	mca_simrack_free(rack);
}

int main(void)
{
	RUN(xruns_strike_at_their_frame);
	RUN(a_playback_xrun_is_seen_by_the_playback_side);
	RUN(a_drain_that_breaks_ends);
	RUN(a_late_wake_up_loses_nothing_while_there_is_room);
	RUN(a_wake_up_that_is_too_late_is_an_xrun);
	RUN(short_windows_come_in_every_length);
	RUN(a_suspended_stream_resumes_or_is_prepared);
	RUN(a_stalled_pointer_stands_still);
	RUN(faults_can_be_ordered_by_hand);
	RUN(an_unplugged_card_is_gone_for_its_streams);
	RUN(a_card_unplugged_for_a_time_comes_back);
	RUN(unplugging_wakes_a_sleeper_and_leaves_neighbours_alone);
	return DONE();
}
