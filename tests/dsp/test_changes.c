/* SPDX-License-Identifier: MIT */
/*
 * New parameters while the sound goes on: as in the model, without a step in the gain, and never
 * above the ceiling in force. The steepest that the gain may move is one frame of the 5 ms easing
 * over the whole distance it has to go, plus the makeup's slew.
 */
#include <math.h>
#include <stdlib.h>

#include "../support/check.h"
#include "effort.h"
#include "model.h"
#include "signals.h"

#define RATE 48000
#define SETTLE 24000
#define LEVEL 8000
#define MOST_FRAMES 40000

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
		params.highpass_hz = 0;
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
			params.highpass_hz = 0;
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
	CHECK(worst <= 30.0 / (0.005 * RATE) + 24.0 / (0.1 * RATE) + 0.035);
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

static struct mca_chain_params successor(struct dice *dice, const struct mca_chain_params *params)
{
	struct mca_chain_params next = params_random(dice);

	next.rate_hz = params->rate_hz;
	next.lanes = params->lanes;
	next.limiter.lookahead_ms = params->limiter.lookahead_ms;
	next.ptt_ramp_ms = params->ptt_ramp_ms;
	/* The model does not change what is in front of the compressor. */
	next.input_gain_db = params->input_gain_db;
	next.highpass_hz = params->highpass_hz;
	next.gate = params->gate;
	return next;
}

/* What a stream of changes leaves, beside the model. */
struct distance {
	double sum, max;
	unsigned long samples;
	unsigned above;      /* samples beyond their ceiling in force, */
	unsigned above_both; /* beyond the ceilings before and after, */
	unsigned above_new;  /* and beyond the new one after 30 ms */
};

static void judge(struct distance *distance, int16_t sample, double wanted, double bound)
{
	double error = sample - wanted;

	distance->sum += error * error;
	distance->max = fmax(distance->max, fabs(error));
	distance->samples++;
	distance->above += abs(sample) > bound;
}

/* So many frames; what the two last ceilings are, and how long the last has been ordered. */
static void follow(struct mca_chain *chain, struct model *model, struct distance *distance,
		   unsigned frames, enum signal_kind kind, uint64_t seed, const double *ceilings)
{
	static int16_t in[MOST_FRAMES * MCA_LANES_MAX], out[MOST_FRAMES * MCA_LANES_MAX];
	unsigned lanes = model->params.lanes, rate_hz = model->params.rate_hz;

	signal_fill(in, frames, lanes, rate_hz, kind, seed);
	mca_chain_process(chain, in, out, frames, true);
	for (unsigned i = 0; i < frames; i++) {
		double wanted[MCA_LANES_MAX];

		model_frame(model, in + i * lanes, wanted, true);
		for (unsigned lane = 0; lane < lanes; lane++) {
			int16_t sample = out[i * lanes + lane];

			judge(distance, sample, wanted[lane], model_bound(model));
			distance->above_both += abs(sample) > fmax(ceilings[0], ceilings[1]);
			distance->above_new += 1000 * i >= 30 * rate_hz &&
					       abs(sample) > ceilings[1];
		}
	}
}

static void check_stream(struct dice *dice, struct distance *distance)
{
	static const enum signal_kind kinds[] = { SIGNAL_NOISE, SIGNAL_BABBLE, SIGNAL_ONSETS };
	struct mca_chain_params params = params_random(dice);
	double ceilings[2] = { model_ceiling(&params), model_ceiling(&params) };
	static struct model model;
	struct mca_chain chain;

	/* At its threshold a gate of the model and one of the chain may differ by a frame. The
	 * cross-fade to another corner is not in the model: the corner stays. */
	params.gate.enabled = false;
	chain_start(&chain, &params);
	model_init(&model, &params, true);
	for (unsigned change = 0; change < 8; change++) {
		/* Sometimes before the last change has arrived. */
		double seconds = dice_between(dice, 0, dice_below(dice, 2) ? 0.03 : 0.2);
		unsigned frames = (unsigned)(seconds * params.rate_hz);
		/* One after the other: arguments have no order, and compilers chose different
		 * ones. */
		uint64_t seed = dice_roll(dice);
		enum signal_kind kind = kinds[dice_below(dice, 3)];
		struct mca_chain_cooked cooked;

		follow(&chain, &model, distance, frames, kind, seed, ceilings);
		/* The ceilings of changes that are still under way count, too. */
		ceilings[0] = frames > params.rate_hz / 30 ? ceilings[1]
							   : fmax(ceilings[0], ceilings[1]);
		params = successor(dice, &params);
		ceilings[1] = model_ceiling(&params);
		cooked = cook(&params);
		mca_chain_set(&chain, &cooked);
		model_set(&model, &params);
	}
}

static void changes_follow_the_model_and_their_ceiling(void)
{
	struct dice dice = { 43 };
	double worst_rms = 0, worst_max = 0;

	for (int i = 0; i < EFFORT(60); i++) {
		struct distance distance = { 0 };
		double rms;

		check_stream(&dice, &distance);
		rms = sqrt(distance.sum / distance.samples);
		if (rms > 0.32 || distance.max > 2)
			printf("# stream %d: rms %.4f, max %.3f LSB\n", i, rms, distance.max);
		worst_rms = fmax(worst_rms, rms);
		worst_max = fmax(worst_max, distance.max);
		CHECK_INT(distance.above, 0);
		CHECK_INT(distance.above_both, 0);
		CHECK_INT(distance.above_new, 0);
	}
	printf("# worst: rms %.4f, max %.3f LSB\n", worst_rms, worst_max);
	CHECK(worst_rms <= 0.32);
	CHECK(worst_max <= 2);
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
	RUN(changes_follow_the_model_and_their_ceiling);
	RUN(the_same_parameters_change_nothing);
	return DONE();
}
