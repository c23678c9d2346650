/* SPDX-License-Identifier: MIT */
#ifndef MCA_TEST_DSP_SIGNALS_H
#define MCA_TEST_DSP_SIGNALS_H

#include <stdint.h>

#include "mca/chain.h"

/*
 * Test material, always the same for the same seed: signals, and random but valid parameters.
 */
struct dice {
	uint64_t state;
};

uint64_t dice_roll(struct dice *dice);
/* 0 <= result < sides */
unsigned dice_below(struct dice *dice, unsigned sides);
/* uniform in low..high */
double dice_between(struct dice *dice, double low, double high);

enum signal_kind {
	SIGNAL_SILENCE,
	SIGNAL_DITHER,        /* -1, 0, 1 at random */
	SIGNAL_NOISE,         /* white, full scale */
	SIGNAL_BABBLE,        /* bursts of noise and tone at levels that change, pauses between */
	SIGNAL_SQUARE,        /* full scale, 997 Hz */
	SIGNAL_LOWEST,        /* runs of -32768 between runs of other extremes */
	SIGNAL_IMPULSES,
	SIGNAL_ONSETS,        /* silence to full-scale sine and back */
	SIGNAL_KINDS
};

void signal_fill(int16_t *samples, unsigned frames, unsigned lanes, unsigned rate_hz,
		 enum signal_kind kind, uint64_t seed);

/* A sine (peak amplitude in full scales) in every lane, beginning at frame `from` of it. */
void signal_sine(int16_t *samples, unsigned frames, unsigned lanes, unsigned rate_hz,
		 double frequency_hz, double amplitude, uint64_t from);

/* The defaults of the service: 2:1 over -20 dBFS, 10/100 ms, ceiling -3 dBFS, 8 ms, ramp 5 ms. */
struct mca_chain_params params_default(void);

/* Anything that can be configured, extremes included. */
struct mca_chain_params params_random(struct dice *dice);

/* Cook and start, asserting that the parameters are accepted. */
void chain_start(struct mca_chain *chain, const struct mca_chain_params *params);

#endif
