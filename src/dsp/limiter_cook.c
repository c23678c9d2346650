/* SPDX-License-Identifier: MIT */
/* The limiter's parameters in fixed point: the ceiling as a sample and as a level. */
#include <math.h>

#include "cook.h"
#include "mca/units.h"
#include "octave.h"
#include "stage.h"

#define GLIDES_PER_S 100 /* 10 ms: two halves of a period of 100 Hz */

/* A limiter that is off asks for nothing: 9 octaves are above the loudest level with every gain. */
#define LIMITER_OFF_Q26 (9 * MCA_OCTAVE_Q26)

void mca_limiter_cook(struct mca_limiter_cooked *cooked, const struct mca_chain_params *params)
{
	const struct mca_limiter_params *limiter = &params->limiter;
	double ceiling = floor(32768.0 * pow(10.0, limiter->ceiling_dbfs / 20.0));

	cooked->lookahead_frames = mca_frames_from_ms(limiter->lookahead_ms, params->rate_hz);
	cooked->glide_frames = params->rate_hz / GLIDES_PER_S;
	cooked->release_q62 = mca_cook_pole_q62(limiter->release_ms, params->rate_hz);
	cooked->ceiling = limiter->enabled ? (int32_t)ceiling : 32768;
	cooked->ceiling_q26 = LIMITER_OFF_Q26;
	/* By the block path's own logarithm: a peak of exactly C asks for exactly nothing. */
	if (limiter->enabled)
		cooked->ceiling_q26 = mca_octaves_from_peak(cooked->ceiling);
}
