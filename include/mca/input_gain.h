/* SPDX-License-Identifier: MIT */
#ifndef MCA_INPUT_GAIN_H
#define MCA_INPUT_GAIN_H

#include <stdint.h>

/*
 * The input gain: the first stage of the chain (mca/chain.h). It moves the level in front of every
 * threshold; as a factor it is part of the one gain of the chain, so nothing saturates or is
 * rounded in between. Range and default: mca/chain_rows.h.
 */
struct mca_input_gain_cooked {
	int32_t gain_q26;         /* octaves, -4..4 */
	int32_t step_q26;         /* per frame, while it slews */
};

struct mca_input_gain {
	int32_t gain_q26;         /* slews towards the cooked one: a change makes no step */
	uint32_t reserved;
};

#endif
