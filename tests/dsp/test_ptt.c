/* SPDX-License-Identifier: MIT */
/* Push-to-talk: a raised cosine of exact length, exact zeros behind it, no click in any turn. */
#include <math.h>
#include <stdlib.h>

#include "../support/check.h"
#include "model.h"
#include "signals.h"
#include "spectrum.h"

#define RATE 44100
#define RAMP 220
#define LEVEL 10000

static struct mca_chain_params plain(void)
{
	struct mca_chain_params params = params_default();

	params.lanes = 1;
	params.comp.enabled = false;
	return params;
}

/* A constant, so that what leaves is the ramp. */
static void play_constant(struct mca_chain *chain, int16_t *out, unsigned frames, bool open)
{
	for (unsigned i = 0; i < frames; i++)
		out[i] = LEVEL;
	mca_chain_process(chain, out, out, frames, open);
}

static void a_ramp_has_its_length_and_shape(void)
{
	struct mca_chain_params params = plain();
	int16_t out[300];
	struct mca_chain chain;

	chain_start(&chain, &params);
	play_constant(&chain, out, 300, false);
	CHECK(mca_chain_is_closed(&chain));
	for (unsigned i = 0; i < 300; i++) {
		double left = i + 1 < RAMP ? 1 - (i + 1.0) / RAMP : 0;

		CHECK_NEAR(out[i], LEVEL * (0.5 - 0.5 * cos(acos(-1) * left)), 0.8);
		CHECK(i + 1 < RAMP || out[i] == 0);
	}
	play_constant(&chain, out, 300, true);
	CHECK(!mca_chain_is_closed(&chain));
	for (unsigned i = 0; i < 300; i++) {
		double way = i + 1 < RAMP ? (i + 1.0) / RAMP : 1;

		CHECK_NEAR(out[i], LEVEL * (0.5 - 0.5 * cos(acos(-1) * way)), 0.8);
	}
	CHECK_INT(out[RAMP - 1], LEVEL);
	CHECK_INT(out[299], LEVEL);
}

static void closed_is_exact_zero_and_detectors_go_on(void)
{
	struct mca_chain_params params = params_default();
	static int16_t samples[RATE * 2];
	struct mca_chain chain, listening;

	chain_start(&chain, &params);
	chain_start(&listening, &params);
	signal_fill(samples, RATE, 2, RATE, SIGNAL_NOISE, 1);
	mca_chain_process(&listening, samples, samples, RATE, true);
	signal_fill(samples, RATE, 2, RATE, SIGNAL_NOISE, 1);
	mca_chain_process(&chain, samples, samples, RATE, false);
	for (unsigned i = 2 * RAMP; i < RATE * 2; i++)
		CHECK(samples[i] == 0);
	CHECK_INT(chain.comp.reduction_q58, listening.comp.reduction_q58);
	CHECK_INT(chain.limiter.reduction_q58, listening.limiter.reduction_q58);
}

static void turning_half_way_makes_no_step(void)
{
	struct mca_chain_params params = plain();
	struct dice dice = { 23 };
	int16_t out[400], last = LEVEL;
	struct mca_chain chain;
	/* The steepest slope of the raised cosine, and rounding. */
	double steepest = LEVEL * acos(-1) / 2 / RAMP + 1;

	chain_start(&chain, &params);
	for (int turn = 0; turn < 300; turn++) {
		unsigned frames = 1 + dice_below(&dice, 400);

		play_constant(&chain, out, frames, turn % 2);
		for (unsigned i = 0; i < frames; i++) {
			CHECK_NEAR(out[i], last, steepest);
			last = out[i];
		}
	}
}

static void other_lengths(void)
{
	static const double ms[] = { 0, 0.01, 1, 10, 100 };
	static const unsigned rates[] = { 8000, 44100, 48000, 192000 };
	static int16_t out[20000];

	for (unsigned i = 0; i < 5; i++)
		for (unsigned r = 0; r < 4; r++) {
			struct mca_chain_params params = plain();
			unsigned frames = (unsigned)(ms[i] * rates[r] / 1000);
			struct mca_chain chain;

			params.rate_hz = rates[r];
			params.ptt_ramp_ms = ms[i];
			frames = frames ? frames : 1;
			chain_start(&chain, &params);
			play_constant(&chain, out, frames - 1, false);
			CHECK(!mca_chain_is_closed(&chain));
			play_constant(&chain, out, 1, false);
			CHECK(mca_chain_is_closed(&chain));
			CHECK_INT(out[0], 0);
			play_constant(&chain, out, frames, true);
			CHECK_INT(out[frames - 1], LEVEL);
		}
}

static void an_interrupted_stream_fades_in(void)
{
	struct mca_chain_params params = plain();
	int16_t out[300];
	struct mca_chain chain;

	chain_start(&chain, &params);
	play_constant(&chain, out, 300, true);
	mca_chain_close_ramp(&chain);
	CHECK(mca_chain_is_closed(&chain));
	play_constant(&chain, out, 300, true);
	CHECK(out[0] < 2);
	CHECK_INT(out[RAMP - 1], LEVEL);
}

static void muting_a_tone_makes_no_click(void)
{
	static int16_t out[8 * SPECTRUM_FRAMES];
	struct mca_chain_params params = params_default();
	unsigned half = SPECTRUM_FRAMES / 2;
	struct mca_chain chain;

	params.lanes = 1;
	for (int phase = 0; phase < 8; phase++) {
		double closing, opening;

		chain_start(&chain, &params);
		signal_sine(out, 8 * SPECTRUM_FRAMES, 1, RATE, 440, pow(10, -3 / 20.0),
			    (uint64_t)phase * 13);
		mca_chain_process(&chain, out, out, 4 * SPECTRUM_FRAMES, true);
		mca_chain_process(&chain, out + 4 * SPECTRUM_FRAMES, out + 4 * SPECTRUM_FRAMES,
				  2 * SPECTRUM_FRAMES, false);
		mca_chain_process(&chain, out + 6 * SPECTRUM_FRAMES, out + 6 * SPECTRUM_FRAMES,
				  2 * SPECTRUM_FRAMES, true);
		closing = spectrum_above_db(out + 4 * SPECTRUM_FRAMES - half + RAMP / 2,
					    out + 2 * SPECTRUM_FRAMES, RATE, 2000);
		opening = spectrum_above_db(out + 6 * SPECTRUM_FRAMES - half + RAMP / 2,
					    out + 2 * SPECTRUM_FRAMES, RATE, 2000);
		printf("# phase %d: closing %.1f dBc, opening %.1f dBc\n", phase, closing, opening);
		CHECK(closing <= -85);
		CHECK(opening <= -85);
	}
}

int main(void)
{
	RUN(a_ramp_has_its_length_and_shape);
	RUN(closed_is_exact_zero_and_detectors_go_on);
	RUN(turning_half_way_makes_no_step);
	RUN(other_lengths);
	RUN(an_interrupted_stream_fades_in);
	RUN(muting_a_tone_makes_no_click);
	return DONE();
}
