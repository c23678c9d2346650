/* SPDX-License-Identifier: MIT */
#ifndef MCA_DSP_CEILING_H
#define MCA_DSP_CEILING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mca/limiter.h"

/*
 * The ceiling in force: how the limiter gets from one ceiling to another without a step.
 * Thread: RT, all of it.
 */
void mca_ceiling_init(struct mca_ceiling *ceiling, const struct mca_limiter_cooked *cooked);

/* The parameters are about to become `next`. */
void mca_ceiling_set(struct mca_ceiling *ceiling, const struct mca_limiter_cooked *next);

/* The ceiling in force is not the cooked one, or the level is held. */
static inline bool mca_ceiling_glides(const struct mca_ceiling *ceiling)
{
	return (ceiling->hold_left | ceiling->glide_left) > 0;
}

/* Nothing of a change is left. */
static inline bool mca_ceiling_is_settled(const struct mca_ceiling *ceiling)
{
	return (ceiling->hold_left | ceiling->glide_left | ceiling->leave_left) == 0;
}

/* How many of the next frames, at least 1, belong to one part of a change, or to none; advance
 * counts them when they are done. */
unsigned mca_ceiling_bound_frames(const struct mca_ceiling *ceiling, unsigned frames);
void mca_ceiling_advance(struct mca_ceiling *ceiling, const struct mca_limiter_cooked *cooked,
			 unsigned frames);

/* The ceiling in force in each of so many frames, above the one that is ordered (octaves). */
void mca_ceiling_run(struct mca_ceiling *ceiling, const struct mca_limiter_cooked *cooked,
		     int64_t *restrict above_q58, size_t frames);

#endif
