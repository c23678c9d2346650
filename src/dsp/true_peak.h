/* SPDX-License-Identifier: MIT */
#ifndef MCA_DSP_TRUE_PEAK_H
#define MCA_DSP_TRUE_PEAK_H

#include <stdint.h>

/*
 * The interpolator of ITU-R BS.1770-4, Annex 2: 48 taps as four phases of 12, first the newest
 * sample's. Its coefficients are multiples of 2^-13 as they are printed there, so that in Q13
 * nothing is rounded: a sum of twelve products is the interpolated sample times 8192, exactly. The
 * largest, 32768 times the 16571 of a phase's magnitudes, has 30 bits.
 */
#define MCA_TRUE_PEAK_PHASES 4
#define MCA_TRUE_PEAK_TAPS 12

static const int16_t mca_true_peak_q13[MCA_TRUE_PEAK_PHASES][MCA_TRUE_PEAK_TAPS] = {
	{ 14, 90, -161, 272, -487, 1125, 7964, -838, 390, -218, 122, -68 },
	{ -239, 240, -424, 730, -1364, 3810, 6388, -1641, 832, -477, 271, -155 },
	{ -155, 271, -477, 832, -1641, 6388, 3810, -1364, 730, -424, 240, -239 },
	{ -68, 122, -218, 390, -838, 7964, 1125, -487, 272, -161, 90, 14 },
};

#endif
