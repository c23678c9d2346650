/* SPDX-License-Identifier: MIT */
/*
 * The passes with AVX2, eight frames at a time; the frames left over at the end of a chunk go
 * through the portable passes. Everything is integer arithmetic and every step stands for the one
 * of the same name in passes.c, octave.h and curve.h, so the bytes are the same.
 *
 * Unpacking works within halves of 128 bits. Where 32-bit frames become 64-bit ones, frames are
 * therefore kept in the order 0 1 4 5 2 3 6 7 (`zipped`), from which unpacking makes 0 1 2 3 and
 * 4 5 6 7.
 * */
#include "avx2.h"

#ifdef MCA_HAVE_AVX2

#include "avx2_meter.h"
#include "mca/q.h"
#include "octave.h"

/* Frames in a step. */
#define AT_ONCE 8u

/* 64-bit products of unsigned frames: those of frames 0 2 4 6 of a vector, and those of 1 3 5 7. */
struct products {
	__m256i even, odd;
};

AVX2_INLINE struct products multiply_wide(__m256i a, __m256i b)
{
	return (struct products) {
		_mm256_mul_epu32(a, b),
		_mm256_mul_epu32(_mm256_srli_epi64(a, 32), _mm256_srli_epi64(b, 32)),
	};
}

AVX2_INLINE struct products multiply_by(__m256i a, uint32_t b)
{
	__m256i factor = spread((int32_t)b);

	return (struct products) {
		_mm256_mul_epu32(a, factor), _mm256_mul_epu32(_mm256_srli_epi64(a, 32), factor),
	};
}

AVX2_INLINE __m256i upper_halves(struct products products)
{
	return _mm256_blend_epi32(_mm256_srli_epi64(products.even, 32), products.odd, 0xaa);
}

/* max(left, right, least) of magnitudes, zipped */
AVX2_INLINE __m256i peaks(__m256i magnitude, int32_t least)
{
	__m256i louder = _mm256_max_epu16(magnitude, _mm256_srli_epi32(magnitude, 16));
	__m256i peak = _mm256_blend_epi16(louder, _mm256_setzero_si256(), 0xaa);

	peak = _mm256_permute4x64_epi64(peak, _MM_SHUFFLE(3, 1, 2, 0));
	return _mm256_max_epi32(peak, spread(least));
}

/*
 * How far a peak of 1..32768 is to be shifted so that it has 16 bits: by 8 if it fits in 8, by 4
 * if it then fits in 12, and by what the upper three of 16 bits look up.
 */
AVX2_INLINE __m256i octaves_down(__m256i peak)
{
	const __m256i last = _mm256_setr_epi32(3, 2, 1, 1, 0, 0, 0, 0);
	__m256i eight = _mm256_and_si256(_mm256_cmpgt_epi32(spread(256), peak), spread(8));
	__m256i four;

	peak = _mm256_sllv_epi32(peak, eight);
	four = _mm256_and_si256(_mm256_cmpgt_epi32(spread(4096), peak), spread(4));
	peak = _mm256_srli_epi32(_mm256_sllv_epi32(peak, four), 13);
	return _mm256_add_epi32(_mm256_add_epi32(eight, four),
				_mm256_permutevar8x32_epi32(last, peak));
}

/* base or rise of eight chords */
AVX2_INLINE __m256i look_up(const int32_t *part, __m256i index)
{
	return _mm256_i32gather_epi32(part, index, sizeof(struct mca_table_chord));
}

AVX2_INLINE __m256i octaves_from_peaks(__m256i peak)
{
	const struct mca_table_chord *table = mca_table_log2_q26;
	__m256i down = octaves_down(peak);
	__m256i mantissa = _mm256_sllv_epi32(peak, down);
	__m256i index = _mm256_sub_epi32(_mm256_srli_epi32(mantissa, 7), spread(256));
	__m256i place = _mm256_and_si256(mantissa, spread(127));
	__m256i rise = _mm256_mullo_epi32(look_up(&table->rise, index), place);
	__m256i base = _mm256_sub_epi32(look_up(&table->base, index),
					_mm256_slli_epi32(down, 26));

	return _mm256_add_epi32(base, rise);
}

AVX2_INLINE __m256i bend(__m256i over, const struct mca_comp_cooked *cooked)
{
	__m256i half = spread(cooked->knee_half_q26);
	__m256i twice = spread(2 * cooked->knee_half_q26);
	__m256i inside = _mm256_add_epi32(over, half), part, curve;

	inside = _mm256_min_epi32(_mm256_max_epi32(inside, _mm256_setzero_si256()), twice);
	part = _mm256_sll_epi32(inside, _mm_cvtsi32_si128((int)cooked->knee_shift));
	part = upper_halves(multiply_by(part, cooked->knee_inverse));
	curve = upper_halves(multiply_wide(inside, part));
	return _mm256_add_epi32(curve, _mm256_max_epi32(_mm256_sub_epi32(over, half),
							_mm256_setzero_si256()));
}

/* Two vectors of four frames, in order. */
AVX2_INLINE void store_wide(int64_t *to, __m256i first, __m256i second)
{
	_mm256_store_si256((__m256i *)to, first);
	_mm256_store_si256((__m256i *)(to + 4), second);
}

AVX2_INLINE __m256i floor_of(__m256i asked)
{
	__m256i rest = _mm256_set1_epi64x((int64_t)MCA_REST_Q26 << 32);
	__m256i nothing = _mm256_cmpeq_epi64(asked, _mm256_setzero_si256());

	return _mm256_or_si256(asked, _mm256_and_si256(nothing, rest));
}

/* What the curve asks for and what is above the ceiling, for eight levels, zipped. Returns the
 * latter. */
AVX2_INLINE __m256i ask_eight(struct mca_chunk *chunk, const struct mca_comp_cooked *cooked,
			      __m256i level, unsigned i, bool soft)
{
	const __m256i zero = _mm256_setzero_si256();
	const __m256i upper = _mm256_set1_epi64x((int64_t)0xffffffff00000000);
	__m256i over = _mm256_sub_epi32(level, spread(cooked->threshold_q26));
	__m256i makeup = _mm256_load_si256((const __m256i *)(chunk->makeup_q26 + i));
	__m256i above = _mm256_sub_epi32(level, spread(chunk->ceiling_q26));
	struct products asked;
	__m256i first, second;

	over = soft ? bend(over, cooked) : _mm256_max_epi32(over, zero);
	asked = multiply_by(_mm256_add_epi32(over, over), cooked->slope_q31);
	first = _mm256_and_si256(_mm256_unpacklo_epi64(asked.even, asked.odd), upper);
	second = _mm256_and_si256(_mm256_unpackhi_epi64(asked.even, asked.odd), upper);
	store_wide(chunk->reduction_q58 + i, first, second);
	store_wide(chunk->floor_q58 + i, floor_of(first), floor_of(second));
	above = _mm256_add_epi32(above, _mm256_permute4x64_epi64(makeup, _MM_SHUFFLE(3, 1, 2, 0)));
	above = _mm256_max_epi32(above, spread(MCA_ABOVE_MIN_Q26));
	store_wide(chunk->over_q58 + i, _mm256_unpacklo_epi32(zero, above),
		   _mm256_unpackhi_epi32(zero, above));
	return above;
}

/* What a pass over the input finds, besides what it leaves in the chunk. */
struct found {
	struct meter_in meter;
	__m256i above;           /* the most above the ceiling */
};

AVX2_INLINE void measure_eight(struct mca_chunk *chunk, struct found *found, __m256i frames,
			       unsigned i, bool soft)
{
	__m256i magnitude = _mm256_abs_epi16(frames);
	__m256i level = octaves_from_peaks(peaks(magnitude, 1));

	found->meter.magnitude = _mm256_max_epu16(found->meter.magnitude, magnitude);
	found->above = _mm256_max_epi32(found->above,
					ask_eight(chunk, chunk->comp_cooked, level, i, soft));
}

AVX2_INLINE uint32_t measure(struct mca_chunk *chunk, bool mono, bool soft)
{
	const unsigned lanes = mono ? 1 : 2;
	const int16_t *in = chunk->in;
	struct found found;
	unsigned i = 0;

	__builtin_memset(&found, 0, sizeof(found));
	for (; i + 2 * AT_ONCE <= chunk->frames; i += 2 * AT_ONCE) {
		__m256i one = load_frames(in + i * lanes, mono);
		__m256i other = load_frames(in + (i + AT_ONCE) * lanes, mono);

		measure_eight(chunk, &found, one, i, soft);
		measure_eight(chunk, &found, other, i + AT_ONCE, soft);
		hear(&found.meter.left, &found.meter.right, one, other);
	}
	if (i + AT_ONCE <= chunk->frames) {
		__m256i one = load_frames(in + i * lanes, mono);

		measure_eight(chunk, &found, one, i, soft);
		hear(&found.meter.left, &found.meter.right, one, _mm256_setzero_si256());
		i += AT_ONCE;
	}
	chunk->limits |= _mm256_testz_si256(found.above, found.above) == 0;
	return report_in(chunk->sum, &found.meter,
			 i < chunk->frames ? mca_measure_from(chunk, i) : 0);
}

AVX2 uint32_t mca_measure_avx2(struct mca_chunk *chunk)
{
	bool soft = chunk->comp_cooked->knee_half_q26 != 0;

	if (chunk->lanes == 1)
		return soft ? measure(chunk, true, true) : measure(chunk, true, false);
	return soft ? measure(chunk, false, true) : measure(chunk, false, false);
}

AVX2_INLINE void level_frames(struct mca_chunk *chunk, bool mono)
{
	const unsigned lanes = mono ? 1 : 2, whole = chunk->frames & ~(AT_ONCE - 1);
	const int16_t *in = chunk->in;

	for (unsigned i = 0; i < whole; i += AT_ONCE) {
		__m256i frames = load_frames(in + i * lanes, mono);
		__m256i peak = peaks(_mm256_abs_epi16(frames), 0);
		__m256i level = octaves_from_peaks(_mm256_max_epi32(peak, spread(1)));
		__m256i silent = _mm256_cmpeq_epi32(peak, _mm256_setzero_si256());

		silent = _mm256_and_si256(silent, spread(MCA_LEVEL_SILENT_Q26));
		level = _mm256_sub_epi32(level, silent);
		level = _mm256_permute4x64_epi64(level, _MM_SHUFFLE(3, 1, 2, 0));
		_mm256_store_si256((__m256i *)(chunk->level_q26 + i), level);
	}
	if (whole < chunk->frames)
		mca_level_from(chunk, whole);
}

AVX2 void mca_level_avx2(struct mca_chunk *chunk)
{
	if (chunk->lanes == 1)
		level_frames(chunk, true);
	else
		level_frames(chunk, false);
}

AVX2_INLINE void ask_levels(struct mca_chunk *chunk, bool soft)
{
	const struct mca_comp_cooked *cooked = chunk->comp_cooked;
	const unsigned whole = chunk->frames & ~(AT_ONCE - 1);
	__m256i most = _mm256_setzero_si256();

	for (unsigned i = 0; i < whole; i += AT_ONCE) {
		__m256i level = _mm256_load_si256((const __m256i *)(chunk->level_q26 + i));

		level = _mm256_max_epi32(level, spread(MCA_LEVEL_MIN_Q26));
		level = _mm256_permute4x64_epi64(level, _MM_SHUFFLE(3, 1, 2, 0));
		most = _mm256_max_epi32(most, ask_eight(chunk, cooked, level, i, soft));
	}
	chunk->limits |= _mm256_testz_si256(most, most) == 0;
	if (whole < chunk->frames)
		mca_ask_from(chunk, whole);
}

AVX2 void mca_ask_avx2(struct mca_chunk *chunk)
{
	if (chunk->comp_cooked->knee_half_q26)
		ask_levels(chunk, true);
	else
		ask_levels(chunk, false);
}

/* Q26 of eight Q58 levels, in order */
AVX2_INLINE __m256i load_upper(const int64_t *from)
{
	__m256i first = _mm256_load_si256((const __m256i *)from);
	__m256i second = _mm256_load_si256((const __m256i *)(from + 4));
	__m256i both = _mm256_blend_epi32(_mm256_srli_epi64(first, 32), second, 0xaa);

	return _mm256_permutevar8x32_epi32(both, _mm256_setr_epi32(0, 2, 4, 6, 1, 3, 5, 7));
}

AVX2_INLINE __m256i gains_from_octaves(__m256i exponent)
{
	const struct mca_table_chord *table = mca_table_exp2_q24;
	__m256i bounded = _mm256_max_epi32(exponent, spread(MCA_GAIN_EXPONENT_MIN));
	__m256i index = _mm256_and_si256(_mm256_srli_epi32(bounded, 18), spread(255));
	__m256i place = _mm256_and_si256(_mm256_srli_epi32(bounded, 4), spread(0x3fff));
	__m256i shift = _mm256_sub_epi32(spread(7), _mm256_srai_epi32(bounded, 26));
	__m256i rise = _mm256_mullo_epi32(look_up(&table->rise, index), place);
	__m256i mantissa = _mm256_add_epi32(look_up(&table->base, index),
					    _mm256_srli_epi32(rise, 14));

	mantissa = _mm256_srlv_epi32(mantissa, shift);
	return _mm256_srli_epi32(_mm256_add_epi32(mantissa, spread(1)), 1);
}

AVX2 void mca_weigh_avx2(struct mca_chunk *chunk)
{
	const unsigned whole = chunk->frames & ~(AT_ONCE - 1);
	__m256i most = _mm256_setzero_si256();

	for (unsigned i = 0; i < whole; i += AT_ONCE) {
		__m256i reduction = load_upper(chunk->reduction_q58 + i);
		__m256i makeup = _mm256_load_si256((const __m256i *)(chunk->makeup_q26 + i));
		__m256i gain = gains_from_octaves(_mm256_sub_epi32(makeup, reduction));

		most = _mm256_max_epi32(most, reduction);
		_mm256_store_si256((__m256i *)(chunk->gain_q16 + i), gain);
	}
	chunk->sum->gr_max_q26 = mca_q_max(chunk->sum->gr_max_q26, largest_frame(most));
	if (whole < chunk->frames)
		mca_weigh_from(chunk, whole);
}

#endif
