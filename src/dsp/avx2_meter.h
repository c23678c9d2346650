/* SPDX-License-Identifier: MIT */
#ifndef MCA_DSP_AVX2_METER_H
#define MCA_DSP_AVX2_METER_H

#include "avx2_frames.h"

/*
 * What both meters need with AVX2: sums of squares and peaks of both lanes. Thread: RT.
 */

/* Eight sums of 32 bits that would not hold them: one of everything modulo 2^32, and one of the
 * upper halves. A chunk adds at most 2^31 in each of 16 steps. */
struct squares {
	__m256i all, upper;
};

AVX2_INLINE void add_squares(struct squares *squares, __m256i samples)
{
	__m256i pairs = _mm256_madd_epi16(samples, samples);

	squares->all = _mm256_add_epi32(squares->all, pairs);
	squares->upper = _mm256_add_epi32(squares->upper, _mm256_srli_epi32(pairs, 16));
}

/* Both lanes of two times eight frames. */
AVX2_INLINE void hear(struct squares *left, struct squares *right, __m256i one,
		      __m256i other)
{
	add_squares(left, _mm256_blend_epi16(one, _mm256_slli_epi32(other, 16), 0xaa));
	add_squares(right, _mm256_blend_epi16(_mm256_srli_epi32(one, 16), other, 0xaa));
}

AVX2_INLINE uint64_t sum_of(const struct squares *squares)
{
	__m256i lower = _mm256_sub_epi32(squares->all, _mm256_slli_epi32(squares->upper, 16));

	return ((uint64_t)sum_frames(squares->upper) << 16) + sum_frames(lower);
}

/* Raise the peak of each lane to the largest magnitude: first lanes are in lower halves, second
 * ones in upper. */
AVX2_INLINE void raise_peaks(uint32_t *peak, __m256i magnitude)
{
	int32_t left = largest_frame(_mm256_blend_epi16(magnitude, _mm256_setzero_si256(), 0xaa));
	int32_t right = largest_frame(_mm256_srli_epi32(magnitude, 16));

	peak[0] = peak[0] < (uint32_t)left ? (uint32_t)left : peak[0];
	peak[1] = peak[1] < (uint32_t)right ? (uint32_t)right : peak[1];
}

#endif
