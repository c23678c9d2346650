/* SPDX-License-Identifier: MIT */
/*
 * Gain computer and smooth decoupled detector (Giannoulis, Massberg, Reiss 2012, eq. 4 and 17):
 *
 *     g   = (1 - 1/R) * (over the threshold, through the knee)
 *     y1  = max(g, aR y1 + (1 - aR) g)
 *     GRc = aA GRc + (1 - aA) y1
 *
 * Detecting after the gain computer, in octaves, makes attack and release independent of the level.
 */
#include "chunk.h"
#include "octave.h"

static inline uint32_t slower(uint32_t a_q31, uint32_t b_q31)
{
	return a_q31 < b_q31 ? a_q31 : b_q31;
}

static void ask_hard(struct mca_chunk *chunk, const struct mca_chain_cooked *cooked)
{
	for (unsigned i = 0; i < chunk->frames; i++) {
		int32_t over = mca_q_sub(chunk->level_q26[i], cooked->threshold_q26);

		chunk->comp_q26[i] = mca_q_scale_q31(mca_q_max(over, 0), cooked->slope_q31);
	}
}

/*
 * The knee without cases: with w half its width and u = over + w held within 0..2w, the curve is
 * u^2 / 4w + max(over - w, 0) below, inside and above it. u / 4w comes first, as Q31.
 */
static void ask_soft(struct mca_chunk *chunk, const struct mca_chain_cooked *cooked)
{
	int32_t half = cooked->knee_half_q26;

	for (unsigned i = 0; i < chunk->frames; i++) {
		int32_t over = mca_q_sub(chunk->level_q26[i], cooked->threshold_q26);
		int32_t inside = mca_q_clamp(mca_q_add(over, half), 0, 2 * half);
		uint32_t part_q31 = (uint32_t)((inside * cooked->knee_inverse) >> 31);
		int32_t curve = mca_q_add(mca_q_scale_q31(inside, part_q31),
					  mca_q_max(mca_q_sub(over, half), 0));

		chunk->comp_q26[i] = mca_q_scale_q31(curve, cooked->slope_q31);
	}
}

void mca_compressor_ask(struct mca_chunk *chunk, const struct mca_chain_cooked *cooked)
{
	if (cooked->knee_half_q26)
		ask_soft(chunk, cooked);
	else
		ask_hard(chunk, cooked);
}

void mca_compressor_smooth(struct mca_chunk *chunk, struct mca_chain *chain, uint32_t fastest_q31)
{
	uint32_t attack_q31 = slower(chain->cooked.attack_q31, fastest_q31);
	uint32_t release_q31 = slower(chain->cooked.release_q31, fastest_q31);
	int64_t detector = chain->detector_q57;
	int64_t reduction = chain->comp_gr_q57;

	for (unsigned i = 0; i < chunk->frames; i++) {
		int32_t asked = chunk->comp_q26[i];

		detector = mca_q_glide(detector, asked, release_q31);
		if (detector < mca_q57_from_q26(asked))
			detector = mca_q57_from_q26(asked);
		if (asked == 0 && detector < MCA_REST_Q57)
			detector = 0;
		reduction = mca_q_glide(reduction, mca_q26_from_q57(detector), attack_q31);
		if (detector == 0 && reduction < MCA_REST_Q57)
			reduction = 0;
		chunk->comp_q26[i] = mca_q26_from_q57(reduction);
	}
	chain->detector_q57 = detector;
	chain->comp_gr_q57 = reduction;
}
