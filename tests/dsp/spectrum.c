/* SPDX-License-Identifier: MIT */
#include "spectrum.h"

#include <complex.h>
#include <math.h>

#define PI 3.14159265358979323846

/* Radix 2, recursive, `out` in natural order. */
static void transform(double complex *out, const double complex *in, unsigned size, unsigned stride)
{
	if (size == 1) {
		out[0] = in[0];
		return;
	}
	transform(out, in, size / 2, 2 * stride);
	transform(out + size / 2, in + stride, size / 2, 2 * stride);
	for (unsigned k = 0; k < size / 2; k++) {
		double complex turned = out[k + size / 2] * cexp(-2 * PI * I * k / size);
		double complex even = out[k];

		out[k] = even + turned;
		out[k + size / 2] = even - turned;
	}
}

static double window(unsigned i)
{
	double angle = 2 * PI * i / SPECTRUM_FRAMES;

	return 0.35875 - 0.48829 * cos(angle) + 0.14128 * cos(2 * angle) - 0.01168 * cos(3 * angle);
}

static double energy_from(const int16_t *samples, double bin)
{
	static double complex in[SPECTRUM_FRAMES], out[SPECTRUM_FRAMES];
	double energy = 0;

	for (unsigned i = 0; i < SPECTRUM_FRAMES; i++)
		in[i] = samples[i] * window(i);
	transform(out, in, SPECTRUM_FRAMES, 1);
	for (unsigned k = (unsigned)ceil(bin); k < SPECTRUM_FRAMES / 2; k++)
		energy += creal(out[k] * conj(out[k]));
	return energy;
}

double spectrum_above_db(const int16_t *samples, const int16_t *reference, unsigned rate_hz,
			 double frequency_hz)
{
	double bin = frequency_hz * SPECTRUM_FRAMES / rate_hz;

	return 10 * log10(energy_from(samples, bin) / energy_from(reference, 0));
}
