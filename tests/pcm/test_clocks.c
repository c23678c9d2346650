/* SPDX-License-Identifier: MIT */
/* Which directions run on one clock, and what a pair on two of them, or at two rates, promises. */
#include <errno.h>

#include "pair.h"

enum { BLOCK = 256 };

/* 0 or negative errno. */
static int pass_block(struct pair *pair)
{
	unsigned left = BLOCK;
	int err = 0;

	while (err == 0 && left > 0) {
		struct mca_duplex_window in = { 0 }, out = { 0 };

		err = mca_duplex_capture_begin(pair->duplex, left, &in);
		if (err == 0)
			err = mca_duplex_playback_begin(pair->duplex, in.count, &out);
		if (err == 0)
			err = mca_duplex_playback_end(pair->duplex, out.count);
		if (err == 0)
			err = mca_duplex_capture_end(pair->duplex, out.count);
		left -= out.count;
	}
	return err;
}

static void check_clock(double drift_ppm, bool shared)
{
	struct pair pair;

	pair_init(&pair, BLOCK);
	pair.playback_card = 2;
	pair_card(&pair, 2)->drift_ppm = drift_ppm;
	if (pair_open(&pair))
		CHECK_INT(mca_duplex_shared_clock(pair.duplex), shared);
	pair_finish(&pair, NULL);
}

/* Simulated cards count from one time: only their errors tell them apart. */
static void different_crystals_are_different_clocks(void)
{
	check_clock(0.5, false);
	check_clock(-200, false);
	check_clock(0, true);
}

/* Where a resampler may make more frames than came in, the ring keeps room for them. */
static void different_clocks_leave_room(void)
{
	struct pair pair;

	pair_init(&pair, BLOCK);
	pair.playback_card = 2;
	pair_card(&pair, 2)->drift_ppm = 100;
	pair_card(&pair, 2)->min_period_frames = BLOCK;
	if (pair_open(&pair)) {
		unsigned ring = mca_pcm_info(pair.pcm[MCA_PLAYBACK])->buffer_frames;

		CHECK(mca_duplex_latency_frames(pair.duplex) <= ring - BLOCK / 800 - 2);
	}
	pair_finish(&pair, NULL);
}

/* In turns as a loop makes them: what waits on both sides together does not change. */
static void a_level_is_the_sum_of_both_sides(void)
{
	struct pair pair;

	pair_init(&pair, BLOCK);
	if (pair_open(&pair)) {
		long target = mca_duplex_latency_frames(pair.duplex), captured, queued;

		CHECK_INT(mca_duplex_start(pair.duplex), 0);
		for (unsigned block = 0; block < 50; block++) {
			CHECK(mca_duplex_wait(pair.duplex, 1000) >= BLOCK);
			CHECK_INT(mca_duplex_measure(pair.duplex, &captured, &queued), 0);
			CHECK_INT(captured + queued, target);
			CHECK(captured >= BLOCK && queued > 0);
			CHECK_INT(pass_block(&pair), 0);
		}
	}
	pair_finish(&pair, NULL);
}

/* Nothing couples two crystals here: the slower one's ring fills up, the loop waits for it, until
 * the faster one overruns. That is an xrun like another. */
static void crystals_that_differ_end_in_an_xrun(void)
{
	enum mca_pcm_direction direction;
	struct pair pair;
	int err = 0;

	pair_init(&pair, BLOCK);
	pair.playback_card = 2;
	pair_card(&pair, 2)->drift_ppm = -10000;
	if (!pair_open(&pair))
		return;
	CHECK_INT(mca_duplex_start(pair.duplex), 0);
	for (unsigned block = 0; err == 0 && block < 10000; block++) {
		err = mca_duplex_wait(pair.duplex, 5000);
		err = err < 0 ? err : pass_block(&pair);
	}
	CHECK_INT(err, -EPIPE);
	CHECK_INT(mca_duplex_fault(pair.duplex, &direction), MCA_FAULT_XRUN);
	CHECK(mca_duplex_recover(pair.duplex) >= 0);
	pair_finish(&pair, NULL);
}

int main(void)
{
	RUN(different_crystals_are_different_clocks);
	RUN(different_clocks_leave_room);
	RUN(crystals_that_differ_end_in_an_xrun);
	RUN(a_level_is_the_sum_of_both_sides);
	return DONE();
}
