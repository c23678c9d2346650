/* SPDX-License-Identifier: MIT */
/*
 * The chain against the double model: whatever the signal, at most 0.32 LSB rms and 2 LSB away.
 *
 * Of those 0.32, rounding the samples makes 0.289 and the Q16 gain up to 0.14 when values fall
 * evenly between the steps. A square wave has two values, which may lie at the worst place of
 * both grids for as long as it lasts: 0.5 + 0.25 LSB. For such signals that sum is the bound.
 */
#include <math.h>
#include <stdlib.h>

#include "../support/check.h"
#include "effort.h"
#include "model.h"
#include "signals.h"

#define MAX_BOUND 2.0

struct distance {
	double rms, max;
};

static double rms_bound(enum signal_kind kind)
{
	return kind == SIGNAL_SQUARE || kind == SIGNAL_LOWEST ? 0.75 : 0.32;
}

static struct distance measure(const struct mca_chain_params *params, enum signal_kind kind,
			       unsigned frames, uint64_t seed)
{
	int16_t *in = malloc(frames * params->lanes * sizeof(*in));
	int16_t *out = malloc(frames * params->lanes * sizeof(*out));
	struct distance distance = { 0, 0 };
	struct mca_chain chain;
	struct model model;

	signal_fill(in, frames, params->lanes, params->rate_hz, kind, seed);
	chain_start(&chain, params);
	mca_chain_process(&chain, in, out, frames, true);
	model_init(&model, params, true);
	for (unsigned i = 0; i < frames; i++) {
		double wanted[MCA_LANES_MAX];

		model_frame(&model, in + i * params->lanes, wanted, true);
		for (unsigned lane = 0; lane < params->lanes; lane++) {
			double error = out[i * params->lanes + lane] - wanted[lane];

			distance.rms += error * error;
			distance.max = fmax(distance.max, fabs(error));
		}
	}
	distance.rms = sqrt(distance.rms / (frames * params->lanes));
	free(in);
	free(out);
	return distance;
}

static void every_signal_with_default_parameters(void)
{
	struct mca_chain_params params = params_default();

	for (int kind = 0; kind < SIGNAL_KINDS; kind++) {
		struct distance distance = measure(&params, kind, 88200, 1);

		printf("# signal %d: rms %.4f max %.3f LSB\n", kind, distance.rms, distance.max);
		CHECK(distance.rms <= rms_bound(kind));
		CHECK(distance.max <= MAX_BOUND);
	}
}

static void say_case(int number, enum signal_kind kind, const struct mca_chain_params *params,
		     struct distance distance)
{
	printf("# case %d: signal %d, %u Hz, %u lanes, ratio %g, threshold %g, knee %g, %g/%g ms, "
	       "makeup %g, limiter %d, ceiling %g, %g ms: rms %.4f max %.3f LSB\n", number, kind,
	       params->rate_hz, params->lanes, params->comp.ratio, params->comp.threshold_dbfs,
	       params->comp.knee_db, params->comp.attack_ms, params->comp.release_ms,
	       params->comp.makeup_db, params->limiter.enabled, params->limiter.ceiling_dbfs,
	       params->limiter.release_ms, distance.rms, distance.max);
}

static void random_parameters(void)
{
	struct dice dice = { 7 };
	double worst_rms = 0, worst_max = 0;

	for (int i = 0; i < EFFORT(150); i++) {
		struct mca_chain_params params = params_random(&dice);
		enum signal_kind kind = SIGNAL_NOISE + dice_below(&dice, SIGNAL_KINDS - 2);
		struct distance distance;

		distance = measure(&params, kind, 40000, (uint64_t)i);
		if (distance.rms > rms_bound(kind) || distance.max > MAX_BOUND)
			say_case(i, kind, &params, distance);
		worst_rms = fmax(worst_rms, distance.rms / rms_bound(kind));
		worst_max = fmax(worst_max, distance.max);
	}
	printf("# worst: rms %.3f of its bound, max %.3f LSB\n", worst_rms, worst_max);
	CHECK(worst_rms <= 1.0);
	CHECK(worst_max <= MAX_BOUND);
}

int main(void)
{
	RUN(every_signal_with_default_parameters);
	RUN(random_parameters);
	return DONE();
}
