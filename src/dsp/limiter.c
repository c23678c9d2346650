/* SPDX-License-Identifier: MIT */
/*
 * The limiter: the loops that it shares with the compressor (dynamics.c), its look-ahead, and the
 * gain that both ask for.
 */
#include "ceiling.h"
#include "dynamics.h"
#include "lookahead.h"
#include "mca/q.h"
#include "octave.h"
#include "stage.h"

void mca_limiter_init(struct mca_limiter *limiter, const struct mca_limiter_cooked *cooked,
		      bool open)
{
	limiter->reduction_q58 = 0;
	(void)open;
	mca_ceiling_init(&limiter->ceiling, cooked);
	mca_lookahead_init(&limiter->lookahead, cooked->lookahead_frames);
}

void mca_limiter_set(struct mca_limiter *limiter, const struct mca_limiter_cooked *now,
		     const struct mca_limiter_cooked *next)
{
	(void)now;
	mca_ceiling_set(&limiter->ceiling, next);
}

/* Both reductions from before add up to so much that they might not fit with what comes. */
static bool limiter_is_deep(const struct mca_limiter *limiter, const struct mca_chunk *chunk)
{
	return mca_q26_from_q58(limiter->reduction_q58) / 2 +
	       mca_q26_from_q58(chunk->comp->reduction_q58) / 2 > 8 * MCA_OCTAVE_Q26;
}

void mca_limiter_process(struct mca_limiter *limiter, const struct mca_limiter_cooked *cooked,
			 struct mca_chunk *chunk)
{
	const bool may_exceed = chunk->lifted || chunk->is_wide || limiter_is_deep(limiter, chunk);

	chunk->ceiling_q26 = cooked->ceiling_q26;
	chunk->ceiling = limiter->ceiling.clamp;
	mca_chunk_ask(chunk);
	if (chunk->lifted)
		mca_chunk_add_lift(chunk);
	mca_dynamics_smooth(chunk, limiter, cooked);
	if (limiter->lookahead.frames)
		mca_lookahead_pass(&limiter->lookahead, chunk);
	if (may_exceed || limiter->lookahead.frames)
		mca_chunk_bound_gain(chunk);
	chunk->passes->weigh(chunk);
}

/* With look-ahead the frames under way have to be silence too. */
bool mca_limiter_rests(const struct mca_limiter *limiter, const struct mca_limiter_cooked *cooked,
		       const struct mca_chunk *chunk)
{
	(void)cooked;
	return limiter->reduction_q58 == 0 && mca_ceiling_is_settled(&limiter->ceiling) &&
	       (limiter->lookahead.frames == 0 ||
		mca_lookahead_is_at_rest(&limiter->lookahead, chunk->lanes));
}

void mca_limiter_skip(struct mca_limiter *limiter, const struct mca_limiter_cooked *cooked,
		      const struct mca_chunk *chunk)
{
	(void)cooked;
	if (limiter->lookahead.frames)
		mca_lookahead_rest(&limiter->lookahead, chunk->frames);
}
