/* SPDX-License-Identifier: MIT */
#include "sine_fit.h"

#include <math.h>

#define PI 3.14159265358979323846

struct sine_fit sine_fit(const int16_t *samples, unsigned frames, unsigned lanes, unsigned rate_hz,
			 double frequency_hz)
{
	double sines = 0, cosines = 0, power = 0, residue;

	for (unsigned i = 0; i < frames; i++) {
		double angle = 2 * PI * fmod(i * frequency_hz / rate_hz, 1.0);
		double x = samples[i * lanes];

		sines += x * sin(angle);
		cosines += x * cos(angle);
		power += x * x;
	}
	sines *= 2.0 / frames;
	cosines *= 2.0 / frames;
	power /= frames;
	residue = power - (sines * sines + cosines * cosines) / 2;
	return (struct sine_fit) {
		.amplitude = hypot(sines, cosines),
		.residue_db = 10 * log10(fmax(residue, 1e-12) /
					 ((sines * sines + cosines * cosines) / 2)),
	};
}
