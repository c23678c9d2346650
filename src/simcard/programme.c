/* SPDX-License-Identifier: MIT */
/*
 * Source-filter speech, as simple as it can be and still move a meter like a talker: a glottal
 * pulse train (a falling pitch) or noise excites three two-pole resonators in parallel, tuned to
 * the formants of five vowels (after Peterson and Barney, JASA 24, 1952, average male voice);
 * raised-cosine syllables make the 4 Hz envelope that compressors react to. All times are in
 * seconds and all frequencies in Hz until the last moment, which keeps the character independent of
 * the rate.
 */
#include "programme.h"

#include <math.h>
#include <stdlib.h>

#define LOOP_S 12
#define FORMANTS 3
#define TAIL_S 0.25        /* silence before the loop point: the resonators ring out */
#define FADE_S 0.02
#define DEMAND_PASSES 6    /* rounds of level correction against clamping */

static const double pi = 3.14159265358979323846;

static const double vowel_hz[5][FORMANTS] = {
	{ 730, 1090, 2440 }, { 530, 1840, 2480 }, { 270, 2290, 3010 }, { 570, 840, 2410 },
	{ 300, 870, 2240 },
};
static const double formant_width_hz[FORMANTS] = { 90, 110, 170 };
static const double formant_gain[FORMANTS] = { 1.0, 0.5, 0.25 };

struct resonator {
	double a1, a2, gain, y1, y2;
};

struct talker {
	uint32_t random;
	double rate_hz, pitch_hz, tempo;
	double noise_gain;     /* keeps the power of noise per Hz the same at every rate */
	double pulse_phase;
	struct resonator formant[FORMANTS];
	float *loop;
	size_t frames;
};

/* xorshift32 (Marsaglia, J. Stat. Software 8(14), 2003). */
static uint32_t draw(struct talker *talker)
{
	uint32_t x = talker->random;

	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	return talker->random = x;
}

static double draw_between(struct talker *talker, double low, double high)
{
	return low + (high - low) * (draw(talker) * (1.0 / 4294967296.0));
}

static void tune(struct talker *talker, const double *hz)
{
	for (unsigned i = 0; i < FORMANTS; i++) {
		struct resonator *r = &talker->formant[i];
		double f = fmin(hz[i], 0.45 * talker->rate_hz);
		double radius = exp(-pi * formant_width_hz[i] / talker->rate_hz);

		r->a1 = 2 * radius * cos(2 * pi * f / talker->rate_hz);
		r->a2 = -radius * radius;
		/* Unit gain at the peak, whatever the rate. */
		r->gain =
			formant_gain[i] * (1 - radius) *
			sqrt(1 - 2 * radius * cos(4 * pi * f / talker->rate_hz) + radius * radius);
	}
}

static double resonate(struct talker *talker, double excitation)
{
	double sum = 0;

	for (unsigned i = 0; i < FORMANTS; i++) {
		struct resonator *r = &talker->formant[i];
		double y = r->gain * excitation + r->a1 * r->y1 + r->a2 * r->y2;

		r->y2 = r->y1;
		r->y1 = y;
		sum += y;
	}
	return sum;
}

/* One pulse of a length in time, not in frames: its energy in the formant bands stays the same. */
static double glottis(struct talker *talker, double pitch_hz)
{
	double open = 0.0006 * pitch_hz;

	talker->pulse_phase += pitch_hz / talker->rate_hz;
	if (talker->pulse_phase >= 1)
		talker->pulse_phase -= 1;
	if (talker->pulse_phase >= open)
		return 0;
	return 12 * sin(pi * talker->pulse_phase / open);
}

static double breath(struct talker *talker)
{
	return draw_between(talker, -1, 1) * talker->noise_gain;
}

/* One syllable from `at` on; returns the frame after it. */
static size_t speak_syllable(struct talker *talker, size_t at, double seconds, double stress,
			     double pitch_hz)
{
	size_t length = (size_t)(seconds * talker->rate_hz);
	size_t hiss = (size_t)(draw_between(talker, 0.0, 0.07) * talker->rate_hz);
	double fricative = draw_between(talker, 0.05, 0.25);
	double old = 0;

	tune(talker, vowel_hz[draw(talker) % 5]);
	for (size_t i = 0; i < length && at < talker->frames; i++, at++) {
		double x = (double)i / (double)length;
		double envelope = 0.5 - 0.5 * cos(2 * pi * sqrt(x));
		double noise = breath(talker);
		double voice = glottis(talker, pitch_hz * (1.05 - 0.1 * x)) + 0.02 * noise;

		talker->loop[at] =
			(float)(stress * (envelope * resonate(talker, voice) +
					  (i < hiss ? fricative * 0.5 * (noise - old) : 0)));
		old = noise;
	}
	return at;
}

/* A phrase: a handful of syllables under a falling pitch, then a breath. */
static size_t speak_phrase(struct talker *talker, size_t at)
{
	unsigned syllables = 3 + draw(talker) % 7;

	for (unsigned i = 0; i < syllables && at < talker->frames; i++) {
		double fall = 1.15 - 0.3 * i / syllables;
		double seconds = draw_between(talker, 0.16, 0.32) / talker->tempo;

		at = speak_syllable(talker, at, seconds, draw_between(talker, 0.45, 1.0),
				    talker->pitch_hz * fall);
	}
	return at + (size_t)(draw_between(talker, 0.2, 0.6) * talker->rate_hz);
}

/* Silence before the loop point, reached without a step. */
static void close_loop(struct talker *talker)
{
	size_t tail = (size_t)(TAIL_S * talker->rate_hz), fade = (size_t)(FADE_S * talker->rate_hz);
	size_t begin = talker->frames - tail - fade;

	for (size_t i = 0; i < fade; i++)
		talker->loop[begin + i] *= (float)(0.5 + 0.5 * cos(pi * (double)i / (double)fade));
	for (size_t i = begin + fade; i < talker->frames; i++)
		talker->loop[i] = 0;
}

/* Not fmin() and fmax(): those are calls. */
static double clamp(double x)
{
	return x > 32767 ? 32767 : x < -32768 ? -32768 : x;
}

static double rms_of(const struct talker *talker, double gain)
{
	double sum = 0;

	for (size_t i = 0; i < talker->frames; i++) {
		double x = clamp(gain * talker->loop[i]);

		sum += x * x;
	}
	return sqrt(sum / (double)talker->frames);
}

/* The gain that gives the level; more than one pass only when peaks are clamped. */
static double find_gain(const struct talker *talker, double level_dbfs)
{
	double wanted = 32768 * pow(10, level_dbfs / 20);
	double gain = wanted;

	for (unsigned i = 0; i < DEMAND_PASSES; i++) {
		double correction = wanted / fmax(rms_of(talker, gain), 1e-9);

		gain *= correction;
		if (fabs(correction - 1) < 1e-3)
			break;
	}
	return gain;
}

size_t mca_simprogramme_frames(unsigned rate_hz)
{
	return (size_t)LOOP_S * rate_hz;
}

int16_t *mca_simprogramme_new(unsigned voice, unsigned rate_hz, double level_dbfs)
{
	struct talker talker = { .random = 0x9e3779b9u * (voice + 1), .rate_hz = rate_hz,
				 .frames = mca_simprogramme_frames(rate_hz) };
	int16_t *samples = malloc(talker.frames * sizeof(*samples));
	double gain;

	talker.loop = calloc(talker.frames, sizeof(*talker.loop));
	if (!samples || !talker.loop) {
		free(samples);
		free(talker.loop);
		return NULL;
	}
	talker.pitch_hz = 95 + 16 * (voice * 5 % 9);
	talker.noise_gain = sqrt(rate_hz / 44100.0);
	talker.tempo = draw_between(&talker, 0.9, 1.15);
	for (size_t at = 0; at < talker.frames;)
		at = speak_phrase(&talker, at);
	close_loop(&talker);
	gain = find_gain(&talker, level_dbfs);
	for (size_t i = 0; i < talker.frames; i++)
		samples[i] = (int16_t)lrint(clamp(gain * talker.loop[i]));
	free(talker.loop);
	return samples;
}
