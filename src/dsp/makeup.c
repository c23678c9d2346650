/* SPDX-License-Identifier: MIT */
/* Makeup gain: a change of it glides, by a bounded step a frame. */
#include <stddef.h>

#include "chunk.h"
#include "mca/q.h"

void mca_makeup_slew(struct mca_chunk *chunk, struct mca_chain *chain)
{
	const int32_t wanted = chain->cooked.makeup_q26;
	const int32_t step = chain->cooked.makeup_step_q26;
	const size_t frames = chunk->frames;
	int32_t makeup = chain->makeup_q26;
	size_t i = 0;

	chunk->amplifies = makeup > 0 || wanted > 0;
	for (; i < frames && makeup != wanted; i++) {
		makeup = mca_q_add(makeup, mca_q_clamp(mca_q_sub(wanted, makeup), -step, step));
		chunk->makeup_q26[i] = makeup;
	}
#pragma GCC unroll 4
	for (; i < frames; i++)
		chunk->makeup_q26[i] = makeup;
	chain->makeup_q26 = makeup;
}
