/* SPDX-License-Identifier: MIT */
/* However a stream is cut into blocks, the result is the same: samples, meters and state. */
#include <stdlib.h>

#include "../support/check.h"
#include "effort.h"
#include "signals.h"

#define FRAMES 30000u

/* What happens to the stream at which frame; the same for every partition. */
struct script {
	struct mca_chain_cooked cooked[3];
	unsigned set_at[2];
	unsigned gate_at[4];
	unsigned fade_at;
};

static void write_script(struct script *script, struct dice *dice)
{
	struct mca_chain_params params = params_random(dice);

	for (unsigned i = 0; i < 3; i++) {
		struct mca_chain_params next = params_random(dice);

		next.rate_hz = params.rate_hz;
		next.lanes = params.lanes;
		next.limiter.lookahead_ms = params.limiter.lookahead_ms;
		CHECK_INT(mca_chain_cook(&script->cooked[i], &next, NULL), 0);
	}
	script->set_at[0] = dice_below(dice, FRAMES / 2);
	script->set_at[1] = FRAMES / 2 + dice_below(dice, FRAMES / 2);
	for (unsigned i = 0; i < 4; i++)
		script->gate_at[i] = FRAMES / 4 * i + dice_below(dice, FRAMES / 4);
	script->fade_at = dice_below(dice, FRAMES);
}

/* The next frame at which something happens, from `from` on. */
static unsigned next_event(const struct script *script, unsigned from)
{
	unsigned at[] = { script->set_at[0], script->set_at[1], script->gate_at[0],
			  script->gate_at[1], script->gate_at[2], script->gate_at[3],
			  script->fade_at };
	unsigned next = FRAMES;

	for (unsigned i = 0; i < sizeof(at) / sizeof(at[0]); i++)
		if (at[i] > from && at[i] < next)
			next = at[i];
	return next;
}

static void play(struct mca_chain *chain, const struct script *script, int16_t *samples,
		 unsigned block, struct dice *dice)
{
	unsigned lanes = script->cooked[0].lanes;
	bool open = true;

	mca_chain_init(chain, &script->cooked[0], true);
	for (unsigned at = 0; at < FRAMES;) {
		unsigned until = next_event(script, at);
		unsigned size = block ? block : 1 + dice_below(dice, 1200);

		if (size > until - at)
			size = until - at;
		for (unsigned i = 0; i < 2; i++)
			if (at == script->set_at[i])
				mca_chain_set(chain, &script->cooked[i + 1]);
		for (unsigned i = 0; i < 4; i++)
			if (at == script->gate_at[i])
				open = i % 2;
		if (at == script->fade_at)
			mca_chain_close_ramp(chain);
		mca_chain_process(chain, samples + at * lanes, samples + at * lanes, size, open);
		at += size;
	}
}

static void every_partition_gives_the_same_bytes(void)
{
	static const unsigned blocks[] = { 1, 7, 64, 127, 511, 512, 4096, 0, 0, 0 };
	static int16_t whole[FRAMES * MCA_LANES_MAX], parts[FRAMES * MCA_LANES_MAX];
	struct mca_chain chain, other;
	struct dice dice = { 17 };

	for (int round = 0; round < EFFORT(25); round++) {
		enum signal_kind kind = dice_below(&dice, SIGNAL_KINDS);
		struct script script;

		write_script(&script, &dice);
		signal_fill(whole, FRAMES, 2, 44100, kind, (uint64_t)round);
		play(&chain, &script, whole, FRAMES, &dice);
		for (unsigned i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
			signal_fill(parts, FRAMES, 2, 44100, kind, (uint64_t)round);
			play(&other, &script, parts, blocks[i], &dice);
			CHECK(memcmp(whole, parts, sizeof(whole)) == 0);
			CHECK(memcmp(&chain, &other, sizeof(chain)) == 0);
		}
	}
}

static void in_place_is_the_same(void)
{
	static int16_t in[FRAMES * 2], out[FRAMES * 2];
	struct mca_chain_params params = params_default();
	struct mca_chain chain, other;

	signal_fill(in, FRAMES, 2, 44100, SIGNAL_BABBLE, 9);
	chain_start(&chain, &params);
	chain_start(&other, &params);
	mca_chain_process(&chain, in, out, FRAMES, true);
	mca_chain_process(&other, in, in, FRAMES, true);
	CHECK(memcmp(in, out, sizeof(in)) == 0);
	CHECK(memcmp(&chain, &other, sizeof(chain)) == 0);
}

int main(void)
{
	RUN(every_partition_gives_the_same_bytes);
	RUN(in_place_is_the_same);
	return DONE();
}
