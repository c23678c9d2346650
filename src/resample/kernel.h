/* SPDX-License-Identifier: MIT */
#ifndef MCA_RESAMPLE_KERNEL_H
#define MCA_RESAMPLE_KERNEL_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "mca/resampler.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/*
 * Output frames from a history that holds all they need, in two ways that give the same bytes:
 * eight partial sums a lane, tap i in sum i % 8, added in the order ((0+4)+(2+6)) + ((1+5)+(3+7)),
 * no product joined with a sum. Moves resampler->at_q32. Thread: RT.
 */
void mca_resample_portable(struct mca_resampler *resampler, int16_t *out, unsigned frames);
void mca_resample_avx2(struct mca_resampler *resampler, int16_t *out, unsigned frames);

typedef float mca_four __attribute__((vector_size(16)));

/* What stays the same over many frames, out of the reach of what is written. Pointers stand behind
 * the last tap, so that an index that counts up to 0 serves all of them. */
struct mca_resample_view {
	const float *row_end;     /* of the first phase */
	const float *left_end;    /* of the first frame in the history */
	size_t row_floats;
	ptrdiff_t taps;
	ptrdiff_t apart;          /* from the left lane's history to the right one's */
	uint64_t step_q32;
	unsigned phase_bits;
};

static inline struct mca_resample_view mca_resample_look(const struct mca_resampler *resampler)
{
	size_t taps = resampler->taps;

	return (struct mca_resample_view) {
		.row_end = resampler->table + 2 * taps,
		.left_end = resampler->history[0] + taps,
		.row_floats = 2 * taps,
		.taps = (ptrdiff_t)taps,
		.apart = resampler->lanes == 2 ? resampler->history[1] - resampler->history[0] : 0,
		.step_q32 = resampler->step_q32,
		.phase_bits = resampler->phase_bits,
	};
}

/* What one output frame reads. */
struct mca_resample_place {
	const float *row_end;
	const float *left_end;
	float between;          /* two rows, in 2^-24 */
};

static inline struct mca_resample_place mca_resample_find(const struct mca_resample_view *view,
							  uint64_t at_q32)
{
	/* The phase above bit 32, what is between two phases below. */
	uint64_t phase_q32 = (uint64_t)(uint32_t)at_q32 << view->phase_bits;

	return (struct mca_resample_place) {
		.row_end = view->row_end + (phase_q32 >> 32) * view->row_floats,
		.left_end = view->left_end + (at_q32 >> 32),
		.between = (float)(int32_t)((uint32_t)phase_q32 >> 8),
	};
}

/* The order of the last three additions, for both lanes at once: lane 0 in sum 0, 1 in sum 1. */
static inline mca_four mca_resample_add_up(mca_four left, mca_four right)
{
	mca_four halves = __builtin_shufflevector(left, right, 0, 1, 4, 5) +
			  __builtin_shufflevector(left, right, 2, 3, 6, 7);

	return __builtin_shufflevector(halves, halves, 0, 2, 0, 2) +
	       __builtin_shufflevector(halves, halves, 1, 3, 1, 3);
}

/* Round to the nearest sample, halves to even, and hold it within 16 bit. */
static inline void mca_resample_store(int16_t *out, mca_four sums, unsigned lanes)
{
#ifdef __SSE2__
	__m128i rounded = _mm_cvtps_epi32((__m128)sums);
	int32_t pair = _mm_cvtsi128_si32(_mm_packs_epi32(rounded, rounded));

	memcpy(out, &pair, lanes * sizeof(*out));
#else
	const float magic = 12582912.0f; /* 1.5 * 2^23 leaves no bits below one */

	for (unsigned lane = 0; lane < lanes; lane++) {
		float sum = sums[lane] < -32768.0f ? -32768.0f : sums[lane];

		sum = sum > 32767.0f ? 32767.0f : sum;
		out[lane] = (int16_t)((sum + magic) - magic);
	}
#endif
}

#endif
