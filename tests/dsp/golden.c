/* SPDX-License-Identifier: MIT */
/*
 * Prints one line "case checksum" for a fixed set of signals and parameters: samples, meters and
 * test tone. golden.py compares them with golden.txt and from compiler to compiler. Signals are
 * made with integers only, and checksums of values, not of memory.
 */
#include <math.h>
#include <stdio.h>

#include "mca/tone.h"
#include "signals.h"

#define FRAMES 60000u
#define VARIANTS 11u

/* FNV-1a, 64 bits. */
static uint64_t hash(uint64_t sum, uint64_t value, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++, value >>= 8)
		sum = (sum ^ (value & 255)) * UINT64_C(0x100000001b3);
	return sum;
}

static uint64_t hash_reading(uint64_t sum, const struct mca_meter_reading *reading)
{
	for (unsigned lane = 0; lane < reading->lanes; lane++) {
		sum = hash(sum, reading->in_square[lane], 8);
		sum = hash(sum, reading->out_square[lane], 8);
		sum = hash(sum, reading->out_peak[lane], 4);
		if (reading->true_peak_known)
			sum = hash(sum, reading->true_peak_q13[lane], 4);
	}
	sum = hash(sum, reading->clipped, 4);
	sum = hash(sum, (uint32_t)reading->gr_max_q26, 4);
	return hash(sum, reading->window << 32 | reading->frames, 8);
}

/* The stages in front of the compressor. */
static struct mca_chain_params strip_variant(unsigned number)
{
	struct mca_chain_params params = params_default();

	switch (number) {
	case 7:
		params.input_gain_db = 12;
		params.gate.enabled = true;
		params.gate.hold_ms = 10;
		params.gate.release_ms = 20;
		break;
	case 8:
		params.lanes = 1;
		params.rate_hz = 48000;
		params.input_gain_db = -7;
		params.comp.knee_db = 6;
		params.comp.makeup_db = 24;
		params.gate.enabled = true;
		params.gate.threshold_dbfs = -20;
		params.gate.range_db = 18;
		params.limiter.lookahead_ms = 2;
		break;
	case 9:
		params.highpass_hz = 100;
		break;
	case 10:
		params.lanes = 1;
		params.rate_hz = 192000;
		params.highpass_hz = 20;
		params.input_gain_db = 6;
		params.gate.enabled = true;
		params.limiter.lookahead_ms = 3;
		break;
	default:
		break;
	}
	return params;
}

static struct mca_chain_params variant(unsigned number)
{
	struct mca_chain_params params = params_default();

	switch (number) {
	case 0:
		break;
	case 1:
		params.lanes = 1;
		params.rate_hz = 48000;
		params.comp.ratio = INFINITY;
		params.comp.knee_db = 12;
		params.comp.makeup_db = 18;
		break;
	case 2:
		params.rate_hz = 11025;
		params.comp.threshold_dbfs = -60;
		params.comp.attack_ms = 0;
		params.comp.release_ms = 0;
		params.limiter.release_ms = 0;
		params.ptt_ramp_ms = 100;
		break;
	case 3:
		params.rate_hz = 192000;
		params.comp.attack_ms = 1000;
		params.comp.release_ms = 10000;
		params.comp.makeup_db = 24;
		params.limiter.enabled = false;
		break;
	case 4:
		params.lanes = 1;
		params.comp.enabled = false;
		params.limiter.ceiling_dbfs = -40;
		params.limiter.release_ms = 1000;
		break;
	case 5:
		params.true_peak = true;
		params.limiter.lookahead_ms = 5;
		params.limiter.ceiling_dbfs = -9;
		break;
	case 6:
		params.lanes = 1;
		params.rate_hz = 192000;
		params.true_peak = true;
		params.comp.makeup_db = 12;
		params.limiter.lookahead_ms = 10;
		break;
	default:
		return strip_variant(number);
	}
	return params;
}

/* What a variant becomes: the first five in a circle, then two each other. */
static struct mca_chain_params successor(unsigned number)
{
	return variant(number < 5 ? (number + 1) % 5 : number < 7 ? 11 - number
			      : number < 9 ? 15 - number : 19 - number);
}

/* Half-way the parameters change to another variant; the gate closes and opens. */
static uint64_t run(unsigned number, enum signal_kind kind)
{
	static int16_t samples[FRAMES * MCA_LANES_MAX];
	struct mca_chain_params params = variant(number), next = successor(number);
	uint64_t sum = UINT64_C(0xcbf29ce484222325), window = 0;
	struct mca_chain_cooked cooked;
	struct mca_chain chain;

	next.rate_hz = params.rate_hz;
	next.lanes = params.lanes;
	next.limiter.lookahead_ms = params.limiter.lookahead_ms;
	if (mca_chain_cook(&cooked, &next, NULL))
		return 0;
	chain_start(&chain, &params);
	signal_fill(samples, FRAMES, params.lanes, params.rate_hz, kind, number);
	for (unsigned at = 0; at < FRAMES; at += 500) {
		int16_t *block = samples + at * params.lanes;

		if (at == FRAMES / 2)
			mca_chain_set(&chain, &cooked);
		mca_chain_process(&chain, block, block, 500, at / 7000 % 4 != 1);
		if (chain.meter.last.window != window)
			sum = hash_reading(sum, &chain.meter.last);
		window = chain.meter.last.window;
	}
	for (unsigned i = 0; i < FRAMES * params.lanes; i++)
		sum = hash(sum, (uint16_t)samples[i], 2);
	return sum;
}

static uint64_t run_tone(void)
{
	static int16_t samples[FRAMES];
	uint64_t sum = UINT64_C(0xcbf29ce484222325);
	struct mca_tone_order order;
	struct mca_tone tone;

	signal_fill(samples, FRAMES, 1, 44100, SIGNAL_BABBLE, 6);
	mca_tone_init(&tone);
	for (unsigned i = 0; i < 3; i++) {
		if (mca_tone_cook(&order, 997 + 1000 * i, -20.0 + i, 0.4, 44100))
			return 0;
		mca_tone_start(&tone, &order);
		mca_tone_render(&tone, samples + i * 20000, 10000 * (i + 1) % 30000, 1);
	}
	for (unsigned i = 0; i < FRAMES; i++)
		sum = hash(sum, (uint16_t)samples[i], 2);
	return sum;
}

int main(void)
{
	static const enum signal_kind kinds[] = { SIGNAL_DITHER, SIGNAL_NOISE, SIGNAL_BABBLE,
						  SIGNAL_SQUARE, SIGNAL_LOWEST, SIGNAL_IMPULSES };

	for (unsigned number = 0; number < VARIANTS; number++)
		for (unsigned k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++)
			printf("chain-%u-%d %016llx\n", number, kinds[k],
			       (unsigned long long)run(number, kinds[k]));
	printf("tone %016llx\n", (unsigned long long)run_tone());
	return 0;
}
