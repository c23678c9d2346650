/* SPDX-License-Identifier: MIT */
/* The test tone: level, frequency and purity; and no step when it starts, changes or stops. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "../support/check.h"
#include "mca/tone.h"
#include "signals.h"
#include "sine_fit.h"

#define RATE 44100

static struct mca_tone_order order_of(double frequency_hz, double level_dbfs, double seconds)
{
	struct mca_tone_order order;

	CHECK_INT(mca_tone_cook(&order, frequency_hz, level_dbfs, seconds, RATE), 0);
	return order;
}

static void a_tone_has_its_level_frequency_and_purity(void)
{
	static const double cases[][2] = { { 1000, -20 }, { 10, -3.02 }, { 440, -3.02 },
					   { 9999, -10 }, { 15000, -30 } };
	static int16_t buffer[2 * 2 * RATE];

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct mca_tone_order order = order_of(cases[i][0], cases[i][1], 10);
		struct mca_tone tone;
		struct sine_fit fit;

		mca_tone_init(&tone);
		mca_tone_start(&tone, &order);
		memset(buffer, 0, sizeof(buffer));
		CHECK_INT(mca_tone_render(&tone, buffer, 2 * RATE, 2), 8 * RATE);
		fit = sine_fit(buffer + 2 * RATE, RATE, 2, RATE, cases[i][0]);
		printf("# %g Hz: %.3f dBFS, THD+N %.1f dB\n", cases[i][0],
		       20 * log10(fit.amplitude / 32768 / sqrt(2)), fit.residue_db);
		CHECK_NEAR(20 * log10(fit.amplitude / 32768 / sqrt(2)), cases[i][1], 0.005);
		/* 16-bit noise, 1/12 LSB^2 to the tone, and the table's chords at -103 dB. */
		CHECK(fit.residue_db <= 10 * log10(1 / 6.0) - 20 * log10(fit.amplitude) + 2);
		for (unsigned k = 0; k < 2 * RATE; k++)
			CHECK(buffer[2 * k] == buffer[2 * k + 1]);
	}
}

static void it_plays_as_long_as_ordered(void)
{
	struct mca_tone_order order = order_of(1000, -10, 0.5);
	static int16_t buffer[RATE];
	struct mca_tone tone;

	for (unsigned i = 0; i < RATE; i++)
		buffer[i] = 77;
	mca_tone_init(&tone);
	CHECK_INT(mca_tone_render(&tone, buffer, RATE, 1), 0);
	CHECK_INT(buffer[100], 77);
	mca_tone_start(&tone, &order);
	CHECK_INT(mca_tone_render(&tone, buffer, 22049, 1), 1);
	CHECK_INT(mca_tone_render(&tone, buffer + 22049, RATE - 22049, 1), 0);
	CHECK(abs(buffer[22000] - 77) < 1000);
	CHECK_NEAR(buffer[22049], 77, 1);
	for (unsigned i = 22050; i < RATE; i++)
		CHECK(buffer[i] == 77);
}

/* Random orders over a constant: no sample moves further than the steepest sine and fade. */
static void nothing_ordered_makes_a_step(void)
{
	struct dice dice = { 91 };
	struct mca_tone tone;
	double last = -3000;

	mca_tone_init(&tone);
	for (int i = 0; i < 400; i++) {
		struct mca_tone_order order =
			order_of(dice_between(&dice, 10, 200), dice_between(&dice, -40, -3.02),
				 dice_between(&dice, 0.0001, 0.1));
		unsigned frames = 1 + dice_below(&dice, 3000);

		order.serial = (uint32_t)i;
		if (dice_below(&dice, 4) == 0)
			order.frames = 0;
		mca_tone_start(&tone, &order);
		for (; frames > 0; frames--) {
			int16_t sample = -3000;

			mca_tone_render(&tone, &sample, 1, 1);
			/* 200 Hz at full scale, fade and amplitude over 441 frames. */
			CHECK_NEAR(sample, last, 934 + 35768 * 1.58 / 441 + 75);
			last = sample;
		}
	}
}

static void blocks_do_not_matter(void)
{
	struct mca_tone_order order = order_of(1234.5, -12, 0.3);
	static int16_t whole[RATE], parts[RATE];
	struct mca_tone one, other;

	signal_fill(whole, RATE, 1, RATE, SIGNAL_NOISE, 3);
	memcpy(parts, whole, sizeof(whole));
	mca_tone_init(&one);
	mca_tone_init(&other);
	mca_tone_start(&one, &order);
	mca_tone_start(&other, &order);
	mca_tone_render(&one, whole, RATE, 1);
	for (unsigned at = 0; at < RATE; at += 63)
		mca_tone_render(&other, parts + at, 63, 1);
	CHECK(memcmp(whole, parts, sizeof(whole)) == 0);
	CHECK(memcmp(&one, &other, sizeof(one)) == 0);
}

static void orders_out_of_range_are_refused(void)
{
	static const double bad[][4] = {
		{ 9, -20, 1, 44100 }, { 22050, -20, 1, 44100 }, { 1000, -61, 1, 44100 },
		{ 1000, -3, 1, 44100 }, { 1000, -20, 0, 44100 }, { 1000, -20, 3601, 44100 },
		{ 1000, -20, 1, 7999 }, { 1000, NAN, 1, 44100 }, { NAN, -20, 1, 44100 },
		{ 1000, -20, NAN, 44100 }, { 1000, -20, -1, 44100 },
	};
	struct mca_tone_order order;

	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK_INT(mca_tone_cook(&order, bad[i][0], bad[i][1], bad[i][2],
					(unsigned)bad[i][3]), -EINVAL);
	CHECK_INT(mca_tone_cook(&order, 22049, -60, 1e-9, 44100), 0);
	CHECK_INT(order.frames, 1);
}

int main(void)
{
	RUN(a_tone_has_its_level_frequency_and_purity);
	RUN(it_plays_as_long_as_ordered);
	RUN(nothing_ordered_makes_a_step);
	RUN(blocks_do_not_matter);
	RUN(orders_out_of_range_are_refused);
	return DONE();
}
