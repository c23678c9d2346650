/* SPDX-License-Identifier: MIT */
/* What a level becomes: the static curve, the times of the detector, and distortion of tones. */
#include <math.h>
#include <stdlib.h>

#include "../support/check.h"
#include "model.h"
#include "signals.h"
#include "sine_fit.h"

#define RATE 44100

/* Gain in dB between two signals that differ by a factor and rounding noise. */
static double gain_db(const int16_t *in, const int16_t *out, unsigned samples)
{
	double both = 0, square = 0;

	for (unsigned i = 0; i < samples; i++) {
		both += (double)in[i] * out[i];
		square += (double)in[i] * in[i];
	}
	return 20 * log10(both / square);
}

static double measured_reduction(const struct mca_chain_params *params, double level_db, int square)
{
	unsigned frames = 2 * RATE;
	int16_t *in = malloc(frames * sizeof(*in));
	int16_t *out = malloc(frames * sizeof(*out));
	double amplitude = pow(10, level_db / 20), gain;
	struct mca_chain chain;

	signal_sine(in, frames, 1, RATE, 997, amplitude, 0);
	for (unsigned i = 0; square && i < frames; i++)
		in[i] = (int16_t)fmin(copysign(rint(32768 * amplitude), in[i]), 32767);
	chain_start(&chain, params);
	mca_chain_process(&chain, in, out, frames, true);
	gain = gain_db(in + RATE, out + RATE, RATE);
	free(in);
	free(out);
	return -gain;
}

static void check_curve(const struct mca_chain_params *params)
{
	double worst = 0;

	for (int level = -60; level <= 0; level += 3) {
		double peak = fmin(rint(32768 * pow(10, level / 20.0)), 32767);
		double wanted = model_curve(params, 20 * log10(peak / 32768)) -
				params->comp.makeup_db;

		for (int square = 0; square < 2; square++) {
			double got = measured_reduction(params, level, square);

			if (fabs(got - wanted) > 0.05)
				printf("# %d dBFS %s: %g dB, must be %g\n", level,
				       square ? "square" : "sine", got, wanted);
			worst = fmax(worst, fabs(got - wanted));
		}
	}
	printf("# worst %.4f dB\n", worst);
	CHECK(worst <= 0.05);
}

static struct mca_chain_params compressor_alone(double ratio, double threshold, double knee)
{
	struct mca_chain_params params = params_default();

	params.lanes = 1;
	params.limiter.enabled = false;
	params.comp.ratio = ratio;
	params.comp.threshold_dbfs = threshold;
	params.comp.knee_db = knee;
	return params;
}

static void the_default_curve(void)
{
	struct mca_chain_params params = compressor_alone(2, -20, 0);

	check_curve(&params);
}

static void curves_with_a_knee(void)
{
	struct mca_chain_params params = compressor_alone(4, -24, 12);

	check_curve(&params);
	params = compressor_alone(1.5, -12, 24);
	check_curve(&params);
	params = compressor_alone(1, -30, 6);
	check_curve(&params);
}

/* With makeup everything is that much louder, and nothing else; the ratio leaves room for it. */
static void curves_with_makeup(void)
{
	struct mca_chain_params params = compressor_alone(8, -40, 0);

	params.comp.makeup_db = 24;
	check_curve(&params);
	params = compressor_alone(INFINITY, -30, 18);
	params.comp.makeup_db = 7.5;
	check_curve(&params);
}

static void the_smallest_knee_is_a_hard_one(void)
{
	struct mca_chain_params params = compressor_alone(3, -20, 1e-7);

	check_curve(&params);
}

/* Frames until the gain reduction has come `share` of its way, linearly between frames. */
static double frames_until(const int16_t *out, double level, double from_db, double to_db,
			   double share, unsigned frames)
{
	double wanted = from_db + share * (to_db - from_db), before = from_db;

	for (unsigned i = 0; i < frames; i++) {
		double now = 20 * log10(level / out[i]);

		if ((now - wanted) * (to_db - from_db) >= 0)
			return i + (wanted - before) / (now - before);
		before = now;
	}
	return INFINITY;
}

static void check_times(unsigned rate_hz, double attack_ms, double release_ms)
{
	struct mca_chain_params params = compressor_alone(2, -20, 0);
	unsigned loud = (unsigned)(20 * attack_ms * rate_hz / 1000) + 100;
	unsigned quiet = (unsigned)(3 * release_ms * rate_hz / 1000) + 100;
	unsigned frames = loud + quiet;
	int16_t *samples = malloc(frames * sizeof(*samples));
	double full_db = model_curve(&params, 20 * log10(32767 / 32768.0));
	double attack_frames, release_frames;
	struct mca_chain chain;

	params.rate_hz = rate_hz;
	params.comp.attack_ms = attack_ms;
	params.comp.release_ms = release_ms;
	for (unsigned i = 0; i < frames; i++)
		samples[i] = i < loud ? 32767 : 3270;
	chain_start(&chain, &params);
	mca_chain_process(&chain, samples, samples, frames, true);
	attack_frames = frames_until(samples, 32767, 0, full_db, 1 - exp(-1), loud);
	release_frames = frames_until(samples + loud, 3270, full_db, 0, 1 - exp(-1), quiet);
	printf("# %u Hz %g/%g ms: %.3f/%.3f ms\n", rate_hz, attack_ms, release_ms,
	       1e3 * attack_frames / rate_hz, 1e3 * release_frames / rate_hz);
	/* 2 %, and one frame since a step begins on one. */
	attack_ms *= rate_hz / 1e3;
	release_ms *= rate_hz / 1e3;
	CHECK_NEAR(attack_frames, attack_ms, 0.02 * attack_ms + 1);
	CHECK_NEAR(release_frames, release_ms, 0.02 * release_ms + 1);
	free(samples);
}

static void attack_and_release_take_their_time(void)
{
	static const double times[][2] = { { 10, 100 }, { 1, 50 }, { 0, 100 }, { 50, 50 }, { 0, 0 },
					   { 30, 31 }, { 100, 1000 }, { 5, 5.0001 } };

	for (unsigned i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		check_times(44100, times[i][0], times[i][1]);
		check_times(8000, times[i][0], times[i][1]);
	}
	check_times(192000, 10, 100);
	check_times(8000, 1000, 10000);
}

static void check_distortion(double frequency_hz, double wanted_db)
{
	static int16_t samples[3 * RATE];
	struct mca_chain_params params = params_default();
	struct mca_chain chain;
	struct sine_fit fit;

	params.lanes = 1;
	signal_sine(samples, 3 * RATE, 1, RATE, frequency_hz, pow(10, -6 / 20.0), 0);
	chain_start(&chain, &params);
	mca_chain_process(&chain, samples, samples, 3 * RATE, true);
	fit = sine_fit(samples + 2 * RATE, RATE, 1, RATE, frequency_hz);
	printf("# %g Hz: THD+N %.2f dB\n", frequency_hz, fit.residue_db);
	CHECK_NEAR(fit.residue_db, wanted_db, 1.0);
}

static void tones_keep_their_shape(void)
{
	check_distortion(100, -68.7);
	check_distortion(997, -83.6);
	check_distortion(10007, -81.6);
}

int main(void)
{
	RUN(the_default_curve);
	RUN(curves_with_a_knee);
	RUN(curves_with_makeup);
	RUN(the_smallest_knee_is_a_hard_one);
	RUN(attack_and_release_take_their_time);
	RUN(tones_keep_their_shape);
	return DONE();
}
