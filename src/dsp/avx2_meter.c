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
	struct meter_in meter;

	__builtin_memset(&meter, 0, sizeof(meter));
	for (unsigned i = 0; i < whole; i += AT_ONCE) {
		__m256i one = load_frames(chunk->in + i * lanes, mono);
		__m256i other = load_frames(chunk->in + (i + 8) * lanes, mono);

		hear(&meter.left, &meter.right, one, other);
		meter.magnitude = _mm256_max_epu16(meter.magnitude,
				_mm256_max_epu16(_mm256_abs_epi16(one), _mm256_abs_epi16(other)));
	}
	return report_in(chunk->sum, &meter,
			 whole < chunk->frames ? mca_hear_from(chunk, whole) : 0);
}

AVX2 uint32_t mca_hear_avx2(const struct mca_chunk *chunk)
{
	return chunk->lanes == 1 ? hear_frames(chunk, true) : hear_frames(chunk, false);
}

#endif
