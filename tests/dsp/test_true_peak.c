/* SPDX-License-Identifier: MIT */
/*
 * The true peak against the table of ITU-R BS.1770-4, Annex 2, as it is printed, and against the
 * sound itself: sums of sines whose peak between the samples is known without any interpolator.
 */
#include <math.h>
#include <stdlib.h>

#include "../support/check.h"
#include "effort.h"
#include "signals.h"

#define RATE 48000u
#define WINDOW (RATE / 10)
#define FRAMES (3 * WINDOW)
#define PI 3.14159265358979323846

static const double printed[4][12] = {
	{ 0.0017089843750, 0.0109863281250, -0.0196533203125, 0.0332031250000, -0.0594482421875,
	  0.1373291015625, 0.9721679687500, -0.1022949218750, 0.0476074218750, -0.0266113281250,
	  0.0148925781250, -0.0083007812500 },
	{ -0.0291748046875, 0.0292968750000, -0.0517578125000, 0.0891113281250, -0.1665039062500,
	  0.4650878906250, 0.7797851562500, -0.2003173828125, 0.1015625000000, -0.0582275390625,
	  0.0330810546875, -0.0189208984375 },
	{ -0.0189208984375, 0.0330810546875, -0.0582275390625, 0.1015625000000, -0.2003173828125,
	  0.7797851562500, 0.4650878906250, -0.1665039062500, 0.0891113281250, -0.0517578125000,
	  0.0292968750000, -0.0291748046875 },
	{ -0.0083007812500, 0.0148925781250, -0.0266113281250, 0.0476074218750, -0.1022949218750,
	  0.9721679687500, 0.1373291015625, -0.0594482421875, 0.0332031250000, -0.0196533203125,
	  0.0109863281250, 0.0017089843750 },
};

/* A chain that touches nothing, so that what is fed is what is measured. */
static struct mca_chain_params plain(unsigned lanes)
{
	struct mca_chain_params params = params_default();

	params.rate_hz = RATE;
	params.lanes = lanes;
	params.comp.enabled = params.limiter.enabled = false;
	params.true_peak = true;
	return params;
}

static double largest(const int16_t *samples, unsigned from, unsigned to, unsigned lanes)
{
	double most = 0;

	for (unsigned i = from; i < to; i++)
		for (unsigned phase = 0; phase < 4; phase++) {
			double sum = 0;

			for (unsigned tap = 0; tap < 12 && tap <= i; tap++)
				sum += printed[phase][tap] * samples[(i - tap) * lanes];
			most = fmax(most, fabs(sum));
		}
	return most;
}

/* To the last digit, for every window: what came before it counts too. */
static void it_is_the_printed_interpolator(void)
{
	static int16_t samples[FRAMES * MCA_LANES_MAX];

	for (unsigned lanes = 1; lanes <= 2; lanes++)
		for (int kind = 0; kind < SIGNAL_KINDS; kind++) {
			struct mca_chain_params params = plain(lanes);
			struct mca_chain chain;

			chain_start(&chain, &params);
			signal_fill(samples, FRAMES, lanes, RATE, (enum signal_kind)kind, 3);
			for (unsigned window = 0; window < 3; window++) {
				const struct mca_meter_reading *last = &chain.meter.last;
				unsigned from = window * WINDOW;
				int16_t *block = samples + from * lanes;

				mca_chain_process(&chain, block, block, WINDOW, true);
				CHECK_INT(last->true_peak_known, 1);
				for (unsigned lane = 0; lane < lanes; lane++)
					CHECK_NEAR(last->true_peak_q13[lane], 8192 *
						   largest(samples + lane, from, from + WINDOW,
							   lanes), 0);
			}
		}
}

static struct mca_levels listen(const int16_t *samples, unsigned frames)
{
	static int16_t out[FRAMES];
	struct mca_chain_params params = plain(1);
	struct mca_levels levels;
	struct mca_chain chain;

	chain_start(&chain, &params);
	mca_chain_process(&chain, samples, out, frames, true);
	mca_levels_from_reading(&levels, &chain.meter.last);
	return levels;
}

/* Samples at 45, 135, 225, 315 degrees never meet the top of the sine, 3.01 dB above them. The
 * phases come as near as 1/8 of a sample: cos(pi/16) of it, 0.17 dB. */
static void a_quarter_of_the_rate_hides_three_decibels(void)
{
	static int16_t samples[2 * WINDOW];
	struct mca_levels levels;

	for (unsigned i = 0; i < 2 * WINDOW; i++)
		samples[i] = (int16_t)lrint(20000 * sin(PI * (0.25 + 0.5 * i)));
	levels = listen(samples, 2 * WINDOW);
	printf("# %.2f dBFS, %.2f dBTP\n", levels.peak_dbfs[0], levels.true_peak_dbtp[0]);
	CHECK_NEAR(levels.peak_dbfs[0], 20 * log10(20000 / 32768.0) - 3.01, 0.01);
	CHECK_NEAR(levels.true_peak_dbtp[0] - levels.peak_dbfs[0], 3.01, 0.2);
}

/* Where sines meet, sound rises above full scale between samples that do not. */
static void it_can_lie_above_full_scale(void)
{
	static int16_t samples[2 * WINDOW];
	struct mca_levels levels;

	for (unsigned i = 0; i < 2 * WINDOW; i++)
		samples[i] = i % 4 < 2 ? 32767 : -32767;
	levels = listen(samples, 2 * WINDOW);
	printf("# %.2f dBFS, %.2f dBTP\n", levels.peak_dbfs[0], levels.true_peak_dbtp[0]);
	CHECK_NEAR(levels.peak_dbfs[0], 0, 0.001);
	CHECK_NEAR(levels.true_peak_dbtp[0], 3.01, 0.2);
}

struct chord {
	double frequency[5], phase[5], amplitude;
};

static double sound_at(const struct chord *chord, double frame)
{
	double sum = 0;

	for (unsigned i = 0; i < 5; i++)
		sum += sin(2 * PI * chord->frequency[i] * frame + chord->phase[i]);
	return chord->amplitude * sum;
}

/* Frequencies up to `highest` of the rate; how far the reading is from the peak of the sound. */
static double chord_error_db(struct dice *dice, double highest)
{
	static int16_t samples[WINDOW];
	struct chord chord = { .amplitude = dice_between(dice, 600, 6000) };
	double most = 0;

	for (unsigned i = 0; i < 5; i++) {
		chord.frequency[i] = dice_between(dice, 0.002, highest);
		chord.phase[i] = dice_between(dice, 0, 2 * PI);
	}
	for (unsigned i = 0; i < WINDOW; i++)
		samples[i] = (int16_t)lrint(sound_at(&chord, i));
	for (unsigned i = 0; i < (WINDOW - 12) * 32; i++)
		most = fmax(most, fabs(sound_at(&chord, i / 32.0)));
	return listen(samples, WINDOW).true_peak_dbtp[0] - 20 * log10(most / 32768);
}

static void check_chords(double highest, double below_db, double above_db)
{
	struct dice dice = { 23 };
	double lowest = 0, top = 0;

	for (int i = 0; i < EFFORT(40); i++) {
		double error = chord_error_db(&dice, highest);

		lowest = fmin(lowest, error);
		top = fmax(top, error);
	}
	printf("# up to %g of the rate: %.3f to %.3f dB\n", highest, lowest, top);
	CHECK(lowest >= -below_db && top <= above_db);
}

/* A grid of 1/4 misses a peak by 1/8 of a sample at most: cos(pi f / 4), which is 0.17 dB at a
 * quarter of the rate and 0.56 dB at 0.45; the rest is the ripple of the printed filter. */
static void it_hears_what_is_between_the_samples(void)
{
	check_chords(0.25, 0.25, 0.15);
	check_chords(0.45, 0.75, 0.4);
}

static void it_is_never_below_the_sample_peak(void)
{
	static int16_t samples[2 * WINDOW];

	for (unsigned i = 0; i < 6; i++) {
		struct mca_levels levels;

		signal_fill(samples, 2 * WINDOW, 1, RATE, SIGNAL_IMPULSES, i);
		levels = listen(samples, 2 * WINDOW);
		CHECK(levels.true_peak_dbtp[0] >= levels.peak_dbfs[0]);
	}
	memset(samples, 0, sizeof(samples));
	CHECK_NEAR(listen(samples, 2 * WINDOW).true_peak_dbtp[0], -60, 0);
}

/* Switched on and off while sound goes on: known, and not; no sample knows of it. */
static void it_is_measured_when_it_is_asked_for(void)
{
	static int16_t in[FRAMES], out[FRAMES];
	struct mca_chain_params params = plain(1);
	struct mca_chain_cooked on, off;
	struct mca_levels levels;
	struct mca_chain chain;

	CHECK_INT(mca_chain_cook(&on, &params, NULL), 0);
	params.true_peak = false;
	CHECK_INT(mca_chain_cook(&off, &params, NULL), 0);
	signal_fill(in, FRAMES, 1, RATE, SIGNAL_NOISE, 1);
	mca_chain_init(&chain, &off, true);
	mca_chain_process(&chain, in, out, WINDOW, true);
	mca_levels_from_reading(&levels, &chain.meter.last);
	CHECK(!levels.true_peak_known);
	mca_chain_set(&chain, &on);
	mca_chain_process(&chain, in + WINDOW, out + WINDOW, WINDOW, true);
	CHECK_INT(chain.meter.last.true_peak_known, 1);
	CHECK_NEAR(chain.meter.last.true_peak_q13[0], 8192 * largest(in + WINDOW, 0, WINDOW, 1), 0);
	mca_chain_set(&chain, &off);
	mca_chain_process(&chain, in + 2 * WINDOW, out + 2 * WINDOW, WINDOW, true);
	CHECK_INT(chain.meter.last.true_peak_known, 0);
	CHECK(memcmp(in, out, sizeof(in)) == 0);
}

int main(void)
{
	RUN(it_is_the_printed_interpolator);
	RUN(a_quarter_of_the_rate_hides_three_decibels);
	RUN(it_can_lie_above_full_scale);
	RUN(it_hears_what_is_between_the_samples);
	RUN(it_is_never_below_the_sample_peak);
	RUN(it_is_measured_when_it_is_asked_for);
	return DONE();
}
