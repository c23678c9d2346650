/* SPDX-License-Identifier: MIT */
/* The input gain in fixed point: octaves, and the step of its slew: 24 dB in 100 ms. */
#include "cook.h"
#include "stage.h"

#define SLEW_MS 100.0
#define SLEW_OCTAVES 4

void mca_input_gain_cook(struct mca_input_gain_cooked *cooked,
			 const struct mca_chain_params *params)
{
	cooked->gain_q26 = mca_cook_log2_q26(params->input_gain_db);
	cooked->step_q26 = mca_cook_slew_q26(SLEW_OCTAVES, SLEW_MS, params->rate_hz);
}
