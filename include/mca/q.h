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
#define MCA_Q62_ONE (INT64_C(1) << 62)   /* 1.0 as a Q62 coefficient */
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

/* The upper half of a * b. With b in Q32 this is a fraction of a, rounded down. */
static inline uint32_t mca_q_upper(uint32_t a, uint32_t b)
{
	return (uint32_t)(((uint64_t)a * b) >> 32);
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

/* floor(a * b / 2^64), from 32-bit factors */
static inline int64_t mca_q_upper_by_parts(int64_t a, int64_t b)
{
	int64_t a_high = a >> 32, b_high = b >> 32;
	uint64_t a_low = (uint32_t)a, b_low = (uint32_t)b;
	int64_t middle = a_high * (int64_t)b_low + (int64_t)((a_low * b_low) >> 32);
	int64_t other = (int64_t)a_low * b_high + (int64_t)(uint32_t)middle;

	return a_high * b_high + (middle >> 32) + (other >> 32);
}

/* The same in the one instruction that x86-64 has for it. In C it is a shift of a 128-bit product,
 * which compilers merge with what follows into something longer. */
static inline int64_t mca_q_upper_s64(int64_t a, int64_t b)
{
#ifdef __x86_64__
	int64_t upper;

	__asm__("imulq %2" : "=&d"(upper), "+a"(a) : "r"(b) : "cc");
	return upper;
#else
	return mca_q_upper_by_parts(a, b);
#endif
}

/*
 * One step of a one-pole smoother: state + coefficient * (target - state), rounded down to a
 * multiple of 4. Levels are Q58: a Q26 value in the upper half of 64 bits and 32 bits below it.
 * So a state that has to fall always does, by 2^-56 octaves a frame at least: there is no dead
 * zone, however small the coefficient is, and no bias that anybody could measure. A coefficient
 * of exactly 1 arrives at once. coefficient_q62 0..1; both levels 0..31 octaves, or both -16..16.
 */
static inline int64_t mca_q_glide(int64_t state_q58, int64_t target_q58, int64_t coefficient_q62)
{
	MCA_Q_RANGE(coefficient_q62 >= 0 && coefficient_q62 <= MCA_Q62_ONE);
	MCA_Q_RANGE(state_q58 >= -(INT64_C(1) << 62) && state_q58 <= INT64_C(31) << 58);
	MCA_Q_RANGE(target_q58 >= -(INT64_C(1) << 62) && target_q58 <= INT64_C(31) << 58);
	MCA_Q_RANGE(state_q58 / 2 - target_q58 / 2 < INT64_C(1) << 62);
	MCA_Q_RANGE(target_q58 / 2 - state_q58 / 2 < INT64_C(1) << 62);
	return state_q58 + 4 * mca_q_upper_s64(target_q58 - state_q58, coefficient_q62);
}

static inline int64_t mca_q58_from_q26(int32_t value_q26)
{
	return (int64_t)((uint64_t)(uint32_t)value_q26 << 32);
}

static inline int32_t mca_q26_from_q58(int64_t value_q58)
{
	return (int32_t)(value_q58 >> 32);
}

#endif
