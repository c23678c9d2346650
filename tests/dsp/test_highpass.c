/* SPDX-License-Identifier: MIT */
/*
 * The high-pass alone, behind a chain that does nothing else: its response, what becomes of DC,
 * its noise, and that its state comes back.
 */
#include <math.h>
#include <stdlib.h>

#include "../support/check.h"
#include "model.h"
#include "signals.h"

static struct mca_chain_params only_highpass(unsigned rate_hz, double corner_hz)
{
	struct mca_chain_params params = params_default();

	params.rate_hz = rate_hz;
	params.lanes = 1;
	params.comp.enabled = false;
	params.limiter.enabled = false;
	params.highpass_hz = corner_hz;
	return params;
}

/* Gain in dB for a steady sine, after it has settled. */
static double gain_db(unsigned rate_hz, double corner_hz, double frequency_hz)
{
	struct mca_chain_params params = only_highpass(rate_hz, corner_hz);
	unsigned frames = rate_hz;
	int16_t *samples = malloc(frames * sizeof(*samples));
	double in = 0, out = 0;
	struct mca_chain chain;

	chain_start(&chain, &params);
	for (unsigned second = 0; second < 2; second++) {
		signal_sine(samples, frames, 1, rate_hz, frequency_hz, 0.9,
			    (uint64_t)second * frames);
		for (unsigned i = 0; second && i < frames; i++)
			in += (double)samples[i] * samples[i];
		mca_chain_process(&chain, samples, samples, frames, true);
		for (unsigned i = 0; second && i < frames; i++)
			out += (double)samples[i] * samples[i];
	}
	free(samples);
	return 10 * log10(out / in);
}

/* Butterworth: |H|^2 = 1 / (1 + (fc / f)^4), with both frequencies warped by the transform. */
static void the_response_is_butterworths(void)
{
	static const unsigned rates[] = { 8000, 44100, 192000 };
	static const double corners[] = { 20, 80, 120, 500 };

	for (unsigned r = 0; r < 3; r++)
		for (unsigned c = 0; c < 4; c++)
			for (double ratio = 0.25; ratio <= 4; ratio *= 2) {
				double f = corners[c] * ratio;
				double warped = tan(3.14159265358979 * corners[c] / rates[r]) /
						tan(3.14159265358979 * f / rates[r]);

				CHECK_NEAR(gain_db(rates[r], corners[c], f),
					   -10 * log10(1 + pow(warped, 4)), 0.02);
			}
}

static void dc_of_any_size_ends_in_exact_zeros(void)
{
	static const int16_t sizes[] = { 1, -1, 2, 100, -975, 32767, -32768 };
	static const unsigned rates[] = { 8000, 48000, 192000 };

	for (unsigned r = 0; r < 3; r++)
		for (unsigned s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
			struct mca_chain_params params = only_highpass(rates[r], 20 + 60 * (s % 3));
			unsigned settled = rates[r] / 4;
			struct mca_chain chain;

			/* Every gain there is: what is not zero would be seen. */
			params.comp.enabled = true;
			params.comp.ratio = 1;
			params.comp.makeup_db = 24;
			params.input_gain_db = 24;
			chain_start(&chain, &params);
			for (unsigned i = 0; i < 2 * settled; i++) {
				int16_t sample = sizes[s];

				mca_chain_process(&chain, &sample, &sample, 1, true);
				if (i >= settled)
					CHECK_INT(sample, 0);
			}
		}
}

/* When DC stops, the filter swings back and ends in zeros too; nothing is cut off. */
static void the_end_of_dc_is_heard(void)
{
	struct mca_chain_params params = only_highpass(48000, 80);
	double wanted = 0, loudest = 0;
	struct mca_chain chain;
	struct model model;

	chain_start(&chain, &params);
	model_init(&model, &params, true);
	for (unsigned i = 0; i < 48000; i++) {
		int16_t sample = i < 24000 ? 1000 : 0, in = sample;

		model_frame(&model, &in, &wanted, true);
		mca_chain_process(&chain, &sample, &sample, 1, true);
		CHECK_NEAR(sample, wanted, 0.52);
		loudest = i >= 24000 ? fmax(loudest, fabs(wanted)) : 0;
	}
	CHECK(loudest > 900);
}

/* The error against the model is that of one rounding: white, 1 / sqrt(12) of a sample. */
static void its_noise_is_one_rounding(void)
{
	static const double corners[] = { 20, 100, 500 };
	static int16_t samples[96000];

	for (unsigned c = 0; c < 3; c++)
		for (unsigned rate_hz = 8000; rate_hz <= 192000; rate_hz *= 24) {
			struct mca_chain_params params = only_highpass(rate_hz, corners[c]);
			double error = 0, wanted;
			struct mca_chain chain;
			struct model model;

			signal_fill(samples, 96000, 1, rate_hz, SIGNAL_BABBLE, c);
			chain_start(&chain, &params);
			model_init(&model, &params, true);
			for (unsigned i = 0; i < 96000; i++) {
				int16_t in = samples[i], out;

				model_frame(&model, &in, &wanted, true);
				mca_chain_process(&chain, &in, &out, 1, true);
				error += (out - wanted) * (out - wanted);
			}
			error = sqrt(error / 96000);
			printf("# %g Hz at %u Hz: %.4f LSB rms\n", corners[c], rate_hz, error);
			CHECK(error <= 0.295);
		}
}

static void silence_brings_it_back(void)
{
	static int16_t block[4096 * 2];
	struct dice dice = { 17 };

	for (int i = 0; i < 8; i++) {
		struct mca_chain_params params = params_default();
		struct mca_chain chain, fresh;

		params.highpass_hz = dice_between(&dice, 20, 500);
		chain_start(&chain, &params);
		chain_start(&fresh, &params);
		signal_fill(block, 4096, 2, params.rate_hz, SIGNAL_NOISE, (uint64_t)i);
		mca_chain_process(&chain, block, block, 4096, true);
		for (unsigned b = 0; b < 16; b++) {
			memset(block, 0, sizeof(block));
			mca_chain_process(&chain, block, block, 4096, true);
		}
		CHECK(memcmp(&chain.highpass, &fresh.highpass, sizeof(fresh.highpass)) == 0);
	}
}

int main(void)
{
	RUN(the_response_is_butterworths);
	RUN(dc_of_any_size_ends_in_exact_zeros);
	RUN(the_end_of_dc_is_heard);
	RUN(its_noise_is_one_rounding);
	RUN(silence_brings_it_back);
	return DONE();
}
