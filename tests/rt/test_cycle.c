/* SPDX-License-Identifier: MIT */
/*
 * The cycle on arrays, without any device: the chain alone when no tone plays, a tone in place of
 * the input when one does, the same bytes however the stream is cut.
 */
#include <stdlib.h>

#include "mca/cycle.h"
#include "mca/diag.h"
#include "../support/check.h"

enum { FRAMES = 20000, SCRATCH = 64 };

static int16_t input[2 * FRAMES];

static void cook(struct mca_chain_cooked *cooked)
{
	struct mca_chain_params params = {
		.rate_hz = 44100, .lanes = 2, .ptt_ramp_ms = 5,
		.comp = { .enabled = true, .ratio = 2, .threshold_dbfs = -20, .attack_ms = 10,
			  .release_ms = 100 },
		.limiter = { .enabled = true, .ceiling_dbfs = -3, .release_ms = 8 },
	};
	struct mca_diag diag;

	CHECK_INT(mca_chain_cook(cooked, &params, &diag), 0);
}

static void order_tone(struct mca_tone_order *order, double seconds)
{
	CHECK_INT(mca_tone_cook(order, 1000, -20, seconds, 44100), 0);
	order->serial = 1;
}

/* The whole input through a cycle in pieces of a length. */
static void run_cycle(int16_t *out, unsigned piece, const struct mca_tone_order *tone)
{
	int16_t scratch[2 * SCRATCH];
	struct mca_chain_cooked cooked;
	struct mca_cycle cycle;

	cook(&cooked);
	mca_cycle_init(&cycle, &cooked, scratch, SCRATCH, false);
	if (tone)
		mca_tone_start(&cycle.tone, tone);
	for (unsigned at = 0; at < FRAMES; at += piece) {
		unsigned frames = FRAMES - at < piece ? FRAMES - at : piece;
		uint64_t left = mca_cycle_process(&cycle, input + 2 * at, out + 2 * at, frames,
						  true);

		CHECK_INT(left, tone && tone->frames > at + frames
					? tone->frames - at - frames : 0);
	}
}

static void without_tone_it_is_the_chain(void)
{
	static int16_t got[2 * FRAMES], want[2 * FRAMES];
	struct mca_chain_cooked cooked;
	struct mca_chain chain;

	cook(&cooked);
	mca_chain_init(&chain, &cooked, false);
	mca_chain_process(&chain, input, want, FRAMES, true);
	run_cycle(got, 512, NULL);
	CHECK(memcmp(got, want, sizeof(got)) == 0);
}

static void a_tone_takes_the_place_of_the_input(void)
{
	static int16_t got[2 * FRAMES], want[2 * FRAMES], mixed[2 * FRAMES];
	struct mca_chain_cooked cooked;
	struct mca_tone_order order;
	struct mca_chain chain;
	struct mca_tone tone;

	order_tone(&order, 0.2);
	memcpy(mixed, input, sizeof(mixed));
	mca_tone_init(&tone);
	mca_tone_start(&tone, &order);
	mca_tone_render(&tone, mixed, FRAMES, 2);
	CHECK(memcmp(mixed, input, sizeof(mixed)) != 0);
	cook(&cooked);
	mca_chain_init(&chain, &cooked, false);
	mca_chain_process(&chain, mixed, want, FRAMES, true);
	run_cycle(got, 512, &order);
	CHECK(memcmp(got, want, sizeof(got)) == 0);
}

static void pieces_do_not_matter(void)
{
	static const unsigned pieces[] = { 1, 7, 64, 65, 511, 4096, FRAMES };
	static int16_t got[2 * FRAMES], want[2 * FRAMES];
	struct mca_tone_order order;

	order_tone(&order, 0.1);
	run_cycle(want, 512, &order);
	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		run_cycle(got, pieces[i], &order);
		CHECK(memcmp(got, want, sizeof(got)) == 0);
	}
}

int main(void)
{
	uint32_t seed = 5;

	for (size_t i = 0; i < 2 * FRAMES; i++) {
		seed = seed * 1664525u + 1013904223u;
		input[i] = (int16_t)(seed >> 18);
	}
	RUN(without_tone_it_is_the_chain);
	RUN(a_tone_takes_the_place_of_the_input);
	RUN(pieces_do_not_matter);
	return DONE();
}
