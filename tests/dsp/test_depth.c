/* SPDX-License-Identifier: MIT */
/* What takes long or happens seldom: a day of frames, changes at every block, spite. */
#include <math.h>
#include <stdlib.h>

#include "../support/check.h"
#include "effort.h"
#include "model.h"
#include "signals.h"
#include "spectrum.h"

#define RATE 48000

/*
 * A day and a night at 192 kHz are 16.6e9 frames, more than 32 bits count. Silence passes quickly,
 * so they are really processed; nothing that counts may have turned over, and the sound after them
 * is the sound at the beginning.
 */
static void a_day_and_a_night(void)
{
	static int16_t silence[65536], first[20000], last[20000];
	struct mca_chain_params params = params_default();
	uint64_t frames = EFFORT(UINT64_C(192000) * 86400) & ~UINT64_C(0xffff);
	struct mca_chain chain, fresh;

	params.rate_hz = 192000;
	params.lanes = 1;
	chain_start(&chain, &params);
	chain_start(&fresh, &params);
	for (uint64_t left = frames; left > 0; left -= 65536)
		mca_chain_process(&chain, silence, silence, 65536, true);
	CHECK_INT(chain.meter.last.window, frames / 19200);
	CHECK_INT(chain.meter.left, 19200 - frames % 19200);
	signal_fill(first, 20000, 1, 192000, SIGNAL_BABBLE, 1);
	memcpy(last, first, sizeof(last));
	mca_chain_process(&fresh, first, first, 20000, true);
	mca_chain_process(&chain, last, last, 20000, true);
	CHECK(memcmp(first, last, sizeof(first)) == 0);
}

/* Thresholds, ratios and times turned at every block, as somebody does who holds a slider. */
static double click_under_changes_db(unsigned block, uint64_t seed)
{
	static int16_t out[6 * SPECTRUM_FRAMES];
	struct dice dice = { seed };
	struct mca_chain_params params = params_default();
	struct mca_chain chain;

	params.rate_hz = RATE;
	params.lanes = 1;
	chain_start(&chain, &params);
	signal_sine(out, 6 * SPECTRUM_FRAMES, 1, RATE, 440, 0.25, 0);
	for (unsigned at = 0; at < 6 * SPECTRUM_FRAMES; at += block) {
		struct mca_chain_cooked cooked;
		unsigned left = 6 * SPECTRUM_FRAMES - at;

		params.comp.threshold_dbfs = dice_between(&dice, -40, 0);
		params.comp.ratio = dice_between(&dice, 1, 20);
		params.comp.knee_db = dice_between(&dice, 0, 24);
		params.comp.makeup_db = dice_between(&dice, 0, 6);
		params.comp.enabled = dice_below(&dice, 2);
		CHECK_INT(mca_chain_cook(&cooked, &params, NULL), 0);
		mca_chain_set(&chain, &cooked);
		mca_chain_process(&chain, out + at, out + at, left < block ? left : block, true);
	}
	return spectrum_above_db(out + 2 * SPECTRUM_FRAMES, out + 2 * SPECTRUM_FRAMES, RATE, 2000);
}

static void a_change_at_every_block_makes_no_click(void)
{
	static const unsigned blocks[] = { 16, 64, 512, 4096 };

	for (unsigned i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
		double click = click_under_changes_db(blocks[i], 71 + i);

		printf("# every %u frames: %.1f dBc\n", blocks[i], click);
		/* 3000 changes a second are themselves a sound above 2 kHz. */
		CHECK(click <= (blocks[i] > 16 ? -60 : -55));
	}
}

/* A signal that turns on the chain: each sample drawn from what the last ones did to the state. */
static int16_t spite(const struct mca_chain *chain, struct dice *dice)
{
	if (chain->limiter.reduction_q58 > 0 && dice_below(dice, 3))
		return 0;
	switch (dice_below(dice, 5)) {
	case 0:
		return -32768;
	case 1:
		return 32767;
	case 2: /* just at the ceiling, and a unit beside it */
		return (int16_t)fmin(chain->cooked.limiter.ceiling + (int)dice_below(dice, 3) - 1,
				     32767);
	case 3:
		return (int16_t)(chain->comp.reduction_q58 > INT64_C(1) << 57 ? 1 : -20000);
	default:
		return (int16_t)dice_roll(dice);
	}
}

static void a_signal_that_means_harm(void)
{
	struct dice dice = { 91 };
	double worst = 0;

	for (int i = 0; i < EFFORT(200); i++) {
		struct mca_chain_params params = params_random(&dice);
		struct mca_chain chain;
		struct model model;

		params.lanes = 1;
		chain_start(&chain, &params);
		model_init(&model, &params, true);
		for (unsigned frame = 0; frame < 4000; frame++) {
			int16_t in = spite(&chain, &dice), out;
			double wanted;

			model_frame(&model, &in, &wanted, true);
			mca_chain_process(&chain, &in, &out, 1, true);
			CHECK(abs(out) <= model_ceiling(&params));
			worst = fmax(worst, fabs(out - wanted));
		}
	}
	printf("# worst %.3f LSB from the model\n", worst);
	CHECK(worst <= 2.0);
}

int main(void)
{
	RUN(a_day_and_a_night);
	RUN(a_change_at_every_block_makes_no_click);
	RUN(a_signal_that_means_harm);
	return DONE();
}
