/* SPDX-License-Identifier: MIT */
/*
 * The real-time half of the meters: integer sums in the window being filled. A square is at most
 * 2^30 and a window at most 19200 frames, so 64 bits are far from full. Windows end at frames
 * floor(k * rate / 10), k = 1, 2, ...: ten a second exactly, for any rate.
 */
#include "chunk.h"

#include <string.h>

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

void mca_meter_advance(struct mca_meter *meter, unsigned frames)
{
	meter->sum.frames += frames;
	meter->left -= frames;
	if (meter->left > 0)
		return;
	meter->last = meter->sum;
	begin_window(meter);
}
