/* SPDX-License-Identifier: MIT */
/*
 * The compressor: its makeup gain, and its part in the loops that it shares with the limiter
 * (dynamics.c): the gain computer is in curve.h, the detector beside the limiter's release.
 */
#include "slew.h"
#include "stage.h"

void mca_comp_init(struct mca_comp *comp, const struct mca_comp_cooked *cooked, bool open)
{
	(void)open;
	*comp = (struct mca_comp){ .makeup_q26 = cooked->makeup_q26 };
}

void mca_comp_set(struct mca_comp *comp, const struct mca_comp_cooked *now,
		  const struct mca_comp_cooked *next)
{
	/* The smoothers and the slew glide to every new value. */
	(void)comp, (void)now, (void)next;
}

/* A change of the makeup gain glides, by a bounded step a frame. */
static void slew_makeup(struct mca_comp *comp, const struct mca_comp_cooked *cooked,
			struct mca_chunk *chunk)
{
	const int32_t now = comp->makeup_q26, wanted = cooked->makeup_q26;

	chunk->amplifies |= now > 0 || wanted > 0;
	/* The chunk before this one often left the same constant. */
	if (now == wanted && chunk->makeup_filled >= chunk->frames)
		return;
	comp->makeup_q26 = mca_slew_fill(chunk->makeup_q26, chunk->frames, now, wanted,
					 cooked->makeup_step_q26);
	chunk->makeup_filled = now == wanted ? chunk->frames : 0;
}

void mca_comp_process(struct mca_comp *comp, const struct mca_comp_cooked *cooked,
		      struct mca_chunk *chunk)
{
	slew_makeup(comp, cooked, chunk);
	chunk->comp = comp;
	chunk->comp_cooked = cooked;
}

/* Silence is 15 octaves below full scale, under every threshold with any knee. */
bool mca_comp_rests(const struct mca_comp *comp, const struct mca_comp_cooked *cooked,
		    const struct mca_chunk *chunk)
{
	(void)chunk;
	return (comp->detector_q58 | comp->reduction_q58) == 0 &&
	       comp->makeup_q26 == cooked->makeup_q26;
}

void mca_comp_skip(struct mca_comp *comp, const struct mca_comp_cooked *cooked,
		   const struct mca_chunk *chunk)
{
	(void)comp, (void)cooked, (void)chunk;
}
