/* SPDX-License-Identifier: MIT */
/* Makeup gain: a change of it glides, by a bounded step a frame. */
#include "chunk.h"
#include "mca/q.h"

void mca_makeup_slew(struct mca_chunk *chunk, struct mca_chain *chain)
{
	const int32_t wanted = chain->cooked.makeup_q26;
	const int32_t step = chain->cooked.makeup_step_q26;
	int32_t makeup = chain->makeup_q26;
	unsigned i = 0;

	chunk->amplifies = makeup > 0 || wanted > 0;
	for (; i < chunk->frames && makeup != wanted; i++) {
		makeup = mca_q_add(makeup, mca_q_clamp(mca_q_sub(wanted, makeup), -step, step));
		chunk->makeup_q26[i] = makeup;
	}
	for (; i < chunk->frames; i++)
		chunk->makeup_q26[i] = makeup;
	chain->makeup_q26 = makeup;
}
