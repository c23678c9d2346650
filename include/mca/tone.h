/* SPDX-License-Identifier: MIT */
#ifndef MCA_TONE_H
#define MCA_TONE_H

#include <stdint.h>

/*
 * Test tone: a sine by phase accumulation over a table, faded in and out over 10 ms.
 * Q formats: phase Q32 of a turn, amplitude Q15 of full scale peak.
 */
struct mca_tone_order {
	uint32_t step_q32;      /* phase per frame: frequency / rate * 2^32 */
	uint32_t amplitude_q15; /* 0..32767 */
	uint64_t frames;        /* length, fades included; 0 = stop now (with the fade) */
	uint32_t fade_frames;
	uint32_t serial;        /* differs from order to order */
};

struct mca_tone {
	struct mca_tone_order order;
	uint32_t phase_q32;
	uint32_t amplitude_q31; /* on its way to the order's */
	uint32_t fade;          /* 0..fade_frames, never more than left */
	uint64_t left;          /* frames still to play, fades included */
};

/* Turn user units into an order. level_dbfs is the RMS level by the meters' convention (-20 dBFS:
 * the VU shows -20); a sine cannot exceed -3.01. Returns 0 or -EINVAL: frequency 10..rate/2 - 1 Hz,
 * level -60..-3.02, seconds > 0..3600, rate 8000..192000. serial is left 0: the caller counts
 * its orders. Thread: control. */
int mca_tone_cook(struct mca_tone_order *order, double frequency_hz, double level_dbfs,
		  double seconds, unsigned rate_hz);

/* Silence. Thread: any, before use. */
void mca_tone_init(struct mca_tone *tone);

/* Begin (or replace, or stop) a tone, without a step: phase and fade go on from where they are, a
 * stop fades out. Thread: RT. */
void mca_tone_start(struct mca_tone *tone, const struct mca_tone_order *order);

/* Replace `frames` interleaved frames of `lanes` lanes by the tone, cross-faded with what is there
 * at both ends. Returns the frames of tone still to come, 0 = idle (buffer untouched).
 * Thread: RT. */
uint64_t mca_tone_render(struct mca_tone *tone, int16_t *buffer, unsigned frames, unsigned lanes);

#endif
