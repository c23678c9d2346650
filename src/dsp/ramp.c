/* SPDX-License-Identifier: MIT */
/*
 * The push-to-talk ramp: a raised cosine of the phase, 0 closed to 1 open. Only the phase is
 * state and it always moves by one step a frame, so turning round half-way makes no step, and a
 * ramp of N frames has arrived after exactly N: the step is 1/N rounded up, and the phase stops
 * at its ends.
 */
#include <string.h>

#include "cosine.h"
#include "mca/q.h"
#include "stage.h"

static uint32_t advance(uint32_t phase_q31, unsigned frames, uint32_t step_q31, bool open)
{
	uint64_t way = (uint64_t)frames * step_q31;

	if (open)
		return MCA_Q31_ONE - phase_q31 > way ? phase_q31 + (uint32_t)way : MCA_Q31_ONE;
	return phase_q31 > way ? phase_q31 - (uint32_t)way : 0;
}

/* Frames that the phase spends on its way, before the one in which it arrives. */
static size_t frames_under_way(uint32_t phase_q31, uint32_t step_q31, bool open)
{
	uint32_t way = open ? MCA_Q31_ONE - phase_q31 : phase_q31;

	return way > 0 ? (way - 1) / step_q31 : 0;
}

void mca_fade(int32_t *gain_q16, unsigned frames, uint32_t phase_q31, uint32_t move_q31)
{
#pragma GCC unroll 4
	for (unsigned i = 0; i < frames; i++) {
		phase_q31 += move_q31;
		gain_q16[i] = mca_q_scale_q30(gain_q16[i], mca_raised_cosine_q30(phase_q31));
	}
}

void mca_ramp_init(struct mca_ramp *ramp, const struct mca_ramp_cooked *cooked, bool open)
{
	(void)cooked;
	*ramp = (struct mca_ramp){ .phase_q31 = open ? MCA_Q31_ONE : 0 };
}

void mca_ramp_set(struct mca_ramp *ramp, const struct mca_ramp_cooked *now,
		  const struct mca_ramp_cooked *next)
{
	/* The phase goes on from where it is. */
	(void)ramp, (void)now, (void)next;
}

void mca_ramp_process(struct mca_ramp *ramp, const struct mca_ramp_cooked *cooked,
		      struct mca_chunk *chunk)
{
	const uint32_t step = cooked->step_q31;
	const uint32_t move = chunk->open ? step : 0 - step;
	uint32_t phase = ramp->phase_q31;
	size_t moving = frames_under_way(phase, step, chunk->open);

	if (moving > chunk->frames)
		moving = chunk->frames;
	ramp->phase_q31 = advance(phase, chunk->frames, step, chunk->open);
	if (moving > 0)
		chunk->passes->fade(chunk->gain_q16, (unsigned)moving, phase, move);
	if (!chunk->open)
		memset(chunk->gain_q16 + moving, 0,
		       (chunk->frames - moving) * sizeof(*chunk->gain_q16));
}

bool mca_ramp_rests(const struct mca_ramp *ramp, const struct mca_ramp_cooked *cooked,
		    const struct mca_chunk *chunk)
{
	(void)ramp, (void)cooked, (void)chunk;
	return true;
}

void mca_ramp_skip(struct mca_ramp *ramp, const struct mca_ramp_cooked *cooked,
		   const struct mca_chunk *chunk)
{
	ramp->phase_q31 = advance(ramp->phase_q31, chunk->frames, cooked->step_q31, chunk->open);
}
