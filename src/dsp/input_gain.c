/* SPDX-License-Identifier: MIT */
/*
 * The input gain: a number of octaves that is added to the level and to the gain of the chain. No
 * sample is touched here.
 */
#include "slew.h"
#include "stage.h"

void mca_input_gain_init(struct mca_input_gain *input_gain,
			 const struct mca_input_gain_cooked *cooked, bool open)
{
	(void)open;
	*input_gain = (struct mca_input_gain){ .gain_q26 = cooked->gain_q26 };
}

void mca_input_gain_set(struct mca_input_gain *input_gain, const struct mca_input_gain_cooked *now,
			const struct mca_input_gain_cooked *next)
{
	/* The slew glides to the new value. */
	(void)input_gain, (void)now, (void)next;
}

void mca_input_gain_process(struct mca_input_gain *input_gain,
			    const struct mca_input_gain_cooked *cooked, struct mca_chunk *chunk)
{
	const int32_t now = input_gain->gain_q26, wanted = cooked->gain_q26;

	if ((now | wanted) == 0)
		return;
	chunk->lifted = true;
	chunk->amplifies |= now > 0 || wanted > 0;
	input_gain->gain_q26 = mca_slew_fill(chunk->lift_q26, chunk->frames, now, wanted,
					     cooked->step_q26);
}

bool mca_input_gain_rests(const struct mca_input_gain *input_gain,
			  const struct mca_input_gain_cooked *cooked, const struct mca_chunk *chunk)
{
	(void)chunk;
	return input_gain->gain_q26 == cooked->gain_q26;
}

void mca_input_gain_skip(struct mca_input_gain *input_gain,
			 const struct mca_input_gain_cooked *cooked, const struct mca_chunk *chunk)
{
	(void)input_gain, (void)cooked, (void)chunk;
}
