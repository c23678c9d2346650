/* SPDX-License-Identifier: MIT */
#include "spectrum.h"

#include <complex.h>
#include <math.h>

#define PI 3.14159265358979323846

/* exp(-2 pi i k / SPECTRUM_FRAMES), of half a turn. */
static const double complex *turns(void)
{
	static double complex table[SPECTRUM_FRAMES / 2];

	for (unsigned k = 0; table[0] == 0 && k < SPECTRUM_FRAMES / 2; k++)
		table[SPECTRUM_FRAMES / 2 - 1 - k] =
			cexp(-2 * PI * I * (SPECTRUM_FRAMES / 2 - 1 - k) / SPECTRUM_FRAMES);
	return table;
}

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
		double complex turned = out[k + size / 2] * turns()[k * (SPECTRUM_FRAMES / size)];
		double complex even = out[k];

		out[k] = even + turned;
		out[k + size / 2] = even - turned;
	}
}

static double window(unsigned i, unsigned frames)
{
	double angle = 2 * PI * i / frames;

	return 0.35875 - 0.48829 * cos(angle) + 0.14128 * cos(2 * angle) - 0.01168 * cos(3 * angle);
}

static double energy_from(const int16_t *samples, unsigned frames, double bin)
{
	static double complex in[SPECTRUM_FRAMES], out[SPECTRUM_FRAMES];
	double energy = 0;

	for (unsigned i = 0; i < frames; i++)
		in[i] = samples[i] * window(i, frames);
	transform(out, in, frames, 1);
	for (unsigned k = (unsigned)ceil(bin); k < frames / 2; k++)
		energy += creal(out[k] * conj(out[k]));
	return energy;
}

double spectrum_above_db(const int16_t *samples, const int16_t *reference, unsigned rate_hz,
			 double frequency_hz)
{
	double bin = frequency_hz * SPECTRUM_FRAMES / rate_hz;

	return 10 * log10(energy_from(samples, SPECTRUM_FRAMES, bin) /
			  energy_from(reference, SPECTRUM_FRAMES, 0));
}

double spectrum_burst_db(const int16_t *samples, unsigned frames, const int16_t *reference,
			 unsigned rate_hz, double frequency_hz)
{
	double bin = frequency_hz * SPECTRUM_BURST_FRAMES / rate_hz, most = 0;

	for (unsigned at = 0; at + SPECTRUM_BURST_FRAMES <= frames; at += SPECTRUM_BURST_FRAMES / 8)
		most = fmax(most, energy_from(samples + at, SPECTRUM_BURST_FRAMES, bin));
	return 10 * log10(most / energy_from(reference, SPECTRUM_BURST_FRAMES, 0));
}
