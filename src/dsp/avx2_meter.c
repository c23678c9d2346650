/* SPDX-License-Identifier: MIT */
/*
 * The input meter with AVX2, sixteen frames at a time: see avx2.c for what holds for all passes.
 */
#include "avx2.h"

#ifdef MCA_HAVE_AVX2

#include "avx2_meter.h"
#include "mca/q.h"

#define AT_ONCE 16u

AVX2_INLINE uint32_t hear_frames(const struct mca_chunk *chunk, bool mono)
{
	const unsigned lanes = mono ? 1 : 2, whole = chunk->frames & ~(AT_ONCE - 1);
	struct mca_meter_reading *sum = chunk->sum;
	__m256i magnitude = _mm256_setzero_si256();
	struct squares left = { magnitude, magnitude }, right = left;
	uint32_t peak[MCA_LANES_MAX] = { 0 }, rest = 0;

	for (unsigned i = 0; i < whole; i += AT_ONCE) {
		__m256i one = load_frames(chunk->in + i * lanes, mono);
		__m256i other = load_frames(chunk->in + (i + 8) * lanes, mono);

		hear(&left, &right, one, other);
		magnitude = _mm256_max_epu16(magnitude, _mm256_max_epu16(_mm256_abs_epi16(one),
						_mm256_abs_epi16(other)));
	}
	raise_peaks(peak, magnitude);
	for (unsigned lane = 0; lane < MCA_LANES_MAX; lane++) {
		sum->in_square[lane] += sum_of(lane ? &right : &left);
		if (sum->in_peak[lane] < peak[lane])
			sum->in_peak[lane] = peak[lane];
	}
	if (whole < chunk->frames)
		rest = mca_hear_from(chunk, whole);
	peak[0] = peak[0] < peak[1] ? peak[1] : peak[0];
	return rest < peak[0] ? peak[0] : rest;
}

AVX2 uint32_t mca_hear_avx2(const struct mca_chunk *chunk)
{
	return chunk->lanes == 1 ? hear_frames(chunk, true) : hear_frames(chunk, false);
}

#endif
