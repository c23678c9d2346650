/* SPDX-License-Identifier: MIT */
/*
 * The passes for wide samples, which the high-pass makes: the same as in passes.c with
 * MCA_WIDE_BITS more bits. Here is the one rounding of such a chunk.
 */
#include <string.h>

#include "chunk.h"
#include "mca/q.h"
#include "octave.h"
#include "peak.h"

#define ALWAYS_INLINE inline __attribute__((always_inline))
#define SHIFT (16 + MCA_WIDE_BITS)
#define HALF (INT64_C(1) << (SHIFT - 1))

void mca_level_wide_from(struct mca_chunk *chunk, unsigned from)
{
	const unsigned lanes = chunk->lanes;

	for (unsigned i = from; i < chunk->frames; i++) {
		const int32_t *frame = chunk->wide + (size_t)i * lanes;
		int32_t left = frame[0], right = frame[lanes - 1];

		left = left < 0 ? -left : left;
		right = right < 0 ? -right : right;
		chunk->level_q26[i] = mca_log2_from_wide(mca_q_max(mca_q_max(left, right), 1));
	}
}

static ALWAYS_INLINE void apply_wide(const struct mca_chunk *chunk, unsigned from, unsigned lanes)
{
	const int32_t ceiling = chunk->ceiling;
	const size_t frames = chunk->frames - from;
	const int32_t *restrict wide = chunk->wide + (size_t)from * lanes;
	const int32_t *restrict gain_q16 = chunk->gain_q16 + from;
	int16_t *restrict out = chunk->out + (size_t)from * lanes;
	struct mca_meter_reading *sum = chunk->sum;
	uint32_t clipped = 0;

	for (size_t i = 0; i < frames; i++) {
		for (size_t k = i * lanes; k < (i + 1) * lanes; k++) {
			int64_t product = (int64_t)wide[k] * gain_q16[i];
			int32_t rounded = (int32_t)((product + HALF) >> SHIFT);
			int32_t held = mca_q_clamp(rounded, -ceiling, ceiling);

			clipped += held != rounded;
			out[k] = mca_q_saturate_s16(held);
		}
	}
	sum->clipped += clipped;
	mca_meter_add_squares(sum->out_square, out, frames, lanes);
	mca_meter_raise_peaks(sum->out_peak, out, frames, lanes);
}

void mca_apply_wide_from(const struct mca_chunk *chunk, unsigned from)
{
	if (chunk->lanes == 1)
		apply_wide(chunk, from, 1);
	else
		apply_wide(chunk, from, 2);
}
