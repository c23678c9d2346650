/* SPDX-License-Identifier: MIT */
/*
 * Look-ahead, from outside: so many frames later, nothing else where nothing is limited; the
 * limiter on a straight line in dB that has arrived when the peak leaves; interruptions and
 * changes while sound is under way. That it meets the double model, that blocks and paths do not
 * matter and that no configuration exceeds its ceiling, the other tests say, for their random
 * parameters have look-ahead as well.
 */
#include <math.h>
#include <stdlib.h>

#include "../support/check.h"
#include "effort.h"
#include "model.h"
#include "signals.h"

#define FRAMES 12000u

static struct mca_chain_params with_frames(unsigned rate_hz, unsigned lanes, unsigned frames)
{
	struct mca_chain_params params = params_default();

	params.rate_hz = rate_hz;
	params.lanes = lanes;
	params.limiter.lookahead_ms = frames * 1000.0 / rate_hz;
	return params;
}

static const struct {
	unsigned rate_hz, frames;
} cases[] = { { 44100, 1 }, { 44100, 2 }, { 44100, 3 }, { 44100, 4 }, { 44100, 5 }, { 8000, 80 },
	      { 44100, 220 }, { 44100, 441 }, { 192000, 1919 }, { 192000, 1920 } };

#define CASES (sizeof(cases) / sizeof(cases[0]))

static void check_delayed(const struct mca_chain_params *params, unsigned frames)
{
	static int16_t in[FRAMES * MCA_LANES_MAX], out[FRAMES * MCA_LANES_MAX];
	unsigned late = frames * params->lanes, samples = FRAMES * params->lanes;
	struct mca_chain chain;

	signal_fill(in, FRAMES, params->lanes, params->rate_hz, SIGNAL_NOISE, frames);
	for (unsigned i = 0; i < samples; i++)
		in[i] = (int16_t)(in[i] / 11);
	chain_start(&chain, params);
	mca_chain_process(&chain, in, out, FRAMES, true);
	for (unsigned i = 0; i < late; i++)
		CHECK_INT(out[i], 0);
	CHECK(memcmp(out + late, in, (samples - late) * sizeof(*in)) == 0);
}

static void quiet_sound_is_delayed_and_nothing_else(void)
{
	for (unsigned i = 0; i < CASES; i++)
		for (unsigned lanes = 1; lanes <= 2; lanes++) {
			struct mca_chain_params params = with_frames(cases[i].rate_hz, lanes,
								     cases[i].frames);

			check_delayed(&params, cases[i].frames);
			params.limiter.enabled = params.comp.enabled = false;
			check_delayed(&params, cases[i].frames);
		}
}

/* The clamp never has to act: the gain itself has arrived in time. */
static void check_in_time(const struct mca_chain_params *params, enum signal_kind kind)
{
	static int16_t samples[FRAMES * MCA_LANES_MAX];
	unsigned clipped = 0;
	struct mca_chain chain;

	signal_fill(samples, FRAMES, params->lanes, params->rate_hz, kind, 8);
	chain_start(&chain, params);
	for (unsigned at = 0; at < FRAMES; at += 100) {
		int16_t *block = samples + at * params->lanes;

		mca_chain_process(&chain, block, block, 100, true);
		clipped += chain.meter.sum.frames == 0 ? chain.meter.last.clipped : 0;
	}
	CHECK_INT(clipped + chain.meter.sum.clipped, 0);
	for (unsigned i = 0; i < FRAMES * params->lanes; i++)
		CHECK(abs(samples[i]) <= model_ceiling(params));
}

static void the_gain_arrives_before_the_peak_leaves(void)
{
	for (unsigned i = 0; i < CASES; i++)
		for (int kind = 0; kind < SIGNAL_KINDS; kind++) {
			struct mca_chain_params params = with_frames(cases[i].rate_hz,
								     1 + i % 2, cases[i].frames);

			params.limiter.ceiling_dbfs = -6 - 4 * (kind % 5);
			params.limiter.release_ms = kind % 3 * 4;
			params.comp.makeup_db = kind % 2 * 6;
			check_in_time(&params, (enum signal_kind)kind);
		}
}

/* One peak of full scale in the middle of a constant: what happens to the constant around it. */
static void check_slope(unsigned rate_hz, unsigned frames)
{
	static int16_t samples[FRAMES];
	struct mca_chain_params params = with_frames(rate_hz, 1, frames);
	const unsigned peak = 5000;
	double depth_db, worst = 0;
	struct mca_chain chain;

	params.comp.enabled = false;
	params.limiter.ceiling_dbfs = -12;
	params.limiter.release_ms = 0;
	depth_db = 20 * log10(32767 / model_ceiling(&params));
	for (unsigned i = 0; i < FRAMES; i++)
		samples[i] = i == peak ? 32767 : 8000;
	chain_start(&chain, &params);
	mca_chain_process(&chain, samples, samples, FRAMES, true);
	CHECK_INT(samples[peak + frames], model_ceiling(&params));
	for (unsigned i = frames; i < FRAMES; i++) {
		/* Down over the frames in which the peak is under way, and up again likewise. */
		double away = fabs((double)i - peak - frames);
		double wanted_db = -depth_db * fmax(0, 1 - away / (frames + 1));

		if (i != peak + frames)
			worst = fmax(worst, fabs(20 * log10(samples[i] / 8000.0) - wanted_db));
	}
	printf("# %u frames: %.4f dB from a straight line\n", frames, worst);
	CHECK(worst <= 0.003); /* one LSB of what is left of 8000 */
}

static void the_slope_is_straight(void)
{
	for (unsigned i = 0; i < CASES; i++)
		check_slope(cases[i].rate_hz, cases[i].frames);
}

/* After everything has been there, silence leaves what it leaves in a chain that heard nothing. */
static void silence_brings_back_the_beginning(void)
{
	static int16_t block[4096 * MCA_LANES_MAX];

	for (unsigned i = 0; i < CASES; i++) {
		struct mca_chain_params params = with_frames(cases[i].rate_hz, 2,
							     cases[i].frames);
		unsigned blocks = 12 * 118 * params.rate_hz / 1000 / 4096 + 1;
		struct mca_chain chain, fresh;

		chain_start(&chain, &params);
		chain_start(&fresh, &params);
		signal_fill(block, 4096, 2, params.rate_hz, SIGNAL_NOISE, i);
		mca_chain_process(&chain, block, block, 4096, true);
		memset(block, 0, sizeof(block));
		mca_chain_process(&fresh, block, block, 4096, true);
		for (unsigned b = 0; b < blocks; b++) {
			mca_chain_process(&chain, block, block, 4096, true);
			for (unsigned k = 0; k < 8192 && b + 1 == blocks; k++)
				CHECK_INT(block[k], 0);
			memset(block, 0, sizeof(block));
			mca_chain_process(&fresh, block, block, 4096, true);
		}
		CHECK(memcmp(&chain.limiter, &fresh.limiter, sizeof(fresh.limiter)) == 0);
		CHECK_INT(chain.comp.detector_q58 | chain.comp.reduction_q58, 0);
	}
}

/* What came before an interruption is never heard after it, nor a step where both meet. */
static void an_interruption_fades_in_what_comes_after_it(void)
{
	static int16_t samples[FRAMES];
	struct mca_chain_params params = with_frames(44100, 1, 441);
	struct mca_chain chain;
	int step = 0;

	for (unsigned i = 0; i < FRAMES; i++)
		samples[i] = i < 6000 ? 2000 : -2000;
	chain_start(&chain, &params);
	mca_chain_process(&chain, samples, samples, 6000, true);
	CHECK_INT(samples[5999], 2000);
	mca_chain_close_ramp(&chain);
	for (unsigned at = 6000; at < FRAMES; at += 100)
		mca_chain_process(&chain, samples + at, samples + at, 100, true);
	for (unsigned i = 6000; i < 6441; i++)
		CHECK_INT(samples[i], 0);
	for (unsigned i = 6441; i < FRAMES; i++)
		step = abs(samples[i] - samples[i - 1]) > step ? abs(samples[i] - samples[i - 1])
							       : step;
	CHECK(step <= 2000 * 3.1416 / 2 / 220 + 1); /* the steepest of the raised cosine */
	CHECK_INT(samples[6441 + 220], -2000);
}

/* The ramp is the last thing in the chain: push-to-talk does not wait for the look-ahead. */
static void push_to_talk_is_not_delayed(void)
{
	struct mca_chain_params params = with_frames(44100, 1, 441);
	int16_t samples[2000];
	struct mca_chain chain;

	for (unsigned i = 0; i < 2000; i++)
		samples[i] = 2000;
	chain_start(&chain, &params);
	mca_chain_process(&chain, samples, samples, 1000, true);
	mca_chain_process(&chain, samples + 1000, samples + 1000, 300, false);
	mca_chain_process(&chain, samples + 1300, samples + 1300, 700, true);
	CHECK_INT(samples[999], 2000);
	CHECK(samples[1110] < 1100);
	CHECK_INT(samples[1220], 0);
	CHECK_INT(samples[1299], 0);
	CHECK_INT(samples[1300 + 220], 2000);
}

/* Makeup glides down while frames with more of it are still under way: they keep theirs. */
static void makeup_travels_with_its_frames(void)
{
	static int16_t samples[FRAMES];
	struct mca_chain_params params = with_frames(44100, 1, 441);
	struct mca_chain_cooked cooked;
	struct mca_chain chain;

	params.limiter.enabled = false;
	params.comp.ratio = 1;
	params.comp.makeup_db = 24;
	for (unsigned i = 0; i < FRAMES; i++)
		samples[i] = 22000;
	chain_start(&chain, &params);
	mca_chain_process(&chain, samples, samples, 1000, true);
	params.comp.makeup_db = 0;
	CHECK_INT(mca_chain_cook(&cooked, &params, NULL), 0);
	mca_chain_set(&chain, &cooked);
	mca_chain_process(&chain, samples + 1000, samples + 1000, FRAMES - 1000, true);
	CHECK_INT(samples[1440], 32767);
	for (unsigned i = 1000; i < FRAMES; i++)
		CHECK(samples[i] <= samples[i - 1] && samples[i] >= 22000);
	CHECK_INT(samples[1441 + 4410], 22000);
}

int main(void)
{
	RUN(quiet_sound_is_delayed_and_nothing_else);
	RUN(the_gain_arrives_before_the_peak_leaves);
	RUN(the_slope_is_straight);
	RUN(silence_brings_back_the_beginning);
	RUN(an_interruption_fades_in_what_comes_after_it);
	RUN(push_to_talk_is_not_delayed);
	RUN(makeup_travels_with_its_frames);
	return DONE();
}
