/* SPDX-License-Identifier: MIT */
/*
 * Easing: while a change of parameters is fresh no smoother may be faster than 5 ms, or a
 * compressor without attack time would turn the new curve into a step. It lasts 36 stages of 5
 * ms. During the first 24 the bound does not move, and the compressor's curve glides to the new one
 * by a 24th a stage; during the last 12 the bound doubles from stage to stage until it binds
 * nothing. (Lifted all at once it would make a step itself: a bounded smoother trails behind a
 * moving target, and would catch up in a single frame.)
 */
#include "chunk.h"
#include "mca/q.h"

/* From a coefficient of 5 ms at 192 kHz, 1/960, to more than 1. */
#define DOUBLINGS (MCA_EASE_STAGES - MCA_EASE_STAGES_SLOW)

void mca_ease_begin(struct mca_chain *chain)
{
	chain->ease_left = MCA_EASE_STAGES * chain->cooked.ease_frames;
}

unsigned mca_ease_bound_frames(const struct mca_chain *chain, unsigned frames)
{
	unsigned stage_left;

	if (chain->ease_left == 0)
		return frames;
	stage_left = (chain->ease_left - 1) % chain->cooked.ease_frames + 1;
	return frames < stage_left ? frames : stage_left;
}

unsigned mca_ease_stages_left(const struct mca_chain *chain)
{
	unsigned frames = chain->cooked.ease_frames;

	return (chain->ease_left + frames - 1) / frames;
}

int64_t mca_ease_fastest_q62(const struct mca_chain *chain)
{
	unsigned stages_after, doublings;

	if (chain->ease_left == 0)
		return MCA_Q62_ONE;
	stages_after = (chain->ease_left - 1) / chain->cooked.ease_frames;
	if (stages_after >= DOUBLINGS)
		return chain->cooked.ease_q62;
	doublings = DOUBLINGS - stages_after;
	if (chain->cooked.ease_q62 >= MCA_Q62_ONE >> doublings)
		return MCA_Q62_ONE;
	return chain->cooked.ease_q62 << doublings;
}

void mca_ease_advance(struct mca_chain *chain, unsigned frames)
{
	chain->ease_left -= chain->ease_left ? frames : 0;
}
