/* SPDX-License-Identifier: MIT */
/* What never happens: a sample above the ceiling, a quiet sample touched, a state that stays. */
#include <math.h>
#include <stdlib.h>

#include "../support/check.h"
#include "effort.h"
#include "model.h"
#include "signals.h"

#define FRAMES EFFORT(40000)

static int32_t loudest(const int16_t *samples, unsigned count)
{
	int32_t peak = 0;

	for (unsigned i = 0; i < count; i++)
		peak = abs(samples[i]) > peak ? abs(samples[i]) : peak;
	return peak;
}

static void check_ceiling(const struct mca_chain_params *params, enum signal_kind kind)
{
	static int16_t samples[FRAMES * MCA_LANES_MAX];
	struct mca_chain chain;

	signal_fill(samples, FRAMES, params->lanes, params->rate_hz, kind, 3);
	chain_start(&chain, params);
	mca_chain_process(&chain, samples, samples, FRAMES, true);
	CHECK(loudest(samples, FRAMES * params->lanes) <= model_ceiling(params));
}

static void nothing_exceeds_the_ceiling(void)
{
	struct mca_chain_params params = params_default();

	CHECK_INT(model_ceiling(&params), 23197);
	for (int kind = 0; kind < SIGNAL_KINDS; kind++)
		for (double db = -60; db <= 0; db += 7.5) {
			params.limiter.ceiling_dbfs = db;
			params.comp.enabled = (int)db % 2;
			check_ceiling(&params, (enum signal_kind)kind);
		}
}

static void nothing_exceeds_the_ceiling_of_any_configuration(void)
{
	struct dice dice = { 11 };

	for (int i = 0; i < EFFORT(300); i++) {
		struct mca_chain_params params = params_random(&dice);

		check_ceiling(&params, dice_below(&dice, SIGNAL_KINDS));
	}
}

/* A constant above the ceiling leaves at the ceiling, not below, and without being counted as
 * clipped: the clamp has nothing left to do. */
static void the_limiter_reaches_its_ceiling(void)
{
	struct mca_chain_params params = params_default();

	params.comp.enabled = false;
	params.lanes = 1;
	for (int level = 24000; level <= 32767; level += 137) {
		int16_t samples[64];
		struct mca_chain chain;

		for (unsigned i = 0; i < 64; i++)
			samples[i] = (int16_t)(i % 2 ? level : -level);
		chain_start(&chain, &params);
		mca_chain_process(&chain, samples, samples, 64, true);
		CHECK_INT(samples[0], -23197);
		CHECK_INT(samples[63], 23197);
		CHECK_INT(chain.meter.sum.clipped, 0);
	}
}

static void check_untouched(const struct mca_chain_params *params, enum signal_kind kind,
			    int divisor)
{
	static int16_t in[FRAMES * MCA_LANES_MAX], out[FRAMES * MCA_LANES_MAX];
	struct mca_chain chain;

	signal_fill(in, FRAMES, params->lanes, params->rate_hz, kind, 5);
	for (unsigned i = 0; i < FRAMES * params->lanes; i++)
		in[i] = (int16_t)(in[i] / divisor);
	chain_start(&chain, params);
	mca_chain_process(&chain, in, out, FRAMES, true);
	CHECK(memcmp(in, out, FRAMES * params->lanes * sizeof(*in)) == 0);
}

static void quiet_signals_pass_untouched(void)
{
	struct mca_chain_params params = params_default();

	check_untouched(&params, SIGNAL_SILENCE, 1);
	check_untouched(&params, SIGNAL_DITHER, 1);
	check_untouched(&params, SIGNAL_NOISE, 11);   /* peaks at -20.8 dBFS */
	check_untouched(&params, SIGNAL_LOWEST, 11);
	params.comp.enabled = false;
	check_untouched(&params, SIGNAL_NOISE, 2);
	params.limiter.enabled = false;
	check_untouched(&params, SIGNAL_NOISE, 1);
	check_untouched(&params, SIGNAL_LOWEST, 1);
}

/* A threshold or ceiling at full scale is reached by nothing, not even by -32768. */
static void full_scale_is_not_above_full_scale(void)
{
	struct mca_chain_params params = params_default();

	params.comp.threshold_dbfs = 0;
	params.limiter.ceiling_dbfs = 0;
	check_untouched(&params, SIGNAL_NOISE, 1);
	check_untouched(&params, SIGNAL_LOWEST, 1);
}

static bool is_idle(const struct mca_chain *chain)
{
	return chain->comp.detector_q58 == 0 && chain->comp.reduction_q58 == 0 &&
	       chain->limiter.reduction_q58 == 0;
}

static void check_return(struct mca_chain_params *params, double allowed_ms)
{
	static int16_t block[4096];
	uint64_t frames = (uint64_t)(allowed_ms * params->rate_hz / 1e3);
	uint64_t loud = (uint64_t)(20 * params->comp.attack_ms * params->rate_hz / 1e3) + 4096;
	int64_t reduction_q58;
	struct mca_chain chain;

	params->lanes = 1;
	chain_start(&chain, params);
	for (uint64_t done = 0; done < loud; done += 4096) {
		for (unsigned i = 0; i < 4096; i++)
			block[i] = -32768;
		mca_chain_process(&chain, block, block, 4096, true);
	}
	reduction_q58 = chain.comp.reduction_q58 + chain.limiter.reduction_q58;
	CHECK_NEAR(6.0206 * ldexp((double)reduction_q58, -58), 30, 0.1);
	for (uint64_t left = frames; left > 0;) {
		unsigned part = left < 4096 ? (unsigned)left : 4096;

		memset(block, 0, sizeof(block));
		mca_chain_process(&chain, block, block, part, true);
		left -= part;
	}
	CHECK(is_idle(&chain));
}

static void silence_brings_everything_back_to_zero(void)
{
	static const double times[][2] = { { 10, 100 }, { 0, 10 }, { 0, 1 }, { 5, 5 },
					   { 0.1, 3 }, { 1, 10 }, { 0, 10000 }, { 1000, 10000 },
					   { 900, 1000 } };
	static const unsigned rates[] = { 8000, 44100, 192000 };
	struct mca_chain_params params = params_default();

	for (unsigned i = 0; i < sizeof(times) / sizeof(times[0]); i++)
		for (unsigned r = 0; r < 3; r++) {
			if (times[i][1] > 1000 && r >= EFFORT(2))
				continue;
			params.rate_hz = rates[r];
			params.comp.enabled = true;
			params.limiter.enabled = false;
			params.comp.ratio = INFINITY;
			params.comp.threshold_dbfs = -30;
			params.comp.attack_ms = times[i][0];
			params.comp.release_ms = times[i][1];
			check_return(&params, 12 * (times[i][0] + times[i][1]));
			params.comp.enabled = false;
			params.limiter.enabled = true;
			params.limiter.ceiling_dbfs = -30;
			params.limiter.release_ms = times[i][1];
			check_return(&params, 12 * times[i][1]);
		}
}

int main(void)
{
	RUN(nothing_exceeds_the_ceiling);
	RUN(nothing_exceeds_the_ceiling_of_any_configuration);
	RUN(the_limiter_reaches_its_ceiling);
	RUN(quiet_signals_pass_untouched);
	RUN(full_scale_is_not_above_full_scale);
	RUN(silence_brings_everything_back_to_zero);
	return DONE();
}
