/* SPDX-License-Identifier: MIT */
/*
 * Found by correlation. Where its absolute value peaks the chirp begins, be its polarity inverted
 * or not; a parabola through the peak and its neighbours gives the fraction of a frame, to about a
 * hundredth. Divided by the energies of both it becomes the likeness, which noise of the chirp's
 * own level leaves at 0.7 and anything unrelated below 0.2.
 */
#include "chirp.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#define PI 3.14159265358979323846
#define LENGTH_S 0.05
#define FROM_HZ 300.0
#define TO_HZ 8000.0
#define TO_RATE 0.35       /* but no higher than so much of the rate */
#define FULL_SCALE 32767.0
#define SOUND_MIN 1.0      /* mean square below which there is nothing to compare, LSB^2 */

enum { SUMS = 8 };         /* at once, so that the processor does not wait for one */

int mca_chirp_init(struct mca_chirp *chirp, unsigned rate_hz)
{
	double to_hz = TO_HZ < TO_RATE * rate_hz ? TO_HZ : TO_RATE * rate_hz;
	double rise = (to_hz - FROM_HZ) / LENGTH_S;

	chirp->rate_hz = rate_hz;
	chirp->frames = (unsigned)(LENGTH_S * rate_hz) / SUMS * SUMS;
	chirp->energy = 0;
	chirp->wave = malloc(chirp->frames * sizeof(*chirp->wave));
	if (!chirp->wave)
		return -ENOMEM;
	for (unsigned i = 0; i < chirp->frames; i++) {
		double t = (double)i / rate_hz;
		double window = (1 - cos(2 * PI * t / LENGTH_S)) / 2;
		double sample = window * sin(2 * PI * (FROM_HZ + rise * t / 2) * t);

		chirp->wave[i] = (float)sample;
		chirp->energy += sample * sample;
	}
	return 0;
}

void mca_chirp_done(struct mca_chirp *chirp)
{
	free(chirp->wave);
	chirp->wave = NULL;
}

void mca_chirp_put(const struct mca_chirp *chirp, double peak_dbfs, int16_t *frames,
		   unsigned lanes)
{
	double peak = FULL_SCALE * pow(10, peak_dbfs / 20);

	for (unsigned i = 0; i < chirp->frames * lanes; i++)
		frames[i] = (int16_t)lrint(peak * (double)chirp->wave[i / lanes]);
}

static double correlate(const struct mca_chirp *chirp, const float *samples)
{
	float sum[SUMS] = { 0 };
	double all = 0;

	for (unsigned i = 0; i < chirp->frames; i += SUMS)
		for (unsigned k = 0; k < SUMS; k++)
			sum[k] += chirp->wave[i + k] * samples[i + k];
	for (unsigned k = 0; k < SUMS; k++)
		all += (double)sum[k];
	return fabs(all);
}

static double energy_of(const float *samples, unsigned count)
{
	double energy = 0;

	for (unsigned i = 0; i < count; i++)
		energy += (double)samples[i] * (double)samples[i];
	return energy;
}

double mca_chirp_find(const struct mca_chirp *chirp, const float *samples, size_t count,
		      double *at)
{
	double best = 0, before, after, bend, energy;
	size_t peak = 0, last;

	*at = 0;
	if (count < chirp->frames)
		return 0;
	last = count - chirp->frames;
	for (size_t i = 0; i <= last; i++) {
		double likeness = correlate(chirp, samples + i);

		if (likeness > best) {
			best = likeness;
			peak = i;
		}
	}
	energy = energy_of(samples + peak, chirp->frames);
	if (energy < SOUND_MIN * chirp->frames)
		return 0;
	*at = (double)peak;
	if (peak > 0 && peak < last) {
		before = correlate(chirp, samples + peak - 1);
		after = correlate(chirp, samples + peak + 1);
		bend = before - 2 * best + after;
		if (bend < 0)
			*at += (before - after) / (2 * bend);
	}
	return best / sqrt(energy * chirp->energy);
}
