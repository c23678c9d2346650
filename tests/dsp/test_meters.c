/* SPDX-License-Identifier: MIT */
/* Meters: right within 0.05 dB over their whole range, ten windows a second whatever the blocks. */
#include <math.h>
#include <stdlib.h>

#include "../support/check.h"
#include "signals.h"

#define RATE 44100

static struct mca_chain_params plain(unsigned rate_hz, unsigned lanes)
{
	struct mca_chain_params params = params_default();

	params.rate_hz = rate_hz;
	params.lanes = lanes;
	params.comp.enabled = false;
	params.limiter.enabled = false;
	return params;
}

static struct mca_levels listen(struct mca_chain *chain, const struct mca_chain_params *params,
				int16_t *samples, unsigned frames)
{
	struct mca_levels levels;

	chain_start(chain, params);
	mca_chain_process(chain, samples, samples, frames, true);
	mca_levels_from_reading(&levels, &chain->meter.last);
	return levels;
}

static void sines_read_their_level(void)
{
	struct mca_chain_params params = plain(RATE, 1);
	static int16_t samples[RATE];
	struct mca_chain chain;

	for (double db = -3.02; db >= -60; db -= 0.71) {
		struct mca_levels levels;

		/* 1000 Hz: whole periods in a window. Peak 3.01 dB above RMS. */
		signal_sine(samples, RATE, 1, RATE, 1000, sqrt(2) * pow(10, db / 20), 0);
		levels = listen(&chain, &params, samples, RATE);
		CHECK_NEAR(levels.rms_dbfs[0], db, 0.05);
		CHECK_NEAR(levels.input_rms_dbfs[0], db, 0.05);
		CHECK_NEAR(levels.vu_dbfs, db, 0.05);
	}
}

/* A separate count: runs of three or more samples of one lane at either end of the range. */
static unsigned count_runs(const int16_t *samples, unsigned frames, unsigned lanes)
{
	unsigned runs = 0;

	for (unsigned lane = 0; lane < lanes; lane++) {
		for (unsigned i = 0; i < frames;) {
			unsigned length = 0;

			while (i + length < frames &&
			       (samples[(i + length) * lanes + lane] == 32767 ||
				samples[(i + length) * lanes + lane] == -32768))
				length++;
			runs += length >= 3;
			i += length + 1;
		}
	}
	return runs;
}

/* Runs of random lengths across the borders of blocks, chunks and windows. */
static void fill_runs(struct dice *dice, int16_t *samples, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		samples[i] = (int16_t)(dice_below(dice, 4) ? dice_below(dice, 2) ? 32767 : -32768
						       : (int)dice_below(dice, 60000) - 30000);
}

static void clipping_at_the_input_is_counted(void)
{
	enum { WINDOW = 4410, WINDOWS = 4 };
	static int16_t samples[WINDOWS * WINDOW * 2];
	struct dice dice = { 5 };

	for (unsigned lanes = 1; lanes <= 2; lanes++) {
		struct mca_chain_params params = plain(RATE, lanes);
		unsigned counted = 0, want;
		uint64_t window = 0;
		struct mca_chain chain;

		params.limiter.lookahead_ms = 5;
		fill_runs(&dice, samples, WINDOWS * WINDOW * lanes);
		want = count_runs(samples, WINDOWS * WINDOW, lanes);
		chain_start(&chain, &params);
		for (unsigned at = 0, size; at < WINDOWS * WINDOW; at += size) {
			int16_t *block = samples + at * lanes;

			size = 1 + dice_below(&dice, 700);
			size = at + size < WINDOWS * WINDOW ? size : WINDOWS * WINDOW - at;
			mca_chain_process(&chain, block, block, size, true);
			if (chain.meter.last.window != window)
				counted += chain.meter.last.in_clipped;
			window = chain.meter.last.window;
		}
		CHECK(want > 1000);
		CHECK_INT(counted, want);
		CHECK_INT(chain.meter.last.in_peak[0], 32768);
	}
}

/* The input is measured in front of every stage: neither delayed nor changed by one. */
static void the_input_meter_is_in_front(void)
{
	struct mca_chain_params params = plain(RATE, 2);
	static int16_t samples[4410 * 2];
	struct mca_levels levels;
	struct mca_chain chain;

	params.limiter.lookahead_ms = 10;
	signal_sine(samples, 4410, 2, RATE, 1000, 0.5, 0);
	levels = listen(&chain, &params, samples, 4410);
	CHECK_NEAR(levels.input_rms_dbfs[0], -9.03, 0.01);
	CHECK_NEAR(levels.input_peak_dbfs[1], -6.02, 0.01);
	CHECK(levels.rms_dbfs[0] < -9.4);
	CHECK_INT(levels.input_clipped, 0);
}

/* Behind a resampler the card's own samples count. */
static void the_card_is_measured_before_a_resampler(void)
{
	struct mca_chain_params params = plain(RATE, 2);
	static int16_t card[200 * 2], samples[4410 * 2];
	struct mca_chain chain;

	for (unsigned i = 0; i < 400; i++)
		card[i] = i % 2 ? 100 : i % 20 < 8 ? 32767 : 0;
	for (unsigned i = 0; i < 8820; i++)
		samples[i] = 32767;
	chain_start(&chain, &params);
	mca_meter_hear_card(&chain.meter, card, 200);
	mca_chain_process(&chain, samples, samples, 4410, true);
	CHECK_INT(chain.meter.last.in_clipped, count_runs(card, 200, 2));
	CHECK_INT(chain.meter.last.in_clipped, 20);
}

static void full_scale_square_is_zero(void)
{
	struct mca_chain_params params = plain(RATE, 2);
	int16_t samples[2 * 4410];
	struct mca_chain chain;
	struct mca_levels levels;

	for (unsigned i = 0; i < 4410; i++) {
		samples[2 * i] = i % 2 ? -32768 : 32767;
		samples[2 * i + 1] = i % 2 ? -104 : 104;
	}
	levels = listen(&chain, &params, samples, 4410);
	CHECK_INT(levels.window, 1);
	CHECK_NEAR(levels.rms_dbfs[0], 0, 0.001);
	CHECK_NEAR(levels.peak_dbfs[0], 0, 1e-9);
	CHECK_NEAR(levels.rms_dbfs[1], -49.97, 0.05);
	CHECK_NEAR(levels.peak_dbfs[1], -49.97, 0.05);
	CHECK_NEAR(levels.vu_dbfs, -3.01, 0.01);
	CHECK_INT(levels.clipped, 0);
}

static void silence_reads_the_floor(void)
{
	struct mca_chain_params params = plain(RATE, 2);
	int16_t samples[2 * 4410] = { 0 };
	struct mca_chain chain;
	struct mca_levels levels;

	mca_levels_from_reading(&levels, &(struct mca_meter_reading) { 0 });
	CHECK_INT(levels.window, 0);
	CHECK(levels.vu_dbfs == -60 && levels.rms_dbfs[1] == -60 && levels.peak_dbfs[0] == -60);
	CHECK(levels.gain_reduction_db == 0);
	samples[17] = 1;
	levels = listen(&chain, &params, samples, 4410);
	CHECK(levels.vu_dbfs == -60 && levels.rms_dbfs[0] == -60 && levels.rms_dbfs[1] == -60);
	CHECK(levels.input_rms_dbfs[1] == -60 && levels.peak_dbfs[1] == -60);
}

/* Window k ends at frame floor(k rate / 10) and is heard whole: nothing twice or left out. */
static void check_windows(unsigned rate_hz, unsigned block)
{
	struct mca_chain_params params = plain(rate_hz, 1);
	int16_t *samples = malloc(2 * rate_hz * sizeof(*samples));
	uint64_t wanted = 0, seen = 0, frames = 0;
	struct mca_chain chain;

	signal_fill(samples, 2 * rate_hz, 1, rate_hz, SIGNAL_NOISE, 4);
	chain_start(&chain, &params);
	for (unsigned i = 0; i < 2 * rate_hz; i++)
		wanted += (uint64_t)(samples[i] * samples[i]);
	for (unsigned at = 0; at < 2 * rate_hz; at += block) {
		unsigned size = block < 2 * rate_hz - at ? block : 2 * rate_hz - at;
		uint64_t before = chain.meter.last.window;

		mca_chain_process(&chain, samples + at, samples + at, size, true);
		CHECK_INT(chain.meter.last.window, (uint64_t)(at + size) * 10 / rate_hz);
		if (chain.meter.last.window == before)
			continue;
		seen += chain.meter.last.out_square[0];
		frames += chain.meter.last.frames;
	}
	CHECK_INT(chain.meter.last.window, 20);
	CHECK_INT(chain.meter.sum.frames, 0);
	CHECK_INT(seen, wanted);
	CHECK_INT(frames, 2 * rate_hz);
	free(samples);
}

static void ten_windows_a_second(void)
{
	check_windows(44100, 512);
	check_windows(44100, 1);
	check_windows(11025, 100);
	check_windows(8000, 799);
	check_windows(22050, 2048);
	check_windows(192000, 19200);
}

static void reduction_and_clipping_are_counted(void)
{
	struct mca_chain_params params = params_default();
	int16_t samples[2 * 8820];
	struct mca_chain chain;
	struct mca_levels levels;

	params.comp.enabled = false;
	params.limiter.ceiling_dbfs = -6;
	for (unsigned i = 0; i < 2 * 8820; i++)
		samples[i] = i < 200 ? -32768 : 0;
	levels = listen(&chain, &params, samples, 4410);
	CHECK_NEAR(levels.gain_reduction_db, 6, 0.01);
	CHECK_INT(levels.clipped, 0);

	params = plain(RATE, 2);
	params.comp.enabled = true;
	params.comp.ratio = 1;
	params.comp.makeup_db = 12;
	for (unsigned i = 0; i < 2 * 8820; i++)
		samples[i] = i < 300 ? 16000 : -1000;
	levels = listen(&chain, &params, samples, 4410);
	CHECK_INT(levels.clipped, 300);
	CHECK_NEAR(levels.gain_reduction_db, 0, 1e-9);
	CHECK_NEAR(levels.peak_dbfs[0], 0, 0.001);
	/* The next window starts afresh. */
	mca_chain_process(&chain, samples + 2 * 4410, samples + 2 * 4410, 4410, true);
	mca_levels_from_reading(&levels, &chain.meter.last);
	CHECK_INT(levels.window, 2);
	CHECK_INT(levels.clipped, 0);
	CHECK_NEAR(levels.peak_dbfs[1], 20 * log10(1000 / 32768.0) + 12, 0.01);
}

int main(void)
{
	RUN(sines_read_their_level);
	RUN(full_scale_square_is_zero);
	RUN(silence_reads_the_floor);
	RUN(ten_windows_a_second);
	RUN(reduction_and_clipping_are_counted);
	RUN(clipping_at_the_input_is_counted);
	RUN(the_input_meter_is_in_front);
	RUN(the_card_is_measured_before_a_resampler);
	return DONE();
}
