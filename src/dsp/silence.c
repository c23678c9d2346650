/* SPDX-License-Identifier: MIT */
/*
 * What a chain at rest does to silence, without doing it frame by frame: zeros leave, the meters
 * count frames, makeup and ramp move on. Exactly the state that the passes would leave: silence is
 * 15 octaves down, below every threshold and ceiling there is with any knee and makeup.
 */
#include <string.h>

#include "chunk.h"
#include "lookahead.h"
#include "mca/q.h"

/* The first sample is looked at alone: sound is seldom zero there, and then this costs nothing. */
static bool is_silent(const int16_t *in, unsigned samples)
{
	int16_t any = 0;

	if (in[0] != 0)
		return false;
	for (unsigned i = 0; i < samples; i++)
		any |= in[i];
	return any == 0;
}

static void slew_makeup(struct mca_chain *chain, unsigned frames)
{
	int64_t reach = (int64_t)frames * chain->cooked.makeup_step_q26;
	int64_t away = (int64_t)chain->cooked.makeup_q26 - chain->makeup_q26;

	if (away > reach)
		away = reach;
	if (away < -reach)
		away = -reach;
	chain->makeup_q26 += (int32_t)away;
}

/* With look-ahead, what is under way has to be silence too; makeup that slews is under way. */
static bool nothing_under_way(const struct mca_chain *chain)
{
	if (chain->lookahead.frames == 0)
		return true;
	return chain->makeup_q26 == chain->cooked.makeup_q26 &&
	       mca_lookahead_is_at_rest(&chain->lookahead, chain->makeup_q26,
					chain->cooked.lanes);
}

bool mca_silence_pass(struct mca_chain *chain, const int16_t *in, int16_t *out, unsigned frames,
		      bool open)
{
	size_t samples = (size_t)frames * chain->cooked.lanes;

	if (chain->detector_q58 | chain->comp_gr_q58 | chain->limiter_gr_q58)
		return false;
	if (!is_silent(in, (unsigned)samples) || !nothing_under_way(chain))
		return false;
	if (!mca_true_peak_rests(chain))
		return false;
	memset(out, 0, samples * sizeof(*out));
	slew_makeup(chain, frames);
	mca_ramp_pass(chain, frames, open);
	if (chain->lookahead.frames)
		mca_lookahead_rest(&chain->lookahead, frames);
	return true;
}
