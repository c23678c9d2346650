/* SPDX-License-Identifier: MIT */
/* Calls that do not return: which ones, for how long, and what a neighbour notices: nothing. */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "mca/clock.h"
#include "pair.h"
#include "rack.h"

#define RATE 44100
#define BLOCK 512

struct caller {
	struct mca_simrack *rack;
	enum mca_sim_call up_to;
	_Atomic int reached;            /* calls that have returned */
	int err;
	pthread_t thread;
};

static void *call(void *arg)
{
	struct caller *caller = arg;
	snd_pcm_t *pcm = NULL;

	caller->err = mca_simrack_open(caller->rack, &pcm, 1, SND_PCM_STREAM_PLAYBACK,
				       SND_PCM_NONBLOCK, NULL, NULL);
	atomic_store(&caller->reached, 1);
	if (caller->err < 0)
		return NULL;
	caller->err = snd_pcm_set_params(pcm, SND_PCM_FORMAT_S16_LE,
					 SND_PCM_ACCESS_MMAP_INTERLEAVED, 2, RATE, 0, 20000);
	atomic_store(&caller->reached, 2);
	snd_pcm_close(pcm);
	atomic_store(&caller->reached, 3);
	return NULL;
}

static struct mca_simrack *rack_that_hangs(enum mca_sim_call hanging, double duration_s)
{
	struct mca_simrack_spec spec = free_spec();

	spec.card[0].fault_count = 1;
	spec.card[0].fault[0] = (struct mca_sim_fault){
		.kind = MCA_SIM_FAULT_HANG, .stream = 1, .call = hanging,
		.duration_s = duration_s };
	return make_rack(&spec);
}

static void a_while(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = 2000000 }, NULL);
}

/* Every other card works, and the other direction of this one, while the call hangs. */
static void check_neighbours(struct mca_simrack *rack)
{
	struct pair pair = { 0 };

	CHECK_INT(pair_open(&pair, rack, 1, 2, RATE, BLOCK), 0);
	CHECK_INT(pair_start(&pair), 0);
	CHECK_INT(pair_run(&pair, RATE), 0);
	pair_close(&pair);
}

static void each_call_hangs_until_it_is_let_go(void)
{
	for (int hanging = MCA_SIM_CALL_OPEN; hanging <= MCA_SIM_CALL_CLOSE; hanging++) {
		struct mca_simrack *rack = rack_that_hangs((enum mca_sim_call)hanging, 0);
		struct caller caller = { .rack = rack };

		CHECK_INT(pthread_create(&caller.thread, NULL, call, &caller), 0);
		while (!mca_simrack_busy(rack, 1, 1) || atomic_load(&caller.reached) < hanging)
			a_while();
		check_neighbours(rack);
		CHECK_INT(atomic_load(&caller.reached), hanging);
		CHECK(mca_simrack_busy(rack, 1, 1));
		/* It may not have begun to wait; what hangs is let go as often as it takes. */
		while (atomic_load(&caller.reached) < 3) {
			mca_simrack_unhang(rack, 1);
			a_while();
		}
		pthread_join(caller.thread, NULL);
		CHECK_INT(caller.err, 0);
		CHECK(!mca_simrack_busy(rack, 1, 1));
		/* Once is once. */
		call(&caller);
		CHECK_INT(atomic_load(&caller.reached), 3);
		mca_simrack_free(rack);
	}
}

static void a_hang_ends_after_its_duration(void)
{
	struct mca_simrack *rack = rack_that_hangs(MCA_SIM_CALL_CONFIGURE, 0.2);
	struct caller caller = { .rack = rack };
	uint64_t begin_ns = mca_monotonic_ns();

	call(&caller);
	CHECK(mca_monotonic_ns() - begin_ns >= 200000000u);
	CHECK_INT(caller.err, 0);
	mca_simrack_free(rack);
}

static void a_hang_waits_for_its_stream_time(void)
{
	struct mca_simrack_spec spec = free_spec();
	struct pair pair = { 0 };
	struct mca_simrack *rack;
	uint64_t begin_ns;

	spec.card[0].fault_count = 1;
	spec.card[0].fault[0] = (struct mca_sim_fault){
		.kind = MCA_SIM_FAULT_HANG, .at_s = 1, .every_s = 1, .duration_s = 0.2 };
	rack = make_rack(&spec);
	/* The first opening comes before its time; the next two after one second of sound each. */
	for (int i = 0; i < 3; i++) {
		begin_ns = mca_monotonic_ns();
		CHECK_INT(pair_open(&pair, rack, 1, 2, RATE, BLOCK), 0);
		CHECK(i == 0 || mca_monotonic_ns() - begin_ns >= 200000000u);
		CHECK_INT(pair_start(&pair), 0);
		CHECK_INT(pair_run(&pair, RATE + BLOCK), 0);
		pair_close(&pair);
	}
	mca_simrack_free(rack);
}

static void a_hang_is_ordered_by_hand(void)
{
	struct mca_simrack_spec spec = free_spec();
	struct mca_simrack *rack = make_rack(&spec);
	const struct mca_sim_fault fault = { .kind = MCA_SIM_FAULT_HANG, .stream = 1,
					     .call = MCA_SIM_CALL_CLOSE, .duration_s = 0.2 };
	struct caller caller = { .rack = rack };
	uint64_t begin_ns = mca_monotonic_ns();
	int err = 0, count = 0;

	CHECK_INT(mca_simrack_inject(rack, 1, &fault), 0);
	call(&caller);
	CHECK(mca_monotonic_ns() - begin_ns >= 200000000u);
	while ((err = mca_simrack_inject(rack, 1, &fault)) == 0)
		count++;
	CHECK_INT(err, -EAGAIN);
	CHECK_INT(count, MCA_SIM_FAULTS);
	mca_simrack_free(rack);
}

int main(void)
{
	RUN(each_call_hangs_until_it_is_let_go);
	RUN(a_hang_ends_after_its_duration);
	RUN(a_hang_waits_for_its_stream_time);
	RUN(a_hang_is_ordered_by_hand);
	return DONE();
}
