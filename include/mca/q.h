/* SPDX-License-Identifier: MIT */
#ifndef MCA_Q_H
#define MCA_Q_H

#include <stdint.h>

/*
 * Fixed-point arithmetic for the block path. A name ending in _qN counts in units of 2^-N.
 *
 * Every operation states the range it is used in; within it nothing overflows, so no operation
 * has to saturate except the one that makes a sample. Compiled with -DMCA_Q_CHECKED each of them
 * asserts its range: the tests run the whole signal chain that way. Right shifts of negative
 * numbers round down, as every compiler we build with defines them. Thread: any; pure functions,
 * no branch that the compiler cannot turn into a select.
 */
#ifdef MCA_Q_CHECKED
#include <assert.h>
#define MCA_Q_RANGE(condition) assert(condition)
#else
#define MCA_Q_RANGE(condition) ((void)0)
#endif

#define MCA_Q31_ONE (UINT32_C(1) << 31)  /* 1.0 as a Q31 coefficient */
#define MCA_Q16_ONE INT32_C(65536)       /* 1.0 as a Q16 gain */

/* a + b and a - b; the result must fit. */
static inline int32_t mca_q_add(int32_t a, int32_t b)
{
	MCA_Q_RANGE((int64_t)a + b >= INT32_MIN && (int64_t)a + b <= INT32_MAX);
	return a + b;
}

static inline int32_t mca_q_sub(int32_t a, int32_t b)
{
	MCA_Q_RANGE((int64_t)a - b >= INT32_MIN && (int64_t)a - b <= INT32_MAX);
	return a - b;
}

static inline int32_t mca_q_min(int32_t a, int32_t b)
{
	return a < b ? a : b;
}

static inline int32_t mca_q_max(int32_t a, int32_t b)
{
	return a > b ? a : b;
}

/* value * factor_q31, rounded to nearest; factor 0..1. Keeps the format of value. */
static inline int32_t mca_q_scale_q31(int32_t value, uint32_t factor_q31)
{
	MCA_Q_RANGE(factor_q31 <= MCA_Q31_ONE);
	return (int32_t)(((int64_t)value * factor_q31 + (INT64_C(1) << 30)) >> 31);
}

/* gain_q16 * factor_q30, rounded to nearest; factor 0..1. Exact for 0 and 1. */
static inline int32_t mca_q_scale_q30(int32_t gain_q16, int32_t factor_q30)
{
	MCA_Q_RANGE(factor_q30 >= 0 && factor_q30 <= INT32_C(1) << 30);
	return (int32_t)(((int64_t)gain_q16 * factor_q30 + (INT64_C(1) << 29)) >> 30);
}

/*
 * floor((x * gain_q16 + 0x8000) / 65536) for x -32768..32767 and a gain of 0..128, in 32 bits:
 * with the gain split into high and low bytes, floor((256 A + B) / 65536) is
 * floor((A + floor(B / 256)) / 256), exactly.
 */
static inline int32_t mca_q_product(int32_t x, int32_t gain_q16)
{
	MCA_Q_RANGE(x >= -32768 && x <= 32767);
	MCA_Q_RANGE(gain_q16 >= 0 && gain_q16 <= 128 * MCA_Q16_ONE);
	return (x * (gain_q16 >> 8) + ((x * (gain_q16 & 255) + 0x8000) >> 8)) >> 8;
}

/* x held within low..high. */
static inline int32_t mca_q_clamp(int32_t x, int32_t low, int32_t high)
{
	MCA_Q_RANGE(low <= high);
	return mca_q_min(mca_q_max(x, low), high);
}

/* The sample nearest to x: the one place where something saturates. */
static inline int16_t mca_q_saturate_s16(int32_t x)
{
	return (int16_t)mca_q_clamp(x, INT16_MIN, INT16_MAX);
}

/*
 * One step of a one-pole smoother: state + coefficient * (target - state).
 * The state is Q57: a Q26 value with 31 more bits below it, so that the product is added whole.
 * Nothing is rounded away: no dead zone, however small the coefficient is, and no bias.
 * coefficient_q31 0..1; a coefficient of exactly 1 arrives at once.
 */
static inline int64_t mca_q_glide(int64_t state_q57, int32_t target_q26, uint32_t coefficient_q31)
{
	int64_t away_q26 = target_q26 - (state_q57 >> 31);

	MCA_Q_RANGE(coefficient_q31 <= MCA_Q31_ONE);
	MCA_Q_RANGE(away_q26 >= INT32_MIN && away_q26 <= INT32_MAX);
	return state_q57 + away_q26 * coefficient_q31;
}

static inline int64_t mca_q57_from_q26(int32_t value_q26)
{
	return (int64_t)value_q26 * (INT64_C(1) << 31);
}

static inline int32_t mca_q26_from_q57(int64_t value_q57)
{
	MCA_Q_RANGE(value_q57 >> 31 >= INT32_MIN && value_q57 >> 31 <= INT32_MAX);
	return (int32_t)(value_q57 >> 31);
}

#endif
