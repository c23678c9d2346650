/* SPDX-License-Identifier: MIT */
/*
 * The limiter: no attack time, so what stands above the ceiling after compression and makeup is
 * taken away in the same frame, and a release in the log domain:
 *
 *     target = max(0, level - GRc + makeup - log2(C / 32768))
 *     GRl    = max(target, aL GRl + (1 - aL) target)
 *
 * Errors of level and gain together stay below half a unit of the sample even at full scale, so the
 * rounded product is C at most; the clamp in gain.c makes that certain.
 */
#include "chunk.h"
#include "octave.h"

void mca_limiter_ask(struct mca_chunk *chunk, int32_t ceiling_q26)
{
	for (unsigned i = 0; i < chunk->frames; i++) {
		int32_t level = mca_q_sub(chunk->level_q26[i], chunk->comp_q26[i]);
		int32_t limit = mca_q_sub(ceiling_q26, chunk->makeup_q26[i]);

		chunk->limiter_q26[i] = mca_q_max(mca_q_sub(level, limit), 0);
	}
}

void mca_limiter_hold(struct mca_chunk *chunk, struct mca_chain *chain, uint32_t fastest_q31)
{
	uint32_t release_q31 = chain->cooked.limiter_release_q31;
	int64_t reduction = chain->limiter_gr_q57;

	if (release_q31 > fastest_q31)
		release_q31 = fastest_q31;
	for (unsigned i = 0; i < chunk->frames; i++) {
		int32_t target = chunk->limiter_q26[i];

		reduction = mca_q_glide(reduction, target, release_q31);
		if (reduction < mca_q57_from_q26(target))
			reduction = mca_q57_from_q26(target);
		if (target == 0 && reduction < MCA_REST_Q57)
			reduction = 0;
		chunk->limiter_q26[i] = mca_q26_from_q57(reduction);
	}
	chain->limiter_gr_q57 = reduction;
}
