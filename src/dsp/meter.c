/* SPDX-License-Identifier: MIT */
/*
 * The real-time half of the meters: integer sums in the window being filled. A square is at most
 * 2^30 and a window at most 19200 frames, so 64 bits are far from full. Windows end at frames
 * floor(k * rate / 10), k = 1, 2, ...: ten a second exactly, for any rate.
 */
#include "chunk.h"

#include <string.h>

#include "mca/q.h"

static void begin_window(struct mca_meter *meter)
{
	uint64_t window = meter->sum.window;
	uint32_t lanes = meter->sum.lanes;
	uint32_t tenths = meter->rate_hz + meter->remainder;

	memset(&meter->sum, 0, sizeof(meter->sum));
	meter->sum.window = window + 1;
	meter->sum.lanes = lanes;
	meter->left = tenths / 10;
	meter->remainder = tenths % 10;
}

void mca_meter_init(struct mca_meter *meter, unsigned rate_hz, unsigned lanes)
{
	memset(meter, 0, sizeof(*meter));
	meter->rate_hz = rate_hz;
	meter->sum.lanes = lanes;
	begin_window(meter);
}

static uint64_t sum_of_squares(const int16_t *samples, unsigned frames, unsigned lanes)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < frames; i++)
		sum += (uint32_t)((int32_t)samples[i * lanes] * samples[i * lanes]);
	return sum;
}

static int32_t peak_of(const int16_t *samples, unsigned frames, unsigned lanes)
{
	int32_t lowest = 0, highest = 0;

	for (unsigned i = 0; i < frames; i++) {
		lowest = mca_q_min(lowest, samples[i * lanes]);
		highest = mca_q_max(highest, samples[i * lanes]);
	}
	return mca_q_max(-lowest, highest);
}

void mca_meter_hear_input(struct mca_meter *meter, const int16_t *in, unsigned frames)
{
	unsigned lanes = meter->sum.lanes;

	for (unsigned lane = 0; lane < lanes; lane++)
		meter->sum.in_square[lane] += sum_of_squares(in + lane, frames, lanes);
}

void mca_meter_hear_output(struct mca_meter *meter, const int16_t *out, unsigned frames)
{
	unsigned lanes = meter->sum.lanes;

	for (unsigned lane = 0; lane < lanes; lane++) {
		uint32_t peak = (uint32_t)peak_of(out + lane, frames, lanes);

		meter->sum.out_square[lane] += sum_of_squares(out + lane, frames, lanes);
		if (meter->sum.out_peak[lane] < peak)
			meter->sum.out_peak[lane] = peak;
	}
}

void mca_meter_see_reduction(struct mca_meter *meter, const struct mca_chunk *chunk)
{
	int32_t most = meter->sum.gr_max_q26;

	for (unsigned i = 0; i < chunk->frames; i++)
		most = mca_q_max(most, mca_q_add(chunk->comp_q26[i], chunk->limiter_q26[i]));
	meter->sum.gr_max_q26 = most;
}

void mca_meter_advance(struct mca_meter *meter, unsigned frames)
{
	meter->sum.frames += frames;
	meter->left -= frames;
	if (meter->left > 0)
		return;
	meter->last = meter->sum;
	begin_window(meter);
}
