/* SPDX-License-Identifier: MIT */
#ifndef MCA_CYCLE_H
#define MCA_CYCLE_H

#include <stdbool.h>
#include <stdint.h>

#include "mca/chain.h"
#include "mca/tone.h"

/*
 * The per-period cycle on arrays: test tone in place of the capture signal, then the chain. Knows
 * no device and no clock. Thread: RT.
 */
struct mca_cycle {
	struct mca_chain chain;
	struct mca_tone tone;
	int16_t *scratch;        /* borrowed, scratch_frames * lanes; used while a tone plays */
	unsigned scratch_frames;
};

/* Thread: control, before the stream runs. */
void mca_cycle_init(struct mca_cycle *cycle, const struct mca_chain_cooked *cooked,
		    int16_t *scratch, unsigned scratch_frames, bool open);

/* Process frames from in to out (in is not written). Returns frames of tone left, 0 = none. */
uint64_t mca_cycle_process(struct mca_cycle *cycle, const int16_t *in, int16_t *out,
			   unsigned frames, bool open);

#endif
