/* SPDX-License-Identifier: MIT */
#ifndef MCA_DSP_DYNAMICS_H
#define MCA_DSP_DYNAMICS_H

#include "chunk.h"

/*
 * The loop that compressor and limiter share: from the reductions that the chunk asks for to those
 * that are applied. chunk->comp has the compressor. Thread: RT.
 */
void mca_dynamics_smooth(struct mca_chunk *chunk, struct mca_limiter *limiter,
			 const struct mca_limiter_cooked *cooked);

#endif
