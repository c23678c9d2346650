/* SPDX-License-Identifier: MIT */
#ifndef MCA_DSP_AVX2_METER_H
#define MCA_DSP_AVX2_METER_H

#include "avx2_frames.h"
#include "mca/meter.h"

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

/* Both sums of eight, for both lanes at once. */
AVX2_INLINE void add_sums(uint64_t *square, const struct squares *left, const struct squares *right)
{
	__m256i lower[2] = {
		_mm256_sub_epi32(left->all, _mm256_slli_epi32(left->upper, 16)),
		_mm256_sub_epi32(right->all, _mm256_slli_epi32(right->upper, 16)),
	};
	__m256i sums = _mm256_hadd_epi32(_mm256_hadd_epi32(lower[0], lower[1]),
					 _mm256_hadd_epi32(left->upper, right->upper));
	__m128i all = _mm_add_epi32(_mm256_castsi256_si128(sums),
				    _mm256_extracti128_si256(sums, 1));
	__m128i upper = _mm_unpackhi_epi32(_mm_setzero_si128(), all);
	__m128i wide = _mm_add_epi64(_mm_srli_epi64(upper, 16),
				     _mm_unpacklo_epi32(all, _mm_setzero_si128()));
	__m128i *to = (__m128i *)square;

	_mm_storeu_si128(to, _mm_add_epi64(_mm_loadu_si128(to), wide));
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

/* The input: sums and largest magnitudes. */
struct meter_in {
	struct squares left, right;
	__m256i magnitude;
};

/* Returns the largest magnitude of all, `rest` included: of frames that were heard otherwise. */
AVX2_INLINE uint32_t report_in(struct mca_meter_reading *sum, const struct meter_in *in,
			       uint32_t rest)
{
	uint32_t peak[MCA_LANES_MAX] = { 0 };

	raise_peaks(peak, in->magnitude);
	add_sums(sum->in_square, &in->left, &in->right);
	for (unsigned lane = 0; lane < MCA_LANES_MAX; lane++) {
		if (sum->in_peak[lane] < peak[lane])
			sum->in_peak[lane] = peak[lane];
		rest = rest < peak[lane] ? peak[lane] : rest;
	}
	return rest;
}

#endif
