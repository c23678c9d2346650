/* SPDX-License-Identifier: MIT */
#ifndef MCA_DSP_COSINE_H
#define MCA_DSP_COSINE_H

#include <stdint.h>

#include "mca/q.h"
#include "tables.h"

/*
 * Circular functions by table and chord; the error of a chord is 4.7e-6. For ramps and test
 * tones, where a few nanoseconds more do not matter.
 */

/* cos(pi * half_turns), half_turns 0..1; exact at both ends. */
static inline int32_t mca_cosine_q30(uint32_t half_turns_q31)
{
	MCA_Q_RANGE(half_turns_q31 <= MCA_Q31_ONE);
	uint32_t index = half_turns_q31 >> 22;
	int64_t place_q22 = half_turns_q31 & 0x3fffff;
	int64_t low = mca_table_cosine_q30[index];
	int64_t high = mca_table_cosine_q30[index + 1];

	return (int32_t)(low + (((high - low) * place_q22 + (1 << 21)) >> 22));
}

/* (1 - cos(pi * phase)) / 2: from exactly 0 to exactly 1. */
static inline int32_t mca_raised_cosine_q30(uint32_t phase_q31)
{
	return (int32_t)(((INT64_C(1) << 30) - mca_cosine_q30(phase_q31)) >> 1);
}

/* sin(2 pi * turns): the cosine a quarter turn later, folded into its even half. */
static inline int32_t mca_sine_q30(uint32_t turns_q32)
{
	uint32_t angle = turns_q32 - (UINT32_C(1) << 30);

	return mca_cosine_q30(angle <= MCA_Q31_ONE ? angle : 0 - angle);
}

#endif
