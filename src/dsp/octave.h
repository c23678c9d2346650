/* SPDX-License-Identifier: MIT */
#ifndef MCA_DSP_OCTAVE_H
#define MCA_DSP_OCTAVE_H

#include <stdint.h>

#include "mca/highpass.h"
#include "mca/q.h"
#include "tables.h"

/*
 * Between the linear world (samples, gains) and the logarithmic one (octaves, Q26), by table and
 * chord. Everything fits in 32 bits, so that several can be done at a time.
 */
#define MCA_OCTAVE_Q26 (INT32_C(1) << 26)
/*
 * Levels lie between the lowest sample in front of 24 dB of attenuation and full scale behind 24 dB
 * of gain. Silence counts as far below the lowest sample; no threshold, knee or ceiling is so low
 * that the bounds change a gain.
 */
#define MCA_LEVEL_SILENT_Q26 (10 * MCA_OCTAVE_Q26)   /* silence below a sample of 1 */
#define MCA_LEVEL_MIN_Q26 (-16 * MCA_OCTAVE_Q26)     /* what the curve is asked for at least */
#define MCA_ABOVE_MIN_Q26 (-17 * MCA_OCTAVE_Q26)     /* least distance to the ceiling */
#define MCA_REDUCTION_MAX_Q26 (31 * MCA_OCTAVE_Q26) /* of compressor and limiter together */
#define MCA_GAIN_EXPONENT_MIN (-23 * MCA_OCTAVE_Q26) /* from here on a gain is 0 in Q16 */
#define MCA_GAIN_EXPONENT_MAX (8 * MCA_OCTAVE_Q26) /* 24 dB of input gain, 24 of makeup */

/*
 * log2(peak / 32768), peak 1..32768. Exact for powers of two.
 * Shifted up to 16 bits, a peak has 15 below its leading one: 8 select the chord, 7 the place
 * on it.
 */
static inline int32_t mca_octaves_from_peak(int32_t peak)
{
	MCA_Q_RANGE(peak >= 1 && peak <= 32768);
	uint32_t octaves_down = 15 ^ (31 ^ (uint32_t)__builtin_clz((uint32_t)peak));
	uint32_t mantissa = (uint32_t)peak << octaves_down;
	const struct mca_table_chord *chord =
		&mca_table_log2_q26[(mantissa >> 7) - MCA_TABLE_OCTAVES];

	return chord->base + chord->rise * (int32_t)(mantissa & 127) -
	       (int32_t)(octaves_down << 26);
}

/*
 * The same for wide samples, peak 1..2^29 - 1: log2(peak / (32768 * 2^MCA_WIDE_BITS)). Eight bits
 * below the leading one select the chord, fifteen more are the place on it.
 */
static inline int32_t mca_log2_from_wide(int32_t peak)
{
	MCA_Q_RANGE(peak >= 1 && peak < INT32_C(1) << 29);
	int32_t zeros = __builtin_clz((uint32_t)peak);
	uint32_t mantissa = (uint32_t)peak << zeros;
	const struct mca_table_chord *chord =
		&mca_table_log2_q26[(mantissa >> 23) - MCA_TABLE_OCTAVES];
	int32_t place = (int32_t)(mantissa >> 8 & 0x7fff);

	return chord->base + ((chord->rise * place) >> 8) +
	       (31 - zeros - 15 - MCA_WIDE_BITS) * MCA_OCTAVE_Q26;
}

/*
 * 2^exponent as a Q16 gain, rounded to nearest; exactly 1 at 0. Of the 18 bits below the table's
 * 8, the upper 14 are the place on the chord, so that 17 bits of rise times 14 bits fit: 1.7e-7 of
 * the gain.
 */
static inline int32_t mca_gain_from_octaves(int32_t exponent_q26)
{
	MCA_Q_RANGE(exponent_q26 < MCA_GAIN_EXPONENT_MAX);
	int32_t bounded = mca_q_max(exponent_q26, MCA_GAIN_EXPONENT_MIN);
	const struct mca_table_chord *chord = &mca_table_exp2_q24[(bounded >> 18) & 255];
	int32_t place_q14 = (bounded >> 4) & 0x3fff;
	int32_t mantissa_q24 = chord->base + ((chord->rise * place_q14) >> 14);

	return ((mantissa_q24 >> (7 - (bounded >> 26))) + 1) >> 1;
}

#endif
