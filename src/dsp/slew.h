/* SPDX-License-Identifier: MIT */
#ifndef MCA_DSP_SLEW_H
#define MCA_DSP_SLEW_H

#include <stddef.h>
#include <stdint.h>

#include "mca/q.h"

/*
 * A value that changes without a step: it moves by a bounded step a frame until it arrives. Fills
 * values[0..frames - 1] with the value of each frame and returns the last. Thread: RT.
 */
static inline int32_t mca_slew_fill(int32_t *values, size_t frames, int32_t now, int32_t wanted,
				    int32_t step)
{
	size_t i = 0;

	for (; i < frames && now != wanted; i++) {
		now = mca_q_add(now, mca_q_clamp(mca_q_sub(wanted, now), -step, step));
		values[i] = now;
	}
#pragma GCC unroll 4
	for (; i < frames; i++)
		values[i] = now;
	return now;
}

#endif
