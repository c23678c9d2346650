/* SPDX-License-Identifier: MIT */
#ifndef MCA_TEST_DSP_SPECTRUM_H
#define MCA_TEST_DSP_SPECTRUM_H

#include <stdint.h>

/*
 * Energy of a piece of one lane above a frequency, relative to that of `reference` (a piece of
 * the steady tone of the same length), in dB: 4-term Blackman-Harris window (side lobes below -92
 * dB), FFT.
 */
#define SPECTRUM_FRAMES 8192u

double spectrum_above_db(const int16_t *samples, const int16_t *reference, unsigned rate_hz,
			 double frequency_hz);

/* The same for the loudest piece of SPECTRUM_BURST_FRAMES within `frames`: 10.7 ms at 48 kHz, so
 * that a click is not averaged away. `reference` is as long as one such piece. */
#define SPECTRUM_BURST_FRAMES 512u

double spectrum_burst_db(const int16_t *samples, unsigned frames, const int16_t *reference,
			 unsigned rate_hz, double frequency_hz);

#endif
