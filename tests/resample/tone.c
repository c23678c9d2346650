/* SPDX-License-Identifier: MIT */
#include "tone.h"

#include <math.h>

#define PI 3.14159265358979323846

double tones_at(const struct tones *tones, double frame)
{
	double sum = 0;

	for (unsigned i = 0; i < tones->count; i++)
		sum += tones->amplitude[i] *
		       sin(2 * PI * fmod(tones->cycles[i] * frame + tones->phase[i], 1.0));
	return sum;
}

void tones_render(const struct tones *tones, int64_t first, int16_t *out, unsigned frames,
		  unsigned lanes)
{
	for (unsigned i = 0; i < frames; i++)
		for (unsigned lane = 0; lane < lanes; lane++)
			out[i * lanes + lane] = (int16_t)lrint(tones_at(tones, (double)first + i));
}

/* Three unknowns by Cramer's rule: m x = r, m symmetric. */
static void solve3(const double m[6], const double r[3], double x[3])
{
	double a = m[0], b = m[1], c = m[2], d = m[3], e = m[4], f = m[5]; /* ab c, d e, f */
	double det = a * (d * f - e * e) - b * (b * f - e * c) + c * (b * e - d * c);

	x[0] = (r[0] * (d * f - e * e) - b * (r[1] * f - e * r[2]) +
		c * (r[1] * e - d * r[2])) / det;
	x[1] = (a * (r[1] * f - e * r[2]) - r[0] * (b * f - e * c) +
		c * (b * r[2] - r[1] * c)) / det;
	x[2] = (a * (d * r[2] - r[1] * e) - b * (b * r[2] - r[1] * c) +
		r[0] * (b * e - d * c)) / det;
}

struct tone_found tone_find(const int16_t *samples, unsigned frames, unsigned lanes, double cycles)
{
	double m[6] = { 0 }, r[3] = { 0 }, x[3], rest = 0;

	for (unsigned i = 0; i < frames; i++) {
		double angle = 2 * PI * fmod(i * cycles, 1.0);
		double s = sin(angle), c = cos(angle), y = samples[i * lanes];

		m[0] += s * s, m[1] += s * c, m[2] += s;
		m[3] += c * c, m[4] += c, m[5] += 1;
		r[0] += s * y, r[1] += c * y, r[2] += y;
	}
	solve3(m, r, x);
	for (unsigned i = 0; i < frames; i++) {
		double angle = 2 * PI * fmod(i * cycles, 1.0);
		double d = samples[i * lanes] - x[0] * sin(angle) - x[1] * cos(angle) - x[2];

		rest += d * d;
	}
	return (struct tone_found) {
		.amplitude = hypot(x[0], x[1]),
		.phase = atan2(x[1], x[0]) / (2 * PI),
		.rest = sqrt(rest / frames),
	};
}

unsigned resample_tones(struct mca_resampler *resampler, const struct tones *tones, unsigned skip,
			int16_t *out, unsigned frames)
{
	unsigned lanes = resampler->lanes, total = 0, done = 0, left = skip, length = 1;
	int16_t in[700 * 2], drop[97 * 2];

	while (done < frames) {
		unsigned given = 0;

		length = length % 700 + 1; /* blocks of every length */
		tones_render(tones, total, in, length, lanes);
		while (given < length && done < frames) {
			unsigned used, made, want = left < 97 ? left : 97;

			mca_resampler_process(resampler, in + given * lanes, length - given, &used,
					      left ? drop : out + done * lanes,
					      left ? want : frames - done, &made);
			given += used;
			if (left)
				left -= made;
			else
				done += made;
		}
		total += given;
	}
	return total;
}
