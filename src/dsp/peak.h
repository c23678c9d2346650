/* SPDX-License-Identifier: MIT */
#ifndef MCA_DSP_PEAK_H
#define MCA_DSP_PEAK_H

#include <stddef.h>
#include <stdint.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "mca/q.h"

/* The largest magnitude of one lane, 0..32768: every `lanes`-th sample from the first on. Constant
 * `lanes` make it a loop that compilers turn into vectors. Thread: any. */
static inline __attribute__((always_inline)) uint32_t
mca_meter_peak(const int16_t *restrict samples, size_t frames, unsigned lanes)
{
	int16_t lowest = 0, highest = 0;

	for (size_t i = 0; i < frames; i++) {
		int16_t x = samples[i * lanes];

		lowest = x < lowest ? x : lowest;
		highest = x > highest ? x : highest;
	}
	return (uint32_t)mca_q_max(-lowest, highest);
}

/* Add the squares of frames to the sums of their lanes. */
static inline __attribute__((always_inline)) void
mca_meter_add_squares(uint64_t *square, const int16_t *restrict samples, size_t frames,
		      unsigned lanes)
{
	uint64_t left = 0, right = 0;

	for (size_t i = 0; i < frames; i++) {
		left += (uint32_t)(samples[i * lanes] * samples[i * lanes]);
		right += (uint32_t)(samples[i * lanes + lanes - 1] *
				    samples[i * lanes + lanes - 1]);
	}
	square[0] += left;
	square[1] += lanes == 2 ? right : 0;
}

/*
 * Raise the peak of each lane. Compilers take two interleaved lanes apart before they compare,
 * which costs four times what the comparisons do; all x86-64 can compare both side by side.
 */
static inline __attribute__((always_inline)) void
mca_meter_raise_peaks(uint32_t *peak, const int16_t *restrict samples, size_t frames,
		      unsigned lanes)
{
	size_t done = 0;

#ifdef __SSE2__
	__m128i lowest = _mm_setzero_si128(), highest = lowest;
	int16_t low[8], high[8];

	for (; done + 8 <= frames * lanes; done += 8) {
		__m128i x = _mm_loadu_si128((const __m128i *)(samples + done));

		lowest = _mm_min_epi16(lowest, x);
		highest = _mm_max_epi16(highest, x);
	}
	_mm_storeu_si128((__m128i *)low, lowest);
	_mm_storeu_si128((__m128i *)high, highest);
	for (unsigned k = 0; k < 8; k++) {
		uint32_t own = (uint32_t)mca_q_max(-low[k], high[k]);

		peak[k % lanes] = peak[k % lanes] < own ? own : peak[k % lanes];
	}
#endif
	for (unsigned lane = 0; done < frames * lanes && lane < lanes; lane++) {
		uint32_t own = mca_meter_peak(samples + done + lane, frames - done / lanes, lanes);

		peak[lane] = peak[lane] < own ? own : peak[lane];
	}
}

#endif
