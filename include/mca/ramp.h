/* SPDX-License-Identifier: MIT */
#ifndef MCA_RAMP_H
#define MCA_RAMP_H

#include <stdint.h>

/*
 * The push-to-talk ramp: a stage of the chain (mca/chain.h). A raised cosine between closed and
 * open. Range and default of its length: mca/chain_rows.h.
 */
struct mca_ramp_cooked {
	uint32_t step_q31;        /* phase per frame, 1 = the whole ramp */
	uint32_t reserved;        /* 0 */
};

struct mca_ramp {
	uint32_t phase_q31;       /* 0 = closed, 1 = open */
	uint32_t reserved;
};

#endif
