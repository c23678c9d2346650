/* SPDX-License-Identifier: MIT */
/*
 * A change of parameters under a tone of -6 dBFS makes no click: energy above 2 kHz stays 70 dB
 * below the tone in every 10.7 ms, parameter by parameter, or where the settled limiter distorts by
 * itself, where it is without a change.
 */
#include <math.h>

#include "../support/check.h"
#include "effort.h"
#include "signals.h"
#include "spectrum.h"

#define RATE 48000

static struct mca_chain_cooked cook(const struct mca_chain_params *params)
{
	struct mca_chain_cooked cooked;

	CHECK_INT(mca_chain_cook(&cooked, params, NULL), 0);
	return cooked;
}

/* A tone at -6 dBFS whose parameters change after a while, at any phase of it. */
struct change {
	const char *what;
	struct mca_chain_params before, after;
};

/* Energy above 2 kHz, in the loudest 10.7 ms and relative to the tone. */
struct burst {
	double change_db;  /* around the change */
	double rest_db;    /* long before and long after it: what the settled limiter makes */
};

static double above_2khz_db(const int16_t *out, unsigned from, unsigned to, const int16_t *tone)
{
	return spectrum_burst_db(out + from, to - from, tone, RATE, 2000);
}

static struct burst find_burst(const struct change *change, double hz, unsigned phase)
{
	static int16_t tone[2 * RATE], out[2 * RATE];
	struct mca_chain_cooked cooked = cook(&change->after);
	unsigned at = RATE + phase;
	struct burst burst;
	struct mca_chain chain;

	chain_start(&chain, &change->before);
	signal_sine(tone, 2 * RATE, 1, RATE, hz, 0.5, 0);
	mca_chain_process(&chain, tone, out, at, true);
	mca_chain_set(&chain, &cooked);
	mca_chain_process(&chain, tone + at, out + at, 2 * RATE - at, true);
	burst.change_db = above_2khz_db(out, at - SPECTRUM_BURST_FRAMES, at + RATE / 4, tone);
	burst.rest_db = fmax(above_2khz_db(out, at - RATE / 8, at, tone),
			     above_2khz_db(out, at + RATE * 3 / 4, at + RATE * 7 / 8, tone));
	return burst;
}

/* The loudest of some phases. */
static void check_change(const struct change *change, double hz)
{
	struct burst worst = { -300, -300 };

	for (unsigned phase = 0; phase < RATE / hz; phase += RATE / 100 / EFFORT(8) + 1) {
		struct burst burst = find_burst(change, hz, phase);

		worst.change_db = fmax(worst.change_db, burst.change_db);
		worst.rest_db = fmax(worst.rest_db, burst.rest_db);
	}
	printf("# %s, %g Hz: %.1f dBc (at rest %.1f)\n", change->what, hz, worst.change_db,
	       worst.rest_db);
	CHECK(worst.change_db <= fmax(-70, worst.rest_db + 0.5));
}

static void check_both_ways(const char *what, struct mca_chain_params before,
			 struct mca_chain_params after)
{
	struct change there = { what, before, after }, back = { "  back", after, before };

	check_change(&there, 100);
	check_change(&there, 440);
	check_change(&back, 100);
	check_change(&back, 440);
}

/* The limiter with a release that makes no sound of its own, and with the default one, whose own
 * distortion is as loud before and after. */
static void ceilings_make_no_click(void)
{
	static const double releases_ms[] = { 10000, 8 };
	struct mca_chain_params plain = params_default(), high, low, off;

	plain.rate_hz = RATE;
	plain.lanes = 1;
	plain.comp.enabled = false;
	for (unsigned i = 0; i < 2; i++) {
		high = plain;
		high.limiter.release_ms = releases_ms[i];
		printf("# limiter's release %g ms\n", releases_ms[i]);
		low = off = high;
		low.limiter.ceiling_dbfs = -20;
		check_both_ways("ceiling -3 to -20 dBFS", high, low);
		high.limiter.ceiling_dbfs = -12;
		check_both_ways("ceiling -12 to -20 dBFS", high, low);
		low.limiter.ceiling_dbfs = -60;
		check_both_ways("ceiling -12 to -60 dBFS", high, low);
		low.limiter.ceiling_dbfs = -20;
		off.limiter.enabled = false;
		check_both_ways("limiter on at -20 dBFS", off, low);
		off.limiter.lookahead_ms = low.limiter.lookahead_ms = 5;
		check_both_ways("limiter on at -20 dBFS, looking ahead", off, low);
	}
}

/* The compressor alone, from the defaults: nothing reaches the ceiling. */
static struct mca_chain_params plain(void)
{
	struct mca_chain_params params = params_default();

	params.rate_hz = RATE;
	params.lanes = 1;
	return params;
}

static void the_curve_makes_no_click(void)
{
	struct mca_chain_params before = plain(), after = before;

	after.comp.threshold_dbfs = -40;
	check_both_ways("threshold -20 to -40 dBFS", before, after);
	after.comp.threshold_dbfs = -60;
	check_both_ways("threshold -20 to -60 dBFS", before, after);
	after = before;
	after.comp.ratio = INFINITY;
	check_both_ways("ratio 2 to infinity", before, after);
	after = before;
	after.comp.knee_db = 24;
	check_both_ways("knee 0 to 24 dB", before, after);
	after = before;
	after.comp.enabled = false;
	check_both_ways("compressor off", before, after);
	after.comp.enabled = true;
	before.comp.enabled = false;
	before.comp.threshold_dbfs = after.comp.threshold_dbfs = -60;
	before.comp.ratio = after.comp.ratio = INFINITY;
	check_both_ways("compressor on, 54 dB", before, after);
}

static void times_and_gains_make_no_click(void)
{
	struct mca_chain_params before = plain(), after = before;

	after.comp.attack_ms = 1;
	after.comp.release_ms = 300;
	check_both_ways("times 10/100 to 1/300 ms", before, after);
	after = before;
	after.comp.makeup_db = 6;
	check_both_ways("makeup 0 to 6 dB", before, after);
	before.comp.threshold_dbfs = -30;
	after = before;
	after.comp.makeup_db = 12;
	check_both_ways("makeup 0 to 12 dB", before, after);
	before.comp.threshold_dbfs = -60;
	after = before;
	after.comp.makeup_db = 24;
	check_both_ways("makeup 0 to 24 dB", before, after);
	before = plain();
	after = before;
	after.limiter.release_ms = 1000;
	check_both_ways("limiter's release (at rest)", before, after);
	before.limiter.ceiling_dbfs = after.limiter.ceiling_dbfs = -30;
	before.limiter.release_ms = 10000;
	check_both_ways("limiter's release 10000 to 1000 ms", before, after);
	after = before = plain();
	after.ptt_ramp_ms = 50;
	check_both_ways("ramp (open)", before, after);
	after = before;
	after.true_peak = true;
	check_both_ways("true peak", before, after);
	after = before;
	after.input_gain_db = 6;
	check_both_ways("input gain 0 to 6 dB", before, after);
	after.input_gain_db = -24;
	check_both_ways("input gain 0 to -24 dB", before, after);
}

static void the_gate_makes_no_click(void)
{
	struct mca_chain_params before = plain(), after = before;

	after.gate.enabled = true;
	after.gate.threshold_dbfs = 0;
	after.gate.hold_ms = 10;
	check_both_ways("noise gate on, closes", before, after);
	before = after;
	after.gate.threshold_dbfs = -50;
	check_both_ways("threshold of the noise gate", before, after);
	before.gate.range_db = 6;
	after = before;
	after.gate.range_db = 40;
	check_both_ways("range of the noise gate", before, after);
}

static void the_high_pass_makes_no_click(void)
{
	struct mca_chain_params before = plain(), after = before;

	after.highpass_hz = 80;
	check_both_ways("high-pass off to 80 Hz", before, after);
	after.highpass_hz = 500;
	check_both_ways("high-pass off to 500 Hz", before, after);
	before.highpass_hz = 20;
	check_both_ways("high-pass 20 to 500 Hz", before, after);
}

int main(void)
{
	RUN(the_curve_makes_no_click);
	RUN(times_and_gains_make_no_click);
	RUN(the_gate_makes_no_click);
	RUN(the_high_pass_makes_no_click);
	RUN(ceilings_make_no_click);
	return DONE();
}
