/* SPDX-License-Identifier: MIT */
/*
 * The noise gate and the input gain: what is attenuated and what is not, to the frame, and that
 * everything comes back to where it was.
 */
#include <math.h>
#include <stdlib.h>

#include "../support/check.h"
#include "model.h"
#include "signals.h"

#define RATE 48000

static struct mca_chain_params gated(void)
{
	struct mca_chain_params params = params_default();

	params.rate_hz = RATE;
	params.lanes = 1;
	params.comp.enabled = false;
	params.limiter.enabled = false;
	params.gate.enabled = true;
	return params;
}

/* A tone whose level is `loud` for so many frames, then `quiet`. */
static void fill(int16_t *samples, unsigned frames, unsigned loud_frames, double loud_db,
		 double quiet_db)
{
	for (unsigned i = 0; i < frames; i++) {
		double level = pow(10, (i < loud_frames ? loud_db : quiet_db) / 20);

		samples[i] = (int16_t)lrint(32767 * level * sin(2 * 3.14159265358979 * 500 * i /
								RATE));
	}
}

/* Noise at rest is attenuated by the range; speech above the threshold passes bit for bit. */
static void it_attenuates_by_its_range(void)
{
	struct mca_chain_params params = gated();
	static int16_t in[RATE], out[RATE];
	struct mca_chain chain;

	params.gate.range_db = 20;
	fill(in, RATE, 0, 0, -55);
	chain_start(&chain, &params);
	mca_chain_process(&chain, in, out, RATE, true);
	for (unsigned i = 0; i < RATE; i++)
		CHECK(abs(out[i] * 10 - in[i]) <= 6);
	fill(in, RATE, RATE, -30, 0);
	mca_chain_process(&chain, in, out, RATE, true);
	CHECK(memcmp(in + RATE / 10, out + RATE / 10, sizeof(in) - sizeof(in) / 10) == 0);
}

/* The word's end is kept for hold_ms, and not longer. */
static void the_hold_keeps_the_last_syllable(void)
{
	struct mca_chain_params params = gated();
	const unsigned loud = RATE / 4, hold = RATE / 5;
	static int16_t in[RATE], out[RATE];
	unsigned first = 0;
	struct mca_chain chain;

	params.gate.threshold_dbfs = -20;
	fill(in, RATE, loud, -12, -30);
	chain_start(&chain, &params);
	mca_chain_process(&chain, in, out, RATE, true);
	for (unsigned i = RATE / 20; i < RATE && !first; i++)
		first = out[i] != in[i] ? i : 0;
	/* The last loud frame is one of the crest, up to a quarter of a period earlier. */
	CHECK(first >= loud + hold - 24);
	CHECK(first <= loud + hold + RATE / 100);
	CHECK(abs(out[RATE - 40]) + abs(out[RATE - 16]) < 60);
}

/* Between the two thresholds an open gate stays open and a closed one stays closed. */
static void hysteresis_decides_between_the_thresholds(void)
{
	struct mca_chain_params params = gated();
	static int16_t in[2 * RATE], out[2 * RATE];
	struct mca_chain chain;

	params.gate.threshold_dbfs = -20;
	params.gate.hysteresis_db = 6;
	params.gate.hold_ms = 10;
	fill(in, 2 * RATE, RATE / 10, -12, -23);
	chain_start(&chain, &params);
	mca_chain_process(&chain, in, out, 2 * RATE, true);
	CHECK(memcmp(in + RATE, out + RATE, RATE * sizeof(*in)) == 0);
	chain_start(&chain, &params);
	fill(in, 2 * RATE, 0, 0, -23);
	mca_chain_process(&chain, in, out, 2 * RATE, true);
	for (unsigned i = 0; i < 2 * RATE; i++)
		CHECK(abs(out[i]) <= 3);
}

/* Of an onset out of a closed gate at most attack_ms is missing. */
static void the_attack_lets_a_consonant_through(void)
{
	struct mca_chain_params params = gated();
	const unsigned attack = RATE * 2 / 1000;
	static int16_t in[RATE], out[RATE];
	struct mca_chain chain;

	chain_start(&chain, &params);
	memset(in, 0, sizeof(in));
	mca_chain_process(&chain, in, out, RATE, true);
	for (unsigned i = 0; i < RATE; i++)
		in[i] = i % 7 < 3 ? 8000 : -8000;
	mca_chain_process(&chain, in, out, RATE, true);
	CHECK(abs(out[attack]) >= 8000 * pow(10, -1.05 / 20));
	CHECK(memcmp(in + 5 * attack, out + 5 * attack,
		     sizeof(in) - 5 * attack * sizeof(*in)) == 0);
}

/* Silence brings back the state of the beginning, bit for bit. */
static void silence_brings_it_back(void)
{
	struct mca_chain_params params = params_default();
	static int16_t block[4096 * 2];
	struct dice dice = { 11 };

	for (int i = 0; i < 12; i++) {
		struct mca_chain chain, fresh;

		params.gate.enabled = true;
		params.gate.attack_ms = dice_between(&dice, 0, 100);
		params.gate.hold_ms = dice_between(&dice, 10, 500);
		params.gate.release_ms = dice_between(&dice, 0, 400);
		params.gate.range_db = dice_between(&dice, 0, 90);
		params.input_gain_db = dice_between(&dice, -24, 24);
		chain_start(&chain, &params);
		chain_start(&fresh, &params);
		signal_fill(block, 4096, 2, params.rate_hz, SIGNAL_NOISE, (uint64_t)i);
		mca_chain_process(&chain, block, block, 4096, true);
		for (unsigned b = 0; b < 12 * 1000 * 44100 / 1000 / 4096; b++) {
			memset(block, 0, sizeof(block));
			mca_chain_process(&chain, block, block, 4096, true);
		}
		CHECK(memcmp(&chain.gate, &fresh.gate, sizeof(fresh.gate)) == 0);
		CHECK(memcmp(&chain.comp, &fresh.comp, sizeof(fresh.comp)) == 0);
		CHECK(memcmp(&chain.limiter, &fresh.limiter, sizeof(fresh.limiter)) == 0);
		CHECK(mca_chain_is_closed(&chain) == false);
	}
}

/* Gain and no gain at all: exact factors, and bit-exact when off. */
static void the_input_gain_is_a_factor(void)
{
	struct mca_chain_params params = gated();
	static int16_t in[4096], out[4096];
	struct mca_chain chain;

	params.gate.enabled = false;
	signal_fill(in, 4096, 1, RATE, SIGNAL_NOISE, 3);
	for (unsigned i = 0; i < 4096; i++)
		in[i] = (int16_t)(in[i] / 16);
	for (double gain_db = -24; gain_db <= 24; gain_db += 4.5) {
		params.input_gain_db = gain_db;
		chain_start(&chain, &params);
		mca_chain_process(&chain, in, out, 4096, true);
		for (unsigned i = 0; i < 4096; i++) {
			double wanted = in[i] * pow(10, gain_db / 20);

			CHECK(fabs(out[i] - fmax(fmin(wanted, 32767), -32768)) <= 0.75);
		}
	}
	params.input_gain_db = 0;
	chain_start(&chain, &params);
	mca_chain_process(&chain, in, out, 4096, true);
	CHECK(memcmp(in, out, sizeof(in)) == 0);
}

int main(void)
{
	RUN(it_attenuates_by_its_range);
	RUN(the_hold_keeps_the_last_syllable);
	RUN(hysteresis_decides_between_the_thresholds);
	RUN(the_attack_lets_a_consonant_through);
	RUN(silence_brings_it_back);
	RUN(the_input_gain_is_a_factor);
	return DONE();
}
