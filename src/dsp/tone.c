/* SPDX-License-Identifier: MIT */
/*
 * The test tone: a sine by phase accumulation, cross-faded with the signal it replaces. Three
 * rules keep it free of steps whatever is ordered when: the phase runs on from tone to tone, the
 * fade moves by at most one frame a frame and is never longer than what is left to play, and a
 * new amplitude is approached by full scale a fade.
 */
#include "mca/tone.h"

#include <stdbool.h>
#include <string.h>

#include "cosine.h"
#include "mca/q.h"

void mca_tone_init(struct mca_tone *tone)
{
	memset(tone, 0, sizeof(*tone));
}

void mca_tone_start(struct mca_tone *tone, const struct mca_tone_order *order)
{
	bool idle = tone->left == 0;
	bool stop = order->frames == 0;

	if (stop) {
		tone->left = tone->fade;
		tone->order.serial = order->serial;
		return;
	}
	tone->order = *order;
	if (tone->order.fade_frames == 0)
		tone->order.fade_frames = 1;
	if (tone->fade > tone->order.fade_frames)
		tone->fade = tone->order.fade_frames;
	tone->left = order->frames > tone->fade ? order->frames : tone->fade;
	if (!idle)
		return;
	tone->phase_q32 = 0;
	tone->amplitude_q31 = order->amplitude_q15 << 16;
}

static void approach_amplitude(struct mca_tone *tone)
{
	uint32_t step = MCA_Q31_ONE / tone->order.fade_frames;
	uint32_t wanted = tone->order.amplitude_q15 << 16;
	uint32_t now = tone->amplitude_q31;

	if (now < wanted)
		tone->amplitude_q31 = wanted - now > step ? now + step : wanted;
	else
		tone->amplitude_q31 = now - wanted > step ? now - step : wanted;
}

/* How much of the tone is heard in this frame, 0..1. */
static int32_t advance_fade(struct mca_tone *tone)
{
	uint32_t whole = tone->order.fade_frames;

	if (tone->fade < whole)
		tone->fade++;
	if (tone->fade > tone->left)
		tone->fade = (uint32_t)tone->left;
	return mca_raised_cosine_q30((uint32_t)(((uint64_t)tone->fade << 31) / whole));
}

static inline int16_t blend(int32_t below, int32_t above, int32_t share_q30)
{
	int64_t mixed = below * ((INT64_C(1) << 30) - share_q30) + (int64_t)above * share_q30;

	return mca_q_saturate_s16((int32_t)((mixed + (INT64_C(1) << 29)) >> 30));
}

uint64_t mca_tone_render(struct mca_tone *tone, int16_t *buffer, unsigned frames, unsigned lanes)
{
	for (; frames > 0 && tone->left > 0; frames--, buffer += lanes) {
		int32_t share_q30 = advance_fade(tone);
		int32_t amplitude = (int32_t)(tone->amplitude_q31 >> 16);
		int64_t sine = (int64_t)mca_sine_q30(tone->phase_q32) * amplitude;
		int32_t value = (int32_t)((sine + (INT64_C(1) << 29)) >> 30);

		for (unsigned lane = 0; lane < lanes; lane++)
			buffer[lane] = blend(buffer[lane], value, share_q30);
		tone->phase_q32 += tone->order.step_q32;
		tone->left--;
		approach_amplitude(tone);
	}
	if (tone->left == 0)
		tone->fade = 0;
	return tone->left;
}
