/* SPDX-License-Identifier: MIT */
/*
 * From octaves to one gain, and from the gain to samples: everything that the chain does to a
 * sample is a single multiplication, rounded once, and the clamp that nothing gets past.
 */
#include "chunk.h"
#include "octave.h"

void mca_gain_slew_makeup(struct mca_chunk *chunk, struct mca_chain *chain)
{
	int32_t step = chain->cooked.makeup_step_q26;
	int32_t makeup = chain->makeup_q26;

	for (unsigned i = 0; i < chunk->frames; i++) {
		int32_t away = mca_q_sub(chain->cooked.makeup_q26, makeup);

		makeup = mca_q_add(makeup, mca_q_clamp(away, -step, step));
		chunk->makeup_q26[i] = makeup;
	}
	chain->makeup_q26 = makeup;
}

void mca_gain_combine(struct mca_chunk *chunk)
{
	for (unsigned i = 0; i < chunk->frames; i++) {
		int32_t reduction = mca_q_add(chunk->comp_q26[i], chunk->limiter_q26[i]);

		chunk->gain_q16[i] =
			mca_gain_from_octaves(mca_q_sub(chunk->makeup_q26[i], reduction));
	}
}

/* One sample; counts in *clipped when the clamp had to act. C = 32768 is a bound that -32768 meets
 * and that +32768 would: the saturation to 16 bits then takes that one unit, and counts nothing. */
static inline int16_t apply(int16_t x, int32_t gain_q16, int32_t ceiling, uint32_t *clipped)
{
	int32_t product = mca_q_product(x, gain_q16);
	int32_t held = mca_q_clamp(product, -ceiling, ceiling);

	*clipped += held != product;
	return mca_q_saturate_s16(held);
}

static uint32_t apply_mono(const struct mca_chunk *chunk, const int16_t *in, int16_t *out,
			   int32_t ceiling)
{
	uint32_t clipped = 0;

	for (unsigned i = 0; i < chunk->frames; i++)
		out[i] = apply(in[i], chunk->gain_q16[i], ceiling, &clipped);
	return clipped;
}

static uint32_t apply_stereo(const struct mca_chunk *chunk, const int16_t *in, int16_t *out,
			     int32_t ceiling)
{
	uint32_t clipped = 0;

	for (unsigned i = 0; i < chunk->frames; i++) {
		int32_t gain_q16 = chunk->gain_q16[i];

		out[2 * i] = apply(in[2 * i], gain_q16, ceiling, &clipped);
		out[2 * i + 1] = apply(in[2 * i + 1], gain_q16, ceiling, &clipped);
	}
	return clipped;
}

uint32_t mca_gain_apply(const struct mca_chunk *chunk, const int16_t *in, int16_t *out,
			unsigned lanes, int32_t ceiling)
{
	if (lanes == 1)
		return apply_mono(chunk, in, out, ceiling);
	return apply_stereo(chunk, in, out, ceiling);
}
