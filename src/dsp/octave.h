/* SPDX-License-Identifier: MIT */
#ifndef MCA_DSP_OCTAVE_H
#define MCA_DSP_OCTAVE_H

#include <stdint.h>

#include "mca/q.h"
#include "tables.h"

/*
 * Between the linear world (samples, gains) and the logarithmic one (octaves, Q26), by table and
 * chord. Everything stays in 32 bits, so that a compiler can do several at a time.
 */
#define MCA_OCTAVE_Q26 (INT32_C(1) << 26)
#define MCA_GAIN_EXPONENT_MIN (-23 * MCA_OCTAVE_Q26) /* from here on a gain is 0 in Q16 */
#define MCA_GAIN_EXPONENT_MAX (5 * MCA_OCTAVE_Q26)

/*
 * log2(peak / 32768), peak 1..32768. Exact for powers of two.
 * A mantissa has at most 15 bits below its leading one: 8 select the chord, 7 the place on it.
 */
static inline int32_t mca_octaves_from_peak(int32_t peak)
{
	MCA_Q_RANGE(peak >= 1 && peak <= 32768);
	int32_t exponent = 31 - __builtin_clz((uint32_t)peak);
	int32_t mantissa = (int32_t)((uint32_t)peak << (15 - exponent)) & 0x7fff;
	int32_t low = mca_table_log2_q26[mantissa >> 7];
	int32_t high = mca_table_log2_q26[(mantissa >> 7) + 1];

	return (exponent - 15) * MCA_OCTAVE_Q26 + low +
	       (((high - low) * (mantissa & 127) + 64) >> 7);
}

/*
 * 2^exponent as a Q16 gain, rounded to nearest; exactly 1 at 0. The 18 bits below the table's 8 are
 * rounded to 14, so that 17 bits of chord times 14 bits fit: 1.7e-7 of the gain.
 */
static inline int32_t mca_gain_from_octaves(int32_t exponent_q26)
{
	MCA_Q_RANGE(exponent_q26 < MCA_GAIN_EXPONENT_MAX);
	int32_t bounded = mca_q_max(exponent_q26, MCA_GAIN_EXPONENT_MIN);
	int32_t fraction = bounded & (MCA_OCTAVE_Q26 - 1);
	int32_t shift = 8 - (bounded >> 26);
	int32_t low = mca_table_exp2_q24[fraction >> 18];
	int32_t high = mca_table_exp2_q24[(fraction >> 18) + 1];
	int32_t place_q14 = ((fraction & 0x3ffff) + 8) >> 4;
	int32_t mantissa_q24 = low + (((high - low) * place_q14 + (1 << 13)) >> 14);

	return (mantissa_q24 + (1 << (shift - 1))) >> shift;
}

#endif
