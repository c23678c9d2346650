/* SPDX-License-Identifier: MIT */
/* The length of the push-to-talk ramp in fixed point: whole frames as a step of its phase. */
#include <math.h>

#include "mca/q.h"
#include "stage.h"

void mca_ramp_cook(struct mca_ramp_cooked *cooked, const struct mca_chain_params *params)
{
	double frames = floor(params->ptt_ramp_ms * params->rate_hz / 1000.0);

	cooked->step_q31 = MCA_Q31_ONE;
	if (frames > 1.0)
		cooked->step_q31 = (uint32_t)ceil(ldexp(1.0 / frames, 31));
}
