/* SPDX-License-Identifier: MIT */
/*
 * The high-pass. Direct form on the second difference of the input, which has no DC whatever the
 * coefficients. The output is rounded down to wide samples, and what that leaves comes back with
 * the weights 2 and -1: a double zero at DC in the noise, where the filter has its two poles, so
 * the noise stays at the size of a rounding of the wide sample, 2^-12 of a sample.
 *
 * Such a recursion does not end in zeros by itself. Once the input has not changed for as long as
 * the longest tail lasts, the state is set to zero: DC of any size ends in exact zeros, and silence
 * has one state.
 *
 * A new corner, on and off included, is cross-faded: the new filter runs beside the old one for 30
 * ms, with a raised cosine. Off is the filter that passes its input. A change during a cross-fade
 * waits for its end.
 */
#include <string.h>

#include "cosine.h"
#include "mca/q.h"
#include "stage.h"

static bool highpass_is_off(const struct mca_highpass_cooked *cooked)
{
	return cooked->b0_q32 == 0;
}

static bool highpass_same(const struct mca_highpass_cooked *a, const struct mca_highpass_cooked *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

static bool highpass_fades(const struct mca_highpass *highpass)
{
	return highpass->fade_q31 < MCA_Q31_ONE;
}

void mca_highpass_init(struct mca_highpass *highpass, const struct mca_highpass_cooked *cooked,
		       bool open)
{
	(void)open;
	memset(highpass, 0, sizeof(*highpass));
	highpass->filter.cooked = *cooked;
	highpass->filter.still = cooked->settle_frames;
	highpass->fade_q31 = MCA_Q31_ONE;
}

void mca_highpass_set(struct mca_highpass *highpass, const struct mca_highpass_cooked *now,
		      const struct mca_highpass_cooked *next)
{
	/* process() compares the filter in force with the parameters. */
	(void)highpass, (void)now, (void)next;
}

static void highpass_begin_fade(struct mca_highpass *highpass,
				const struct mca_highpass_cooked *cooked, const int16_t *frame,
				unsigned lanes)
{
	highpass->before = highpass->filter;
	memset(&highpass->filter, 0, sizeof(highpass->filter));
	highpass->filter.cooked = *cooked;
	highpass->fade_q31 = 0;
	/* It begins as if the input had been constant: any other past would make it swing. */
	for (unsigned lane = 0; lane < lanes && !highpass_is_off(cooked); lane++)
		highpass->filter.x1[lane] = highpass->filter.x2[lane] = frame[lane];
}

/* One frame of one lane. |y| < 2^29: every sum below fits in 64 bits. */
static inline int32_t highpass_step(struct mca_highpass_filter *filter, int32_t d, unsigned lane)
{
	const struct mca_highpass_cooked *cooked = &filter->cooked;
	int64_t y1 = filter->y1[lane], y2 = filter->y2[lane];
	int64_t sum = cooked->b0_q32 * d * (1 << MCA_WIDE_BITS) +
		      (2 * y1 - y2) * (INT64_C(1) << 32) -
		      cooked->k_q32 * (y1 - y2) - ((cooked->q * y1) >> cooked->q_shift) +
		      2 * (int64_t)filter->e1[lane] - filter->e2[lane];
	int32_t y = (int32_t)(sum >> 32);

	MCA_Q_RANGE(sum >> 32 >= -(1 << 29) && sum >> 32 < 1 << 29);
	filter->e2[lane] = filter->e1[lane];
	filter->e1[lane] = (uint32_t)sum;
	filter->y2[lane] = filter->y1[lane];
	filter->y1[lane] = y;
	return y;
}

static void highpass_count_still(struct mca_highpass_filter *filter, bool moved)
{
	filter->still = moved ? 0 : filter->still + 1;
	if (filter->still < filter->cooked.settle_frames)
		return;
	filter->still = filter->cooked.settle_frames;
	memset(filter->y1, 0, sizeof(filter->y1));
	memset(filter->y2, 0, sizeof(filter->y2));
	memset(filter->e1, 0, sizeof(filter->e1));
	memset(filter->e2, 0, sizeof(filter->e2));
}

static inline __attribute__((always_inline)) void
highpass_run(struct mca_highpass_filter *state, const int16_t *in, int32_t *out, unsigned frames,
	     unsigned lanes)
{
	struct mca_highpass_filter filter = *state;

	for (unsigned i = 0; i < frames; i++) {
		int32_t moved = 0;

		for (unsigned lane = 0; lane < lanes; lane++) {
			int32_t x = in[i * lanes + lane];
			int32_t d = x - 2 * filter.x1[lane] + filter.x2[lane];

			filter.x2[lane] = filter.x1[lane];
			filter.x1[lane] = x;
			moved |= d;
			out[i * lanes + lane] = highpass_step(&filter, d, lane);
		}
		highpass_count_still(&filter, moved != 0);
	}
	*state = filter;
}

/* The filter in force over its input; off: the input itself. */
static void highpass_filter(struct mca_highpass_filter *filter, const int16_t *in, int32_t *out,
			    unsigned frames, unsigned lanes)
{
	if (highpass_is_off(&filter->cooked))
		for (unsigned i = 0; i < frames * lanes; i++)
			out[i] = in[i] * (1 << MCA_WIDE_BITS);
	else if (lanes == 1)
		highpass_run(filter, in, out, frames, 1);
	else
		highpass_run(filter, in, out, frames, 2);
}

/* `wide` has the new filter's output; returns the phase after the last frame. */
static uint32_t highpass_mix(int32_t *wide, const int32_t *before, unsigned frames, unsigned lanes,
			     uint32_t phase_q31, uint32_t step_q31)
{
	for (unsigned i = 0; i < frames; i++) {
		int64_t part_q30;

		phase_q31 = MCA_Q31_ONE - phase_q31 > step_q31 ? phase_q31 + step_q31 : MCA_Q31_ONE;
		part_q30 = mca_raised_cosine_q30(phase_q31);
		for (unsigned k = i * lanes; k < (i + 1) * lanes; k++)
			wide[k] = before[k] +
				  (int32_t)(((int64_t)wide[k] - before[k]) * part_q30 >> 30);
	}
	return phase_q31;
}

/* Frames until the cross-fade under way has ended. */
static unsigned highpass_fade_left(const struct mca_highpass *highpass)
{
	uint32_t step = highpass->filter.cooked.fade_step_q31;

	return (unsigned)((MCA_Q31_ONE - highpass->fade_q31 + (uint64_t)step - 1) / step);
}

static void highpass_part(struct mca_highpass *highpass, const int16_t *in, int32_t *wide,
			  unsigned frames, unsigned lanes)
{
	int32_t before[MCA_CHUNK_FRAMES * MCA_LANES_MAX];

	highpass_filter(&highpass->filter, in, wide, frames, lanes);
	if (!highpass_fades(highpass))
		return;
	highpass_filter(&highpass->before, in, before, frames, lanes);
	highpass->fade_q31 = highpass_mix(wide, before, frames, lanes, highpass->fade_q31,
					  highpass->filter.cooked.fade_step_q31);
	if (!highpass_fades(highpass))
		memset(&highpass->before, 0, sizeof(highpass->before));
}

void mca_highpass_process(struct mca_highpass *highpass, const struct mca_highpass_cooked *cooked,
			  struct mca_chunk *chunk)
{
	const unsigned lanes = chunk->lanes;

	if (!highpass_fades(highpass) && highpass_same(&highpass->filter.cooked, cooked) &&
	    highpass_is_off(cooked))
		return;
	chunk->is_wide = true;
	for (unsigned at = 0, part; at < chunk->frames; at += part) {
		const int16_t *in = chunk->in + (size_t)at * lanes;

		part = chunk->frames - at;
		if (!highpass_fades(highpass) && !highpass_same(&highpass->filter.cooked, cooked))
			highpass_begin_fade(highpass, cooked, in, lanes);
		if (highpass_fades(highpass) && part > highpass_fade_left(highpass))
			part = highpass_fade_left(highpass);
		highpass_part(highpass, in, chunk->wide + (size_t)at * lanes, part, lanes);
	}
}

/* On, it rests when the tail of the last change has ended, behind silence. */
bool mca_highpass_rests(const struct mca_highpass *highpass,
			const struct mca_highpass_cooked *cooked, const struct mca_chunk *chunk)
{
	const struct mca_highpass_filter *filter = &highpass->filter;
	int32_t any = 0;

	if (highpass_fades(highpass) || !highpass_same(&filter->cooked, cooked))
		return false;
	if (highpass_is_off(cooked))
		return true;
	for (unsigned lane = 0; lane < chunk->lanes; lane++)
		any |= filter->x1[lane] | filter->x2[lane];
	return any == 0 && filter->still == cooked->settle_frames;
}

void mca_highpass_skip(struct mca_highpass *highpass, const struct mca_highpass_cooked *cooked,
		       const struct mca_chunk *chunk)
{
	(void)highpass, (void)cooked, (void)chunk;
}
