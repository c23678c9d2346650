/* SPDX-License-Identifier: MIT */
#ifndef MCA_DSP_AVX2_FRAMES_H
#define MCA_DSP_AVX2_FRAMES_H

#include <immintrin.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * Eight frames in a vector of 256 bits, 32 bits each: the first lane in the lower half, the second
 * in the upper. A mono frame is a stereo frame whose other sample is zero: it is loaded so, and
 * only the one sample is stored.
 */

/* The target of these functions alone: no other may run on any x86-64. */
#define AVX2 __attribute__((target("avx2")))
#define AVX2_INLINE static inline __attribute__((target("avx2"), always_inline))

AVX2_INLINE __m256i spread(int32_t value)
{
	return _mm256_set1_epi32(value);
}

/* Eight frames: the first lane in the lower, the second in the upper half of 32 bits. */
AVX2_INLINE __m256i load_frames(const int16_t *in, bool mono)
{
	if (mono)
		return _mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i *)in));
	return _mm256_loadu_si256((const __m256i *)in);
}

AVX2_INLINE void store_frames(int16_t *out, __m256i frames, bool mono)
{
	__m256i packed;

	if (!mono) {
		_mm256_storeu_si256((__m256i *)out, frames);
		return;
	}
	packed = _mm256_packus_epi32(_mm256_and_si256(frames, spread(0xffff)), frames);
	packed = _mm256_permute4x64_epi64(packed, _MM_SHUFFLE(3, 1, 2, 0));
	_mm_storeu_si128((__m128i *)out, _mm256_castsi256_si128(packed));
}

AVX2_INLINE int32_t largest_frame(__m256i values)
{
	__m128i most = _mm_max_epi32(_mm256_castsi256_si128(values),
				     _mm256_extracti128_si256(values, 1));

	most = _mm_max_epi32(most, _mm_shuffle_epi32(most, _MM_SHUFFLE(1, 0, 3, 2)));
	most = _mm_max_epi32(most, _mm_shuffle_epi32(most, _MM_SHUFFLE(2, 3, 0, 1)));
	return _mm_cvtsi128_si32(most);
}

AVX2_INLINE uint32_t sum_frames(__m256i values)
{
	__m128i sum = _mm_add_epi32(_mm256_castsi256_si128(values),
				    _mm256_extracti128_si256(values, 1));

	sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, _MM_SHUFFLE(1, 0, 3, 2)));
	sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, _MM_SHUFFLE(2, 3, 0, 1)));
	return (uint32_t)_mm_cvtsi128_si32(sum);
}

#endif
