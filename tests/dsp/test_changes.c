/* SPDX-License-Identifier: MIT */
/*
 * New parameters while the sound goes on: no step in the gain, and the ceiling in force is never
 * exceeded. The steepest that the gain may move is one frame of the 5 ms easing over the whole
 * distance it has to go, plus the makeup's slew.
 */
#include <math.h>
#include <stdlib.h>

#include "../support/check.h"
#include "effort.h"
#include "model.h"
#include "signals.h"
#include "spectrum.h"

#define RATE 48000
#define SETTLE 24000
#define LEVEL 8000

static struct mca_chain_cooked cook(const struct mca_chain_params *params)
{
	struct mca_chain_cooked cooked;

	CHECK_INT(mca_chain_cook(&cooked, params, NULL), 0);
	return cooked;
}

/* The largest change of gain from frame to frame, in dB, over `frames` of a constant. */
static double steepest_db(struct mca_chain *chain, unsigned frames, double *gain_db)
{
	double steepest = 0;

	for (unsigned i = 0; i < frames; i++) {
		int16_t sample = LEVEL;
		double now;

		mca_chain_process(chain, &sample, &sample, 1, true);
		now = 20 * log10(fmax(sample, 0.5) / LEVEL);
		steepest = fmax(steepest, fabs(now - *gain_db));
		*gain_db = now;
	}
	return steepest;
}

/* From anything to anything that leaves the level below the ceiling. */
static void the_gain_never_steps(void)
{
	struct dice dice = { 41 };
	double worst = 0;

	for (int i = 0; i < EFFORT(40); i++) {
		struct mca_chain_params params = params_random(&dice);
		double lookahead_ms = params.limiter.lookahead_ms;
		double gain_db = 0, steepest;
		struct mca_chain chain;

		params.rate_hz = RATE;
		params.lanes = 1;
		params.limiter.ceiling_dbfs = 0;
		params.input_gain_db = 0;
		params.gate.enabled = false;
		/* Enough of the signal must remain for its gain to be seen. */
		params.comp.threshold_dbfs = dice_between(&dice, -30, 0);
		params.comp.makeup_db = fmin(params.comp.makeup_db, 12);
		chain_start(&chain, &params);
		steepest_db(&chain, SETTLE, &gain_db);
		for (int change = 0; change < 4; change++) {
			struct mca_chain_cooked cooked;

			params = params_random(&dice);
			params.rate_hz = RATE;
			params.lanes = 1;
			params.limiter.lookahead_ms = lookahead_ms;
			params.limiter.ceiling_dbfs = 0;
			params.input_gain_db = 0;
			params.gate.enabled = false;
			params.comp.threshold_dbfs = dice_between(&dice, -30, 0);
			params.comp.makeup_db = fmin(params.comp.makeup_db, 12);
			cooked = cook(&params);
			mca_chain_set(&chain, &cooked);
			steepest = steepest_db(&chain, 1 + dice_below(&dice, SETTLE), &gain_db);
			worst = fmax(worst, steepest);
		}
	}
	printf("# steepest %.4f dB a frame\n", worst);
	/* 30 dB of compression, 24 dB of makeup; one LSB is 0.035 dB where 30 dB are taken away. */
	CHECK(worst <= 30.0 / (0.005 * RATE) + 24.0 / (0.05 * RATE) + 0.035);
}

/* A smoother without attack time trails while it is eased; it must not catch up in one frame. */
static void easing_itself_ends_without_a_step(void)
{
	struct mca_chain_params params = params_default();
	struct mca_chain_cooked cooked;
	struct mca_chain chain;
	double gain_db = 0;

	params.rate_hz = RATE;
	params.lanes = 1;
	params.comp.ratio = INFINITY;
	params.comp.threshold_dbfs = -30;
	params.comp.attack_ms = 0;
	chain_start(&chain, &params);
	steepest_db(&chain, SETTLE, &gain_db);
	CHECK_NEAR(gain_db, -30 - 20 * log10(LEVEL / 32768.0), 0.02);
	params.comp.threshold_dbfs = 0;
	cooked = cook(&params);
	mca_chain_set(&chain, &cooked);
	steepest_db(&chain, RATE / 50, &gain_db);
	/* 18 dB leaving by 100 ms, and the LSB. */
	CHECK(steepest_db(&chain, SETTLE, &gain_db) <= 18.0 / (0.1 * RATE) + 0.01);
}

/* What a step would show: energy above 2 kHz while a 440 Hz tone goes on. */
static double click_db(const struct mca_chain_params *before, const struct mca_chain_params *after)
{
	static int16_t out[6 * SPECTRUM_FRAMES];
	struct mca_chain_cooked cooked = cook(after);
	unsigned middle = 4 * SPECTRUM_FRAMES;
	struct mca_chain chain;

	chain_start(&chain, before);
	signal_sine(out, 6 * SPECTRUM_FRAMES, 1, RATE, 440, 0.25, 0);
	mca_chain_process(&chain, out, out, middle, true);
	mca_chain_set(&chain, &cooked);
	mca_chain_process(&chain, out + middle, out + middle, 2 * SPECTRUM_FRAMES, true);
	/* Beside the louder of both tones: a noise gate that opens begins from nearly nothing. */
	return fmin(spectrum_above_db(out + middle - SPECTRUM_FRAMES / 2,
				      out + 2 * SPECTRUM_FRAMES, RATE, 2000),
		    spectrum_above_db(out + middle - SPECTRUM_FRAMES / 2,
				      out + middle + SPECTRUM_FRAMES, RATE, 2000));
}

static void check_click(const char *what, const struct mca_chain_params *before,
			const struct mca_chain_params *after)
{
	double there = click_db(before, after), back = click_db(after, before);

	printf("# %s: %.1f dBc, back %.1f dBc\n", what, there, back);
	CHECK(there <= -60);
	CHECK(back <= -60);
}

static void changes_make_no_click(void)
{
	struct mca_chain_params before = params_default(), after;

	before.rate_hz = RATE;
	before.lanes = 1;
	after = before;
	after.comp.threshold_dbfs = -40;
	check_click("threshold -20 to -40 dB", &before, &after);
	after = before;
	after.comp.ratio = INFINITY;
	check_click("ratio 2 to infinity", &before, &after);
	after = before;
	after.comp.enabled = false;
	check_click("compressor off", &before, &after);
	after = before;
	after.comp.makeup_db = 10;
	check_click("makeup 0 to 10 dB", &before, &after);
	after = before;
	after.comp.attack_ms = 1;
	after.comp.release_ms = 300;
	check_click("times", &before, &after);
	after = before;
	after.limiter.enabled = false;
	check_click("limiter off (idle)", &before, &after);
	after = before;
	after.input_gain_db = 12;
	check_click("input gain 0 to 12 dB", &before, &after);
	after = before;
	after.gate.enabled = true;
	after.gate.threshold_dbfs = 0;
	after.gate.hold_ms = 10;
	check_click("noise gate closes", &before, &after);
	before.gate = after.gate;
	after.gate.threshold_dbfs = -50;
	check_click("threshold of the noise gate", &before, &after);
	before.gate.range_db = 6;
	after = before;
	after.gate.range_db = 40;
	check_click("range of the noise gate", &before, &after);
	before.gate.enabled = false;
	before.limiter.ceiling_dbfs = -26;
	before.limiter.release_ms = 500;
	after = before;
	after.limiter.ceiling_dbfs = -20;
	printf("# ceiling up under a loud tone: %.1f dBc\n", click_db(&before, &after));
	CHECK(click_db(&before, &after) <= -60);
}

/* Lowering the ceiling holds from the next sample on; raising it lets go through the release. */
static void a_ceiling_holds_at_once_and_lets_go_slowly(void)
{
	struct mca_chain_params params = params_default();
	struct mca_chain_cooked high, low, off;
	int16_t sample;
	struct mca_chain chain;
	double gain_db = 0;

	params.rate_hz = RATE;
	params.lanes = 1;
	params.comp.enabled = false;
	params.limiter.release_ms = 0;
	high = cook(&params);
	params.limiter.ceiling_dbfs = -30;
	low = cook(&params);
	params.limiter.enabled = false;
	off = cook(&params);
	mca_chain_init(&chain, &high, true);
	steepest_db(&chain, 100, &gain_db);
	mca_chain_set(&chain, &low);
	sample = LEVEL;
	mca_chain_process(&chain, &sample, &sample, 1, true);
	CHECK_INT(sample, low.limiter.ceiling);
	steepest_db(&chain, 100, &gain_db);
	mca_chain_set(&chain, &high);
	CHECK(steepest_db(&chain, SETTLE, &gain_db) <= 18.0 / (0.005 * RATE) + 0.02);
	CHECK_NEAR(gain_db, 0, 1e-9);
	mca_chain_set(&chain, &low);
	steepest_db(&chain, 100, &gain_db);
	mca_chain_set(&chain, &off);
	CHECK(steepest_db(&chain, SETTLE, &gain_db) <= 18.0 / (0.005 * RATE) + 0.02);
	CHECK_NEAR(gain_db, 0, 1e-9);
}

static void no_change_exceeds_the_ceiling_in_force(void)
{
	struct dice dice = { 43 };
	int16_t samples[700];

	for (int i = 0; i < EFFORT(60); i++) {
		struct mca_chain_params params = params_random(&dice);
		double lookahead_ms = params.limiter.lookahead_ms;
		struct mca_chain chain;

		params.lanes = 1;
		params.rate_hz = RATE;
		chain_start(&chain, &params);
		for (int change = 0; change < 20; change++) {
			unsigned frames = dice_below(&dice, 700);
			struct mca_chain_cooked cooked;

			signal_fill(samples, frames, 1, RATE, dice_below(&dice, SIGNAL_KINDS),
				    dice_roll(&dice));
			mca_chain_process(&chain, samples, samples, frames, dice_below(&dice, 4));
			for (unsigned k = 0; k < frames; k++)
				CHECK(abs(samples[k]) <= model_ceiling(&params));
			params = params_random(&dice);
			params.lanes = 1;
			params.rate_hz = RATE;
			params.limiter.lookahead_ms = lookahead_ms;
			cooked = cook(&params);
			mca_chain_set(&chain, &cooked);
		}
	}
}

static void the_same_parameters_change_nothing(void)
{
	static int16_t one[SETTLE], other[SETTLE];
	struct mca_chain_params params = params_default();
	struct mca_chain_cooked cooked;
	struct mca_chain chain, left_alone;

	params.lanes = 1;
	params.comp.attack_ms = 0;
	cooked = cook(&params);
	signal_fill(one, SETTLE, 1, RATE, SIGNAL_BABBLE, 2);
	memcpy(other, one, sizeof(one));
	chain_start(&chain, &params);
	chain_start(&left_alone, &params);
	for (unsigned at = 0; at < SETTLE; at += 100) {
		mca_chain_process(&chain, one + at, one + at, 100, true);
		mca_chain_set(&chain, &cooked);
	}
	mca_chain_process(&left_alone, other, other, SETTLE, true);
	CHECK(memcmp(one, other, sizeof(one)) == 0);
}

int main(void)
{
	RUN(the_gain_never_steps);
	RUN(easing_itself_ends_without_a_step);
	RUN(changes_make_no_click);
	RUN(a_ceiling_holds_at_once_and_lets_go_slowly);
	RUN(no_change_exceeds_the_ceiling_in_force);
	RUN(the_same_parameters_change_nothing);
	return DONE();
}
