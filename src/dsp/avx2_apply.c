/* SPDX-License-Identifier: MIT */
/*
 * The last pass with AVX2: gain to samples, clamp and output meter, sixteen frames at a time. See
 * avx2.c for what holds for all of these passes.
 *
 * The gain is split into 16-bit halves, gain = 65536 high + low with -32768 <= low < 32768, so
 * that floor((x gain + 0x8000) / 65536) is x high + floor((x low + 0x8000) / 65536); the second
 * term is the upper half of the product x low plus the topmost bit of its lower half.
 */
#include "avx2.h"

#ifdef MCA_HAVE_AVX2

#include "avx2_meter.h"
#include "mca/q.h"

/* Frames in a step: two vectors, so that the squares of two frames can be added in one. */
#define AT_ONCE 16u

struct meters {
	struct squares out[MCA_LANES_MAX];
	__m256i lowest, highest; /* samples that left */
	__m256i untouched;       /* how many the clamp let pass, 16 bits each */
};

/* One 16-bit half of each frame's 32 bits, for both of its samples. */
AVX2_INLINE __m256i twice(__m256i frames, bool upper)
{
	const __m256i low = _mm256_set1_epi64x(0x0504050401000100);
	const __m256i high = _mm256_set1_epi64x(0x0706070603020302);
	const __m256i second = _mm256_setr_epi64x(0, 0x0808080808080808, 0, 0x0808080808080808);

	return _mm256_shuffle_epi8(frames, _mm256_add_epi8(upper ? high : low, second));
}

/* Gains of at most 1: every product is a sample. */
AVX2_INLINE __m256i scale_down(__m256i x, __m256i rest, __m256i raised, int32_t ceiling,
			       struct meters *meters)
{
	__m256i product = _mm256_add_epi16(rest, _mm256_mullo_epi16(x, twice(raised, true)));
	__m256i most = _mm256_set1_epi16((int16_t)mca_q_min(ceiling, INT16_MAX));
	__m256i held = _mm256_min_epi16(product, most);

	held = _mm256_max_epi16(held, _mm256_set1_epi16((int16_t)-ceiling));
	meters->untouched = _mm256_sub_epi16(meters->untouched,
					     _mm256_cmpeq_epi16(held, product));
	return held;
}

/* Any gain: x high + rest as a sum of two products, in 32 bits. */
AVX2_INLINE __m256i scale_up(__m256i x, __m256i rest, __m256i raised, int32_t ceiling,
			     struct meters *meters)
{
	__m256i high = _mm256_or_si256(_mm256_srli_epi32(raised, 16), spread(1 << 16));
	__m256i one = _mm256_madd_epi16(_mm256_unpacklo_epi16(x, rest),
					_mm256_unpacklo_epi32(high, high));
	__m256i other = _mm256_madd_epi16(_mm256_unpackhi_epi16(x, rest),
					  _mm256_unpackhi_epi32(high, high));
	__m256i most = spread(ceiling), least = spread(-ceiling);
	__m256i one_held = _mm256_max_epi32(_mm256_min_epi32(one, most), least);
	__m256i other_held = _mm256_max_epi32(_mm256_min_epi32(other, most), least);
	__m256i equal = _mm256_packs_epi32(_mm256_cmpeq_epi32(one, one_held),
					   _mm256_cmpeq_epi32(other, other_held));

	meters->untouched = _mm256_sub_epi16(meters->untouched, equal);
	return _mm256_packs_epi32(one_held, other_held);
}

AVX2_INLINE __m256i scale(__m256i x, const int32_t *gain_q16, int32_t ceiling, bool up,
			  struct meters *meters)
{
	__m256i gain = _mm256_load_si256((const __m256i *)gain_q16);
	__m256i low = twice(gain, false);
	__m256i raised = _mm256_add_epi32(gain, spread(0x8000));
	__m256i rest = _mm256_add_epi16(_mm256_mulhi_epi16(x, low),
					_mm256_srli_epi16(_mm256_mullo_epi16(x, low), 15));
	__m256i held = up ? scale_up(x, rest, raised, ceiling, meters)
			  : scale_down(x, rest, raised, ceiling, meters);

	meters->lowest = _mm256_min_epi16(meters->lowest, held);
	meters->highest = _mm256_max_epi16(meters->highest, held);
	return held;
}

AVX2_INLINE void report(struct mca_meter_reading *sum, const struct meters *meters,
			unsigned frames)
{
	const __m256i ones = _mm256_set1_epi16(1), zero = _mm256_setzero_si256();

	add_sums(sum->out_square, &meters->out[0], &meters->out[1]);
	sum->clipped += frames * MCA_LANES_MAX -
			sum_frames(_mm256_madd_epi16(meters->untouched, ones));
	raise_peaks(sum->out_peak, _mm256_max_epu16(meters->highest,
			_mm256_sub_epi16(zero, meters->lowest)));
}

AVX2_INLINE void apply(const struct mca_chunk *chunk, bool mono, bool up)
{
	const int16_t *in = chunk->in;
	const int32_t ceiling = chunk->ceiling;
	int16_t *out = chunk->out;
	const unsigned lanes = mono ? 1 : 2, whole = chunk->frames & ~(AT_ONCE - 1);
	struct meters meters;

	__builtin_memset(&meters, 0, sizeof(meters));
	for (unsigned i = 0; i < whole; i += AT_ONCE) {
		__m256i one = load_frames(in + i * lanes, mono);
		__m256i other = load_frames(in + (i + 8) * lanes, mono);

		one = scale(one, chunk->gain_q16 + i, ceiling, up, &meters);
		other = scale(other, chunk->gain_q16 + i + 8, ceiling, up, &meters);
		store_frames(out + i * lanes, one, mono);
		store_frames(out + (i + 8) * lanes, other, mono);
		hear(&meters.out[0], &meters.out[1], one, other);
	}
	if (whole)
		report(chunk->sum, &meters, whole);
	if (whole < chunk->frames)
		mca_apply_from(chunk, whole);
}

AVX2 void mca_apply_avx2(const struct mca_chunk *chunk)
{
	bool mono = chunk->lanes == 1;

	if (mono && chunk->amplifies)
		apply(chunk, true, true);
	else if (mono)
		apply(chunk, true, false);
	else if (chunk->amplifies)
		apply(chunk, false, true);
	else
		apply(chunk, false, false);
}

#endif
