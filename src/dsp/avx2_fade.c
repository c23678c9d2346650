/* SPDX-License-Identifier: MIT */
/*
 * The push-to-talk ramp with AVX2: eight gains at a time, every step that of ramp.c and cosine.h.
 * Products have 64 bits and are rounded there; what is left of them after the shift fits in 32, so
 * that a shift that does not know of signs leaves the same lower half.
 */
#include "avx2.h"

#ifdef MCA_HAVE_AVX2

#include "avx2_frames.h"
#include "tables.h"

#define AT_ONCE 8u

/* (a * b + half) >> shift, to nearest */
AVX2_INLINE __m256i multiply(__m256i a, __m256i b, int shift)
{
	const __m256i half = _mm256_set1_epi64x(INT64_C(1) << (shift - 1));
	__m256i even = _mm256_mul_epi32(a, b);
	__m256i odd = _mm256_mul_epi32(_mm256_srli_epi64(a, 32), _mm256_srli_epi64(b, 32));

	even = _mm256_srli_epi64(_mm256_add_epi64(even, half), shift);
	odd = _mm256_srli_epi64(_mm256_add_epi64(odd, half), shift);
	return _mm256_blend_epi32(even, _mm256_slli_epi64(odd, 32), 0xaa);
}

/* 2^30 - cos lies in 0..2^31: its half is that of a number without sign. */
AVX2_INLINE __m256i raised_cosines(__m256i phase)
{
	const int *table = mca_table_cosine_q30;
	__m256i index = _mm256_srli_epi32(phase, 22);
	__m256i place = _mm256_and_si256(phase, spread(0x3fffff));
	__m256i low = _mm256_i32gather_epi32(table, index, 4);
	__m256i high = _mm256_i32gather_epi32(table + 1, index, 4);
	__m256i cosine = _mm256_add_epi32(low, multiply(_mm256_sub_epi32(high, low), place, 22));

	return _mm256_srli_epi32(_mm256_sub_epi32(spread(1 << 30), cosine), 1);
}

AVX2 void mca_fade_avx2(int32_t *gain_q16, unsigned frames, uint32_t phase_q31, uint32_t move_q31)
{
	const unsigned whole = frames & ~(AT_ONCE - 1);
	const __m256i move = spread((int32_t)(AT_ONCE * move_q31));
	__m256i phase = _mm256_mullo_epi32(_mm256_setr_epi32(1, 2, 3, 4, 5, 6, 7, 8),
					   spread((int32_t)move_q31));

	phase = _mm256_add_epi32(phase, spread((int32_t)phase_q31));
	for (unsigned i = 0; i < whole; i += AT_ONCE) {
		__m256i *gain = (__m256i *)(gain_q16 + i);

		_mm256_store_si256(gain, multiply(_mm256_load_si256(gain), raised_cosines(phase),
						  30));
		phase = _mm256_add_epi32(phase, move);
	}
	mca_fade(gain_q16 + whole, frames - whole, phase_q31 + whole * move_q31, move_q31);
}

#endif
