/* SPDX-License-Identifier: MIT */
/*
 * The level detector: the larger magnitude of the linked lanes, in octaves relative to full
 * scale. Magnitudes are 32 bits wide, for that of -32768 does not fit in 16. Silence counts as a
 * magnitude of 1, -15 octaves, below every threshold and ceiling there is: log2(0) never arises,
 * and every other magnitude keeps its own logarithm, so a peak of exactly C asks the limiter for
 * nothing.
 */
#include "chunk.h"
#include "octave.h"

static inline int32_t magnitude(int32_t x)
{
	return x < 0 ? -x : x;
}

static void measure_mono(struct mca_chunk *chunk, const int16_t *in)
{
	for (unsigned i = 0; i < chunk->frames; i++)
		chunk->level_q26[i] = mca_octaves_from_peak(mca_q_max(magnitude(in[i]), 1));
}

static void measure_stereo(struct mca_chunk *chunk, const int16_t *in)
{
	for (unsigned i = 0; i < chunk->frames; i++) {
		int32_t peak = mca_q_max(magnitude(in[2 * i]), magnitude(in[2 * i + 1]));

		chunk->level_q26[i] = mca_octaves_from_peak(mca_q_max(peak, 1));
	}
}

void mca_level_measure(struct mca_chunk *chunk, const int16_t *in, unsigned lanes)
{
	if (lanes == 1)
		measure_mono(chunk, in);
	else
		measure_stereo(chunk, in);
}
