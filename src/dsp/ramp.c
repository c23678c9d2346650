/* SPDX-License-Identifier: MIT */
/*
 * The push-to-talk ramp: a raised cosine of the phase, 0 closed to 1 open. Only the phase is
 * state and it always moves by one step a frame, so turning round half-way makes no step, and a
 * ramp of N frames has arrived after exactly N: the step is 1/N rounded up, and the phase stops
 * at its ends.
 */
#include <string.h>

#include "chunk.h"
#include "cosine.h"
#include "mca/q.h"

static uint32_t advance(uint32_t phase_q31, uint32_t step_q31, bool open)
{
	if (open)
		return MCA_Q31_ONE - phase_q31 > step_q31 ? phase_q31 + step_q31 : MCA_Q31_ONE;
	return phase_q31 > step_q31 ? phase_q31 - step_q31 : 0;
}

void mca_ramp_apply(struct mca_chunk *chunk, struct mca_chain *chain, bool open)
{
	const uint32_t end = open ? MCA_Q31_ONE : 0;
	uint32_t phase = chain->ramp_phase_q31;
	unsigned i = 0;

	for (; i < chunk->frames && phase != end; i++) {
		phase = advance(phase, chain->cooked.ramp_step_q31, open);
		chunk->gain_q16[i] = mca_q_scale_q30(chunk->gain_q16[i],
						     mca_raised_cosine_q30(phase));
	}
	if (!open)
		memset(chunk->gain_q16 + i, 0, (chunk->frames - i) * sizeof(*chunk->gain_q16));
	chain->ramp_phase_q31 = phase;
}

void mca_ramp_pass(struct mca_chain *chain, unsigned frames, bool open)
{
	uint64_t way = (uint64_t)frames * chain->cooked.ramp_step_q31;
	uint32_t step = way < MCA_Q31_ONE ? (uint32_t)way : MCA_Q31_ONE;

	chain->ramp_phase_q31 = advance(chain->ramp_phase_q31, step, open);
}
