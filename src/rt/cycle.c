/* SPDX-License-Identifier: MIT */
/*
 * One stretch of frames: the tone, when one plays, over a copy of the input; then the chain. The
 * copy exists because a capture window is the device's own memory and is not ours to write.
 */
#include "mca/cycle.h"

#include <string.h>

void mca_cycle_init(struct mca_cycle *cycle, const struct mca_chain_cooked *cooked,
		    int16_t *scratch, unsigned scratch_frames, bool open)
{
	mca_chain_init(&cycle->chain, cooked, open);
	mca_tone_init(&cycle->tone);
	cycle->scratch = scratch;
	cycle->scratch_frames = scratch_frames;
}

uint64_t mca_cycle_process(struct mca_cycle *cycle, const int16_t *in, int16_t *out,
			   unsigned frames, bool open)
{
	unsigned lanes = cycle->chain.cooked.lanes;

	while (frames > 0 && cycle->tone.left > 0) {
		unsigned part = frames < cycle->scratch_frames ? frames : cycle->scratch_frames;

		memcpy(cycle->scratch, in, (size_t)part * lanes * sizeof(*in));
		mca_tone_render(&cycle->tone, cycle->scratch, part, lanes);
		mca_chain_process(&cycle->chain, cycle->scratch, out, part, open);
		in += (size_t)part * lanes;
		out += (size_t)part * lanes;
		frames -= part;
	}
	if (frames > 0)
		mca_chain_process(&cycle->chain, in, out, frames, open);
	return cycle->tone.left;
}
