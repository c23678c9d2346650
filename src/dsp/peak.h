/* SPDX-License-Identifier: MIT */
#ifndef MCA_DSP_PEAK_H
#define MCA_DSP_PEAK_H

#include <stddef.h>
#include <stdint.h>

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

#endif
