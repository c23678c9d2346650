/* SPDX-License-Identifier: MIT */
/*
 * The interpolator with AVX2: eight frames at a time, both lanes in one vector. Frames are paired
 * with those before them, so that one instruction does two taps. See true_peak.c.
 */
#include "avx2.h"

#ifdef MCA_HAVE_AVX2

#include "avx2_frames.h"
#include "true_peak.h"

#define AT_ONCE 8u
#define PAIRS (MCA_TRUE_PEAK_TAPS / 2)

/* Left and right of four frames each, 32 bits, per phase. */
struct sums {
	__m256i one[MCA_TRUE_PEAK_PHASES], other[MCA_TRUE_PEAK_PHASES];
};

AVX2_INLINE __m256i two_taps(unsigned phase, unsigned pair)
{
	const int16_t *tap = &mca_true_peak_q13[phase][2 * pair];

	return spread((int32_t)((uint32_t)(uint16_t)tap[1] << 16 | (uint16_t)tap[0]));
}

AVX2_INLINE void add_pair(struct sums *sums, const int16_t *newest, unsigned pair, bool mono)
{
	const size_t lanes = mono ? 1 : 2;
	__m256i late = load_frames(newest - 2 * pair * lanes, mono);
	__m256i early = load_frames(newest - (2 * pair + 1) * lanes, mono);
	__m256i one = _mm256_unpacklo_epi16(late, early);
	__m256i other = _mm256_unpackhi_epi16(late, early);

	for (unsigned phase = 0; phase < MCA_TRUE_PEAK_PHASES; phase++) {
		__m256i taps = two_taps(phase, pair);

		sums->one[phase] = _mm256_add_epi32(sums->one[phase],
						    _mm256_madd_epi16(one, taps));
		sums->other[phase] = _mm256_add_epi32(sums->other[phase],
						      _mm256_madd_epi16(other, taps));
	}
}

AVX2_INLINE __m256i louder(__m256i most, const struct sums *sums)
{
	for (unsigned phase = 0; phase < MCA_TRUE_PEAK_PHASES; phase++) {
		most = _mm256_max_epi32(most, _mm256_abs_epi32(sums->one[phase]));
		most = _mm256_max_epi32(most, _mm256_abs_epi32(sums->other[phase]));
	}
	return most;
}

AVX2_INLINE void note(uint32_t *peak_q13, __m256i most)
{
	uint32_t level = (uint32_t)largest_frame(most);

	*peak_q13 = *peak_q13 < level ? level : *peak_q13;
}

AVX2_INLINE void oversample(uint32_t *peak_q13, const int16_t *heard, unsigned frames, bool mono)
{
	const unsigned lanes = mono ? 1 : 2, whole = frames & ~(AT_ONCE - 1);
	const __m256i zero = _mm256_setzero_si256();
	__m256i most = zero;

	for (unsigned i = 0; i < whole; i += AT_ONCE) {
		struct sums sums = { { zero, zero, zero, zero }, { zero, zero, zero, zero } };

#pragma GCC unroll 6
		for (unsigned pair = 0; pair < PAIRS; pair++)
			add_pair(&sums, heard + i * lanes, pair, mono);
		most = louder(most, &sums);
	}
	note(&peak_q13[0], _mm256_blend_epi32(most, zero, 0xaa));
	if (!mono)
		note(&peak_q13[1], _mm256_blend_epi32(most, zero, 0x55));
	mca_oversample(peak_q13, heard + whole * lanes, frames - whole, lanes);
}

AVX2 void mca_oversample_avx2(uint32_t *peak_q13, const int16_t *heard, unsigned frames,
			      unsigned lanes)
{
	if (lanes == 1)
		oversample(peak_q13, heard, frames, true);
	else
		oversample(peak_q13, heard, frames, false);
}

#endif
