/* SPDX-License-Identifier: MIT */
/*
 * Everything at random: parameters, signals, changes, gates, blocks, tones. Linked with the
 * library whose every fixed-point operation asserts its range (MCA_Q_CHECKED): it passes by not
 * being aborted, and by a state that stays where it belongs.
 */
#include <math.h>

#include "../support/check.h"
#include "effort.h"
#include "mca/tone.h"
#include "signals.h"

#define FRAMES 5000u

static void check_octaves(int64_t level_q58, double most)
{
	CHECK(level_q58 >= 0 && ldexp((double)level_q58, -58) <= most);
}

static void check_state(const struct mca_chain *chain)
{
	/* 60 dB of threshold, 60 dB of ceiling, 24 dB each of input gain and makeup, and
	 * 8 dB of overshoot of the high-pass, in octaves. */
	check_octaves(chain->comp.detector_q58, 15.3);
	check_octaves(chain->comp.reduction_q58, 15.3);
	check_octaves(chain->limiter.reduction_q58, 19.3);
	check_octaves(chain->gate.wanted_q58, 15);
	check_octaves(chain->gate.reduction_q58, 15);
	CHECK(chain->comp.makeup_q26 >= 0 && chain->comp.makeup_q26 <= 4 << 26);
	CHECK(chain->ramp.phase_q31 <= UINT32_C(1) << 31);
	CHECK(chain->meter.left > 0);
}

static void order_tone(struct mca_tone *tone, struct dice *dice, unsigned rate_hz)
{
	struct mca_tone_order order;

	CHECK_INT(mca_tone_cook(&order, dice_between(dice, 10, rate_hz / 2.0 - 1),
				dice_between(dice, -60, -3.02), dice_between(dice, 1e-5, 0.3),
				rate_hz), 0);
	if (dice_below(dice, 4) == 0)
		order.frames = 0;
	mca_tone_start(tone, &order);
}

static void one_life(struct dice *dice)
{
	static int16_t samples[FRAMES * MCA_LANES_MAX];
	struct mca_chain_params first = params_random(dice);
	struct mca_chain chain;
	struct mca_tone tone;

	chain_start(&chain, &first);
	mca_tone_init(&tone);
	for (int step = 0; step < 12; step++) {
		struct mca_chain_params params = params_random(dice);
		struct mca_chain_cooked cooked;
		unsigned frames = dice_below(dice, FRAMES);

		signal_fill(samples, frames, first.lanes, first.rate_hz,
			    dice_below(dice, SIGNAL_KINDS), dice_roll(dice));
		mca_tone_render(&tone, samples, frames, first.lanes);
		mca_chain_process(&chain, samples, samples, frames, dice_below(dice, 4));
		check_state(&chain);
		params.rate_hz = first.rate_hz;
		params.lanes = first.lanes;
		params.limiter.lookahead_ms = first.limiter.lookahead_ms;
		CHECK_INT(mca_chain_cook(&cooked, &params, NULL), 0);
		mca_chain_set(&chain, &cooked);
		if (dice_below(dice, 3) == 0)
			order_tone(&tone, dice, first.rate_hz);
	}
}

static void no_operation_leaves_its_range(void)
{
	struct dice dice = { 101 };

	for (int i = 0; i < EFFORT(300); i++)
		one_life(&dice);
}

/* Corners where all ranges are at their ends together. */
static void the_corners_of_all_ranges(void)
{
	static int16_t samples[FRAMES];

	for (unsigned corner = 0; corner < 64; corner++) {
		struct mca_chain_params params = params_default();
		struct mca_chain chain;

		params.lanes = 1;
		params.comp.ratio = INFINITY;
		params.comp.threshold_dbfs = corner & 1 ? -60 : 0;
		params.comp.knee_db = corner & 2 ? 24 : 1e-7;
		params.comp.makeup_db = corner & 4 ? 24 : 0;
		params.comp.attack_ms = corner & 8 ? 0 : 1000;
		params.comp.release_ms = corner & 8 ? 0 : 10000;
		params.limiter.ceiling_dbfs = corner & 16 ? -60 : 0;
		params.limiter.release_ms = corner & 32 ? 0 : 10000;
		for (unsigned enabled = 0; enabled < 4; enabled++) {
			params.comp.enabled = enabled & 1;
			params.limiter.enabled = enabled & 2;
			chain_start(&chain, &params);
			signal_fill(samples, FRAMES, 1, 44100, SIGNAL_LOWEST, corner);
			mca_chain_process(&chain, samples, samples, FRAMES, true);
			memset(samples, 0, sizeof(samples));
			mca_chain_process(&chain, samples, samples, FRAMES, true);
			check_state(&chain);
		}
	}
}

int main(void)
{
	RUN(no_operation_leaves_its_range);
	RUN(the_corners_of_all_ranges);
	return DONE();
}
