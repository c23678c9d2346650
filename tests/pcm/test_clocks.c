/* SPDX-License-Identifier: MIT */
/* Which directions run on one clock, and what a pair on two of them, or at two rates, promises. */
#include <errno.h>
#include <math.h>

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

/* Cards that tell a period at a time, on crystals that differ: the level falls by their difference,
 * and what is measured is off it by a frame where the stamps are good; where they are not, by half
 * of the time between two looks at most. */
static void check_batches(enum mca_sim_stamps stamps, double most_off)
{
	double worst = 0;
	struct pair pair;

	pair_init(&pair, BLOCK);
	pair.playback_card = 2;
	pair_card(&pair, 1)->batch = pair_card(&pair, 2)->batch = true;
	pair_card(&pair, 2)->drift_ppm = 150;
	pair_card(&pair, 2)->stamps = stamps;
	/* Wake-ups at moments that have nothing to do with either card's periods. */
	pair_fault(&pair, 1, MCA_SIM_FAULT_LATE, MCA_CAPTURE, 0.1, 0.0023);
	pair_card(&pair, 1)->fault[0].every_s = 0.0137;
	if (pair_open(&pair)) {
		long target = mca_duplex_latency_frames(pair.duplex), captured, queued;
		double passed = 0;

		CHECK_INT(mca_duplex_start(pair.duplex), 0);
		for (unsigned block = 0; block < 3000; block++) {
			CHECK(mca_duplex_wait(pair.duplex, 1000) >= BLOCK);
			CHECK_INT(mca_duplex_measure(pair.duplex, &captured, &queued), 0);
			worst = fmax(worst, fabs((double)(captured + queued) - (double)target +
						 (passed + (double)captured) * 150e-6));
			CHECK_INT(pass_block(&pair), 0);
			passed += BLOCK;
		}
	}
	printf("# worst: %.2f frames\n", worst);
	CHECK(worst <= most_off);
	pair_finish(&pair, NULL);
}

static void batches_are_measured_with_their_stamps(void)
{
	check_batches(MCA_SIM_STAMPS_GOOD, 2.1);
	check_batches(MCA_SIM_STAMPS_NONE, BLOCK / 2 + 110);
	check_batches(MCA_SIM_STAMPS_WRONG, BLOCK / 2 + 110);
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
	RUN(batches_are_measured_with_their_stamps);
	return DONE();
}
