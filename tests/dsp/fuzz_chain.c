/* SPDX-License-Identifier: MIT */
#include "fuzz_chain.h"

#include <stdlib.h>
#include <string.h>

#include "mca/chain.h"

#define BLOCK_MAX 700u /* more than two chunks */
#define GLIDE_MAX 1440u /* 30 ms: after so many frames no sample is above the new ceiling */

/* No sample may be above the highest ceiling that was ordered within GLIDE_MAX frames. */
struct bound {
	int32_t before, now;
	unsigned frames; /* since the last change */
};

static void change_bound(struct bound *bound, int32_t ceiling)
{
	if (bound->frames >= GLIDE_MAX || bound->now > bound->before)
		bound->before = bound->now;
	bound->now = ceiling;
	bound->frames = 0;
}

static int32_t bound_of(const struct bound *bound)
{
	return bound->frames < GLIDE_MAX && bound->before > bound->now ? bound->before
								      : bound->now;
}

struct bytes {
	const uint8_t *at;
	size_t left;
};

/* What has run out reads as zero. */
static uint32_t take(struct bytes *bytes, unsigned count)
{
	uint32_t value = 0;

	for (; count > 0 && bytes->left > 0; count--, bytes->left--)
		value = value << 8 | *bytes->at++;
	return value;
}

static double take_between(struct bytes *bytes, double low, double high)
{
	return low + (high - low) * take(bytes, 2) / 65535.0;
}

static struct mca_chain_params take_params(struct bytes *bytes)
{
	struct mca_chain_params params = { .rate_hz = 48000 };
	uint32_t flags = take(bytes, 1);

	params.lanes = flags & 1 ? 1 : 2;
	params.comp.enabled = flags & 2;
	params.limiter.enabled = flags & 4;
	params.comp.ratio = flags & 8 ? __builtin_inf() : take_between(bytes, 1, 30);
	params.comp.threshold_dbfs = take_between(bytes, -60, 0);
	params.comp.knee_db = flags & 16 ? take_between(bytes, 0, 24) : 0;
	params.comp.attack_ms = take_between(bytes, 0, flags & 32 ? 1000 : 5);
	params.comp.release_ms = params.comp.attack_ms +
				 take_between(bytes, 0, flags & 32 ? 9000 : 50);
	params.comp.makeup_db = flags & 64 ? take_between(bytes, 0, 24) : 0;
	params.limiter.ceiling_dbfs = take_between(bytes, -60, 0);
	params.limiter.release_ms = take_between(bytes, 0, flags & 128 ? 10000 : 30);
	params.limiter.lookahead_ms = flags & 16 ? take_between(bytes, 0, flags & 1 ? 10 : 1) : 0;
	params.true_peak = flags & 2;
	params.ptt_ramp_ms = take_between(bytes, 0, 100);
	params.input_gain_db = flags & 32 ? take_between(bytes, -24, 24) : 0;
	params.highpass_hz = flags & 8 ? take_between(bytes, 20, 500) : 0;
	params.gate.enabled = flags & 64;
	params.gate.threshold_dbfs = take_between(bytes, -80, 0);
	params.gate.hysteresis_db = take_between(bytes, 0, 24);
	params.gate.range_db = take_between(bytes, 0, 90);
	params.gate.attack_ms = take_between(bytes, 0, flags & 128 ? 100 : 2);
	params.gate.hold_ms = take_between(bytes, 10, flags & 1 ? 5000 : 20);
	params.gate.release_ms = take_between(bytes, 0, flags & 4 ? 10000 : 20);
	return params;
}

static void require(int condition)
{
	if (!condition)
		abort();
}

/* One sample from two bytes, held for as long as a third says: runs, squares, noise. */
static void take_samples(struct bytes *bytes, int16_t *samples, unsigned count)
{
	for (unsigned i = 0; i < count;) {
		int16_t value = (int16_t)take(bytes, 2);
		unsigned hold = 1 + take(bytes, 1) % 97;

		for (; hold > 0 && i < count; hold--)
			samples[i++] = value;
	}
}

static void process(struct mca_chain *chain, struct mca_chain *portable, struct bound *bound,
		    struct bytes *bytes)
{
	static int16_t in[BLOCK_MAX * MCA_LANES_MAX], out[BLOCK_MAX * MCA_LANES_MAX];
	unsigned frames = 1 + take(bytes, 2) % BLOCK_MAX;
	unsigned samples = frames * chain->cooked.lanes;
	bool open = take(bytes, 1) % 4 != 0;
	uint32_t path = chain->path;

	take_samples(bytes, in, samples);
	mca_chain_process(chain, in, out, frames, open);
	mca_chain_process(portable, in, in, frames, open);
	for (unsigned i = 0; i < samples; i++)
		require(abs(out[i]) <= bound_of(bound));
	bound->frames += frames;
	require(memcmp(in, out, samples * sizeof(*in)) == 0);
	chain->path = portable->path;
	require(memcmp(chain, portable, sizeof(*chain)) == 0);
	chain->path = path;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes bytes = { data, size };
	struct mca_chain_params params = take_params(&bytes);
	double lookahead_ms = params.limiter.lookahead_ms;
	unsigned lanes = params.lanes;
	struct mca_chain chain, portable;
	struct mca_chain_cooked cooked;
	struct bound bound = { .frames = GLIDE_MAX };

	require(mca_chain_cook(&cooked, &params, NULL) == 0);
	bound.now = cooked.limiter.ceiling;
	mca_chain_init(&chain, &cooked, true);
	mca_chain_init(&portable, &cooked, true);
	portable.path = MCA_PATH_PORTABLE;
	while (bytes.left > 0) {
		uint32_t order = take(&bytes, 1);

		if (order % 8 == 0) {
			params = take_params(&bytes);
			params.lanes = lanes;
			params.limiter.lookahead_ms = lookahead_ms;
			require(mca_chain_cook(&cooked, &params, NULL) == 0);
			mca_chain_set(&chain, &cooked);
			mca_chain_set(&portable, &cooked);
			change_bound(&bound, cooked.limiter.ceiling);
		} else if (order == 1) {
			mca_chain_close_ramp(&chain);
			mca_chain_close_ramp(&portable);
		}
		process(&chain, &portable, &bound, &bytes);
	}
	return 0;
}
