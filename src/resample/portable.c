/* SPDX-License-Identifier: MIT */
/*
 * Output frames with vectors of four, which every processor of the project has (SSE2, NEON); what
 * has none gets the same sums one by one from the compiler. Real-time.
 */
#include "kernel.h"

typedef float four_anywhere __attribute__((vector_size(16), aligned(4), may_alias));

static inline mca_four load(const float *from)
{
	return *(const four_anywhere *)from;
}

/* Rows are aligned. */
static inline mca_four load_row(const float *from)
{
	return *(const mca_four *)from;
}

static inline __attribute__((always_inline)) void produce(struct mca_resampler *resampler,
							  int16_t *out, unsigned frames,
							  unsigned lanes)
{
	const struct mca_resample_view view = mca_resample_look(resampler);
	uint64_t at_q32 = resampler->at_q32;

	for (unsigned frame = 0; frame < frames; frame++, out += lanes) {
		struct mca_resample_place place = mca_resample_find(&view, at_q32);
		const float *row = place.row_end, *left = place.left_end;
		const float *right = left + view.apart;
		float b = place.between;
		mca_four between = { b, b, b, b };
		mca_four low[2] = { { 0 }, { 0 } }, high[2] = { { 0 }, { 0 } };

		for (ptrdiff_t i = -view.taps; i < 0; i += 8) {
			const float *at = row + 2 * i;
			mca_four c = load_row(at) + load_row(at + 8) * between;
			mca_four d = load_row(at + 4) + load_row(at + 12) * between;

			low[0] += c * load(left + i);
			high[0] += d * load(left + i + 4);
			if (lanes == 2) {
				low[1] += c * load(right + i);
				high[1] += d * load(right + i + 4);
			}
		}
		mca_resample_store(out, mca_resample_add_up(low[0] + high[0], low[1] + high[1]),
				   lanes);
		at_q32 += view.step_q32;
	}
	resampler->at_q32 = at_q32;
}

void mca_resample_portable(struct mca_resampler *resampler, int16_t *out, unsigned frames)
{
	if (resampler->lanes == 2)
		produce(resampler, out, frames, 2);
	else
		produce(resampler, out, frames, 1);
}
