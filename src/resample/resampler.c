/* SPDX-License-Identifier: MIT */
/*
 * Feeding the history and asking for what it gives. Real-time.
 *
 * The history begins with silence for all taps but one, so each input frame yields its share of
 * output at once and the delay is half the filter. Input is taken until another output frame could
 * be made that nobody asked for: what comes out does not depend on how the stream is cut.
 */
#include "mca/resampler.h"

#include <assert.h>
#include <string.h>

#include "kernel.h"

#define ONE_Q32 (UINT64_C(1) << 32)

unsigned mca_resampler_delay_frames(const struct mca_resampler *resampler)
{
	return resampler->taps / 2;
}

void mca_resampler_reset(struct mca_resampler *resampler)
{
	for (unsigned lane = 0; lane < resampler->lanes; lane++)
		memset(resampler->history[lane], 0,
		       resampler->taps * sizeof(*resampler->history[lane]));
	resampler->filled = resampler->taps - 1;
	resampler->at_q32 = 0;
}

void mca_resampler_set_ppm(struct mca_resampler *resampler, double ppm)
{
	double step = (double)resampler->nominal_q32 / (1.0 + ppm * 1e-6);

	assert(ppm >= -10000.0 && ppm <= 10000.0);
	resampler->step_q32 = (uint64_t)(step + 0.5);
}

unsigned mca_resampler_need(const struct mca_resampler *resampler, unsigned out_frames)
{
	uint64_t last_q32 = resampler->at_q32 + (out_frames - UINT64_C(1)) * resampler->step_q32;
	uint64_t upto = (last_q32 >> 32) + resampler->taps;

	if (out_frames == 0)
		return 0;
	return upto > resampler->filled ? (unsigned)(upto - resampler->filled) : 0;
}

unsigned mca_resampler_yield(const struct mca_resampler *resampler, unsigned in_frames)
{
	uint64_t frames = (uint64_t)resampler->filled + in_frames;
	uint64_t end_q32;

	if (frames < resampler->taps)
		return 0;
	end_q32 = (frames - resampler->taps + 1) * ONE_Q32;
	if (end_q32 <= resampler->at_q32)
		return 0;
	return (unsigned)((end_q32 - resampler->at_q32 + resampler->step_q32 - 1) /
			  resampler->step_q32);
}

/* Forget what no later frame reads. */
static void shift(struct mca_resampler *resampler)
{
	unsigned gone = (unsigned)(resampler->at_q32 >> 32);

	assert(gone <= resampler->filled); /* a step is far shorter than the filter */
	for (unsigned lane = 0; lane < resampler->lanes; lane++)
		memmove(resampler->history[lane], resampler->history[lane] + gone,
			(resampler->filled - gone) * sizeof(*resampler->history[lane]));
	resampler->filled -= gone;
	resampler->at_q32 -= gone * ONE_Q32;
}

static void take_mono(float *history, const int16_t *in, unsigned frames)
{
	for (unsigned i = 0; i < frames; i++)
		history[i] = in[i];
}

/* Four frames at a time: a word is a frame, its lower half the left lane. */
static void take_stereo(float *left, float *right, const int16_t *in, unsigned frames)
{
	typedef int32_t words __attribute__((vector_size(16)));
	unsigned i = 0;

	_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "left is the lower half");
	for (; i + 4 <= frames; i += 4) {
		mca_four value;
		words pair;

		memcpy(&pair, in + 2 * (size_t)i, sizeof(pair));
		value = __builtin_convertvector((pair << 16) >> 16, mca_four);
		memcpy(left + i, &value, sizeof(value));
		value = __builtin_convertvector(pair >> 16, mca_four);
		memcpy(right + i, &value, sizeof(value));
	}
	for (; i < frames; i++) {
		left[i] = in[2 * i];
		right[i] = in[2 * i + 1];
	}
}

static void take(struct mca_resampler *resampler, const int16_t *in, unsigned frames)
{
	float *left = resampler->history[0] + resampler->filled;

	if (resampler->lanes == 1)
		take_mono(left, in, frames);
	else
		take_stereo(left, resampler->history[1] + resampler->filled, in, frames);
	resampler->filled += frames;
}

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* So many input frames make `out_frames`, and as many more as make no further one. */
static unsigned appetite(const struct mca_resampler *resampler, unsigned out_frames)
{
	unsigned needed = mca_resampler_need(resampler, out_frames);
	unsigned next = mca_resampler_need(resampler, out_frames + 1);

	return next > needed ? next - 1 : needed;
}

void mca_resampler_process(struct mca_resampler *resampler, const int16_t *in, unsigned in_frames,
			   unsigned *used, int16_t *out, unsigned out_frames, unsigned *made)
{
	unsigned lanes = resampler->lanes;

	*used = *made = 0;
	for (;;) { /* every turn makes a frame or takes one, or is the last */
		unsigned ready = least(mca_resampler_yield(resampler, 0), out_frames - *made);
		unsigned part;

		if (resampler->avx2)
			mca_resample_avx2(resampler, out + (size_t)*made * lanes, ready);
		else
			mca_resample_portable(resampler, out + (size_t)*made * lanes, ready);
		*made += ready;
		part = least(in_frames - *used, appetite(resampler, out_frames - *made));
		if (part == 0)
			return;
		if (resampler->filled == resampler->capacity)
			shift(resampler);
		part = least(part, resampler->capacity - resampler->filled);
		take(resampler, in + (size_t)*used * lanes, part);
		*used += part;
	}
}
