/* SPDX-License-Identifier: MIT */
#ifndef MCA_TEST_RESAMPLE_TONE_H
#define MCA_TEST_RESAMPLE_TONE_H

#include <stdint.h>

#include "mca/resampler.h"

/* Sounds whose value is known at every time, and what is found of them behind a resampler. */
#define TONES_MAX 12

struct tones {
	unsigned count;
	double cycles[TONES_MAX];      /* a frame */
	double amplitude[TONES_MAX];   /* LSB */
	double phase[TONES_MAX];       /* cycles */
};

double tones_at(const struct tones *tones, double frame);
/* int16 frames from `first` on, in every lane. */
void tones_render(const struct tones *tones, int64_t first, int16_t *out, unsigned frames,
		  unsigned lanes);

/* A sine of known frequency in one lane, fitted by least squares together with a constant. */
struct tone_found {
	double amplitude;    /* LSB */
	double phase;        /* cycles, at frame 0 */
	double rest;         /* rms of all else, LSB */
};
struct tone_found tone_find(const int16_t *samples, unsigned frames, unsigned lanes, double cycles);

/* Feed tones in blocks of odd lengths until `frames` have come out; the first `skip` are dropped.
 * Returns how many went in. */
unsigned resample_tones(struct mca_resampler *resampler, const struct tones *tones, unsigned skip,
			int16_t *out, unsigned frames);

#endif
