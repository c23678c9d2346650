/* SPDX-License-Identifier: MIT */
/*
 * Output frames with vectors of eight, for processors that have AVX2. Products and sums stay apart
 * although these processors could join them: the bytes must be those of the portable way.
 * Real-time.
 */
#include "kernel.h"

#ifdef __x86_64__
#define WITH_AVX2 __attribute__((target("avx2")))

typedef float eight __attribute__((vector_size(32)));
typedef float eight_anywhere __attribute__((vector_size(32), aligned(4), may_alias));

/* Macros, since a vector of eight must not cross a call that could be one without AVX. */
#define LOAD(from) (*(const eight_anywhere *)(from))
#define ROW(row, i) (*(const eight *)((row) + 2 * (i)))
#define LOW_PLUS_HIGH(sum) (__builtin_shufflevector(sum, sum, 0, 1, 2, 3) + \
			    __builtin_shufflevector(sum, sum, 4, 5, 6, 7))

static inline __attribute__((always_inline)) WITH_AVX2 void produce(
	struct mca_resampler *resampler, int16_t *out, unsigned frames, unsigned lanes)
{
	const struct mca_resample_view view = mca_resample_look(resampler);
	uint64_t at_q32 = resampler->at_q32;

	for (unsigned frame = 0; frame < frames; frame++, out += lanes) {
		struct mca_resample_place place = mca_resample_find(&view, at_q32);
		const float *row = place.row_end, *left = place.left_end;
		const float *right = left + view.apart;
		float b = place.between;
		eight between = { b, b, b, b, b, b, b, b };
		eight sum[2] = { { 0 }, { 0 } };

		for (ptrdiff_t i = -view.taps; i < 0; i += 16) { /* taps is a multiple of 16 */
			eight c = ROW(row, i) + ROW(row + 8, i) * between;
			eight d = ROW(row + 16, i) + ROW(row + 24, i) * between;

			sum[0] += c * LOAD(left + i);
			if (lanes == 2)
				sum[1] += c * LOAD(right + i);
			sum[0] += d * LOAD(left + i + 8);
			if (lanes == 2)
				sum[1] += d * LOAD(right + i + 8);
		}
		mca_resample_store(out, mca_resample_add_up(LOW_PLUS_HIGH(sum[0]),
							    LOW_PLUS_HIGH(sum[1])), lanes);
		at_q32 += view.step_q32;
	}
	resampler->at_q32 = at_q32;
}

WITH_AVX2 void mca_resample_avx2(struct mca_resampler *resampler, int16_t *out, unsigned frames)
{
	if (resampler->lanes == 2)
		produce(resampler, out, frames, 2);
	else
		produce(resampler, out, frames, 1);
}
#else
void mca_resample_avx2(struct mca_resampler *resampler, int16_t *out, unsigned frames)
{
	mca_resample_portable(resampler, out, frames);
}
#endif
