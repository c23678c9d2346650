/* SPDX-License-Identifier: MIT */
/*
 * The real-time half of the meters: integer sums in the window being filled. A square is at most
 * 2^30 and a window at most 19200 frames, so 64 bits are far from full. Windows end at frames
 * floor(k * rate / 10), k = 1, 2, ...: ten a second exactly, for any rate.
 */
#include "chunk.h"

#include <string.h>

#include "peak.h"

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

/*
 * Clipping in front of the chain cannot be heard in a single sample at full scale: a run of them is
 * what a converter or a mixer leaves that ran out of range. A run counts once, where it reaches
 * its length.
 */
static void count_clips(struct mca_meter *meter, const int16_t *in, unsigned samples,
			unsigned lanes)
{
	for (unsigned i = 0; i < samples; i++) {
		uint32_t *run = &meter->in_run[i % lanes];

		*run = in[i] == INT16_MAX || in[i] == INT16_MIN ? *run + 1 : 0;
		meter->sum.in_clipped += *run == MCA_METER_CLIP_RUN;
	}
}

void mca_meter_count(struct mca_meter *meter, const struct mca_chunk *chunk, uint32_t peak)
{
	if (meter->card_heard)
		return;
	if (peak >= INT16_MAX)
		count_clips(meter, chunk->in, chunk->frames * chunk->lanes, chunk->lanes);
	else
		memset(meter->in_run, 0, sizeof(meter->in_run));
}

/* The caller's constant lets the compiler take several frames at a time. */
static inline __attribute__((always_inline)) uint32_t
raise_card_peaks(struct mca_meter *meter, const int16_t *frames, unsigned count, unsigned lanes)
{
	uint32_t loudest = 0;

	for (unsigned lane = 0; lane < lanes; lane++) {
		uint32_t peak = mca_meter_peak(frames + lane, count, lanes);

		if (meter->sum.in_peak[lane] < peak)
			meter->sum.in_peak[lane] = peak;
		loudest = loudest < peak ? peak : loudest;
	}
	return loudest;
}

void mca_meter_hear_card(struct mca_meter *meter, const int16_t *frames, unsigned count)
{
	const unsigned lanes = meter->sum.lanes;
	uint32_t loudest = lanes == 1 ? raise_card_peaks(meter, frames, count, 1)
				      : raise_card_peaks(meter, frames, count, 2);

	meter->card_heard = 1;
	if (loudest >= INT16_MAX)
		count_clips(meter, frames, count * lanes, lanes);
	else
		memset(meter->in_run, 0, sizeof(meter->in_run));
}
