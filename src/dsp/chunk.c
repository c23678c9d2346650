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
	if (chunk->is_wide)
		chunk->passes->level_wide(chunk);
	else
		chunk->passes->level(chunk);
	for (size_t i = 0; chunk->lifted && i < chunk->frames; i++)
		chunk->level_q26[i] = mca_q_add(chunk->level_q26[i], chunk->lift_q26[i]);
}

/* The input is heard on the way: where the levels are found here, that takes no pass of its own. */
void mca_chunk_ask(struct mca_chunk *chunk)
{
	uint32_t peak;

	if (chunk->lifted || chunk->is_wide)
		mca_chunk_find_levels(chunk);
	if (chunk->levelled) {
		peak = chunk->passes->hear(chunk);
		chunk->passes->ask(chunk);
	} else {
		peak = chunk->passes->measure(chunk);
	}
	mca_meter_count(chunk->meter, chunk, peak);
}

void mca_chunk_lift(struct mca_chunk *chunk)
{
	if (!chunk->lifted)
		memset(chunk->lift_q26, 0, chunk->frames * sizeof(*chunk->lift_q26));
	chunk->lifted = true;
}

/* Below 8 octaves of reduction nothing is out of range: other gains lower by 19 at most. */
static bool chunk_is_deep(const struct mca_chunk *chunk)
{
	uint64_t any = 0;

#pragma GCC unroll 4
	for (size_t i = 0; i < chunk->frames; i++)
		any |= (uint64_t)chunk->reduction_q58[i];
	return any >> 32 >= 8u * MCA_OCTAVE_Q26;
}

/* Reductions that are still falling and a noise gate that closes can add up to more than the 32
 * octaves of these formats. A gain is 0 long before. */
void mca_chunk_bound_gain(struct mca_chunk *chunk)
{
	if (!chunk_is_deep(chunk))
		return;
	for (size_t i = 0; i < chunk->frames; i++) {
		uint32_t sum = (uint32_t)((uint64_t)chunk->reduction_q58[i] >> 32);
		int32_t reduction = MCA_REDUCTION_MAX_Q26, least;

		if (sum < (uint32_t)MCA_REDUCTION_MAX_Q26)
			reduction = (int32_t)sum;
		least = mca_q_add(reduction, MCA_GAIN_EXPONENT_MIN);

		chunk->reduction_q58[i] = mca_q58_from_q26(reduction);
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
