/* SPDX-License-Identifier: MIT */
#ifndef MCA_DSP_CURVE_H
#define MCA_DSP_CURVE_H

#include "mca/comp.h"
#include "mca/q.h"

/* The gain computer (Giannoulis, Massberg, Reiss 2012, eq. 4): octaves over the threshold to
 * octaves of reduction. */

/* Half the knee's width, with what the knee's division needs. */
static inline void mca_curve_set_knee(struct mca_comp_cooked *cooked, int32_t half_q26)
{
	uint64_t inverse;

	cooked->knee_half_q26 = half_q26;
	cooked->knee_shift = cooked->knee_inverse = 0;
	if (half_q26 == 0)
		return;
	cooked->knee_shift = (uint32_t)__builtin_clz(2 * (uint32_t)half_q26);
	inverse = (UINT64_C(1) << 63) / (2 * (uint64_t)half_q26 << cooked->knee_shift);
	cooked->knee_inverse = inverse > UINT32_MAX ? UINT32_MAX : (uint32_t)inverse;
}

static inline int32_t mca_curve_hard(const struct mca_comp_cooked *cooked, int32_t over_q26)
{
	uint32_t above_q27 = 2 * (uint32_t)mca_q_max(over_q26, 0);

	return (int32_t)mca_q_upper(above_q27, cooked->slope_q31);
}

/*
 * The knee without cases: with w half its width and u = over + w held within 0..2w, the curve is
 * u^2 / 4w + max(over - w, 0) below, inside and above it. u / 4w comes first, as Q32.
 */
static inline int32_t mca_curve_soft(const struct mca_comp_cooked *cooked, int32_t over_q26)
{
	int32_t half = cooked->knee_half_q26;
	uint32_t inside = (uint32_t)mca_q_clamp(mca_q_add(over_q26, half), 0, 2 * half);
	uint32_t part_q32 = mca_q_upper(inside << cooked->knee_shift, cooked->knee_inverse);
	uint32_t curve = mca_q_upper(inside, part_q32) +
			 (uint32_t)mca_q_max(mca_q_sub(over_q26, half), 0);

	return (int32_t)mca_q_upper(2 * curve, cooked->slope_q31);
}

#endif
