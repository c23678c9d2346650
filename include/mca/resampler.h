/* SPDX-License-Identifier: MIT */
#ifndef MCA_RESAMPLER_H
#define MCA_RESAMPLER_H

#include <stdbool.h>
#include <stdint.h>

struct mca_diag;

/*
 * A stream of int16 frames at another rate, at a ratio that may change at any frame.
 *
 * Polyphase: a windowless least-squares low-pass (prototype.c) stands in a table of phases, and
 * between two phases the coefficients are interpolated. Positions count in 2^-32 input frames,
 * so a ratio is held to 0.0003 ppm and a new one begins at the next frame without a step. Floating
 * point is used inside, and the sums are made in one order everywhere: the bytes are the same on
 * every processor and for every partition of the stream into blocks.
 *
 *     rates          taps              delay, input frames   0.05 dB to    -1.5 dB    stopped from
 *     equal          64                32                    0.454 rate    -          0.55 rate
 *     different      80 x in/out, 80   half the taps         0.408 lower   0.4535     0.5 lower
 *
 * What is stopped is below -88 dB (equal rates: -115 dB). Equal rates are those of two crystals;
 * what folds there lies above 0.45 of the rate, where nothing is heard.
 */
#define MCA_RESAMPLER_LANES 2

struct mca_resampler {
	unsigned lanes;
	unsigned taps;             /* a multiple of 16 */
	unsigned phase_bits;       /* 2^phase_bits phases */
	bool avx2;
	uint64_t nominal_q32;      /* input frames an output frame, by the rates */
	uint64_t step_q32;         /* the same, as it was set */
	uint64_t at_q32;           /* of the first tap of the next output frame, in the history */
	unsigned filled;           /* frames in the history */
	unsigned capacity;         /* frames it can hold */
	float *memory;             /* owned; table and histories lie in it */
	const float *table;        /* a row a phase: 8 coefficients, 8 slopes, the next 8 ... */
	float *history[MCA_RESAMPLER_LANES];
};

/* Make the table for two rates (8000..192000 Hz) and 1 or 2 lanes, reset. 0, -EINVAL or -ENOMEM
 * with diag. Free with mca_resampler_done(). Takes about ten milliseconds. Thread: control. */
int mca_resampler_init(struct mca_resampler *resampler, unsigned in_hz, unsigned out_hz,
		       unsigned lanes, struct mca_diag *diag);
void mca_resampler_done(struct mca_resampler *resampler); /* {0} is fine. Thread: control. */

/* Frames between a frame in and the same sound out, counted at the input. Thread: any. */
unsigned mca_resampler_delay_frames(const struct mca_resampler *resampler);

/* Silence, as after init; the ratio stays. Thread: RT. */
void mca_resampler_reset(struct mca_resampler *resampler);

/* Consume `input frames an output frame` = nominal / (1 + ppm / 10^6): with a positive ppm more
 * frames come out. |ppm| <= 10000. Takes effect with the next output frame. Thread: RT. */
void mca_resampler_set_ppm(struct mca_resampler *resampler, double ppm);

/* Input frames that must come in before `out_frames` more can go out, and output frames that
 * `in_frames` more make. Thread: RT. */
unsigned mca_resampler_need(const struct mca_resampler *resampler, unsigned out_frames);
unsigned mca_resampler_yield(const struct mca_resampler *resampler, unsigned in_frames);

/*
 * Convert until the input is used up, or the output is full and the next input frame would make
 * one more. `used` and `made` are what was done: with room for mca_resampler_yield(in_frames) all
 * input is used. Thread: RT.
 */
void mca_resampler_process(struct mca_resampler *resampler, const int16_t *in, unsigned in_frames,
			   unsigned *used, int16_t *out, unsigned out_frames, unsigned *made);

#endif
