/* SPDX-License-Identifier: MIT */
/*
 * The compressor: its makeup gain, and its part in the loops that it shares with the limiter
 * (dynamics.c): the gain computer is in curve.h, the detector beside the limiter's release.
 */
#include "curve.h"
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
	const struct mca_comp_cooked *curve = comp->fresh ? &comp->now : now;

	(void)next;
	comp->from = (struct mca_comp_curve){ curve->threshold_q26, curve->knee_half_q26,
					      curve->slope_q31, 0 };
}

/* Between two values, after so many of the stages in which the curve glides. */
static int64_t comp_between(int64_t from, int64_t to, unsigned stages)
{
	return from + (to - from) * stages / (int)MCA_EASE_STAGES_SLOW;
}

/* A new curve at once would pull the reduction of a steady tone away with a corner; its 24th part
 * makes a corner 28 dB lower, and the smoothers do the rest. */
static void comp_glide_curve(struct mca_comp *comp, const struct mca_comp_cooked *cooked,
			     const struct mca_chunk *chunk)
{
	const struct mca_comp_curve *from = &comp->from;
	unsigned stages = MCA_EASE_STAGES - chunk->stages_left + 1;

	comp->fresh = chunk->stages_left > 0;
	if (!comp->fresh)
		return;
	comp->now = *cooked;
	if (stages >= MCA_EASE_STAGES_SLOW)
		return;
	comp->now.threshold_q26 = (int32_t)comp_between(from->threshold_q26,
							cooked->threshold_q26, stages);
	comp->now.slope_q31 = (uint32_t)comp_between(from->slope_q31, cooked->slope_q31, stages);
	mca_curve_set_knee(&comp->now, (int32_t)comp_between(from->knee_half_q26,
							     cooked->knee_half_q26, stages));
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
	comp_glide_curve(comp, cooked, chunk);
	chunk->comp = comp;
	chunk->comp_cooked = comp->fresh ? &comp->now : cooked;
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
	comp_glide_curve(comp, cooked, chunk);
}
