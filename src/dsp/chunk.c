/* SPDX-License-Identifier: MIT */
/*
 * What the stages in front of the compressor share: the level of each frame and the gain that they
 * add to it. Both are found only where a stage asks for them, because the compressor finds levels
 * faster in one pass with its curve.
 */
#include "chunk.h"

#include <string.h>

#include "mca/q.h"
#include "octave.h"

void mca_chunk_find_levels(struct mca_chunk *chunk)
{
	if (chunk->levelled)
		return;
	chunk->levelled = true;
	chunk->passes->level(chunk);
	for (size_t i = 0; chunk->lifted && i < chunk->frames; i++)
		chunk->level_q26[i] = mca_q_add(chunk->level_q26[i], chunk->lift_q26[i]);
}

void mca_chunk_lift(struct mca_chunk *chunk)
{
	if (!chunk->lifted)
		memset(chunk->lift_q26, 0, chunk->frames * sizeof(*chunk->lift_q26));
	chunk->lifted = true;
}

/* Reductions that are still falling and a gate that closes can add up to more than 32 octaves. A
 * gain is 0 long before. */
void mca_chunk_bound_gain(struct mca_chunk *chunk)
{
	for (size_t i = 0; i < chunk->frames; i++) {
		int32_t reduction = mca_q26_from_q58(chunk->reduction_q58[i]);
		int32_t least = mca_q_add(reduction, MCA_GAIN_EXPONENT_MIN);

		chunk->makeup_q26[i] = mca_q_max(chunk->makeup_q26[i], least);
	}
	chunk->makeup_filled = 0;
}

void mca_chunk_add_lift(struct mca_chunk *chunk)
{
	for (size_t i = 0; i < chunk->frames; i++)
		chunk->makeup_q26[i] = mca_q_add(chunk->makeup_q26[i], chunk->lift_q26[i]);
	chunk->makeup_filled = 0;
}
