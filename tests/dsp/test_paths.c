/* SPDX-License-Identifier: MIT */
/*
 * Every path leaves the same bytes: samples, meters and state, for random parameters that change,
 * all signals, any partition and gates. On a processor that can run the portable path alone this
 * compares it with itself, and says so.
 */
#include <stdlib.h>

#include "../support/check.h"
#include "effort.h"
#include "signals.h"

#define FRAMES 3000u

/* Where in the stream something happens, drawn before both chains run. */
struct plan {
	unsigned frames;
	bool open, restart, change;
};

static struct plan draw(struct dice *dice)
{
	/* Short and odd parts show what is done with frames left over. */
	unsigned longest = dice_below(dice, 3) ? 70 : 900;

	return (struct plan) {
		.frames = 1 + dice_below(dice, longest),
		.open = dice_below(dice, 6) != 0,
		.restart = dice_below(dice, 40) == 0,
		.change = dice_below(dice, 8) == 0,
	};
}

static void turn(struct mca_chain *chain, const struct plan *plan,
		 const struct mca_chain_cooked *next)
{
	if (plan->restart)
		mca_chain_close_ramp(chain);
	if (plan->change)
		mca_chain_set(chain, next);
}

static struct mca_chain_cooked draw_parameters(const struct mca_chain_params *first,
					       struct dice *dice)
{
	struct mca_chain_params params = params_random(dice);
	struct mca_chain_cooked cooked;

	params.rate_hz = first->rate_hz;
	params.lanes = first->lanes;
	params.limiter.lookahead_ms = first->limiter.lookahead_ms;
	CHECK_INT(mca_chain_cook(&cooked, &params, NULL), 0);
	return cooked;
}

static bool same_state(const struct mca_chain *one, const struct mca_chain *other)
{
	struct mca_chain copy = *other;

	copy.path = one->path;
	return memcmp(one, &copy, sizeof(copy)) == 0;
}

static bool run_both(struct dice *dice, int number)
{
	static int16_t one[FRAMES * MCA_LANES_MAX + 1], other[FRAMES * MCA_LANES_MAX];
	struct mca_chain_params first = params_random(dice);
	enum signal_kind kind = dice_below(dice, SIGNAL_KINDS);
	struct mca_chain best, portable;
	int16_t *odd = one + 1; /* aligned to nothing but a sample */

	chain_start(&best, &first);
	chain_start(&portable, &first);
	portable.path = MCA_PATH_PORTABLE;
	signal_fill(odd, FRAMES, first.lanes, first.rate_hz, kind, (uint64_t)number);
	memcpy(other, odd, sizeof(other));
	for (unsigned at = 0; at < FRAMES;) {
		struct mca_chain_cooked next = draw_parameters(&first, dice);
		struct plan plan = draw(dice);
		unsigned frames = plan.frames < FRAMES - at ? plan.frames : FRAMES - at;

		turn(&best, &plan, &next);
		turn(&portable, &plan, &next);
		mca_chain_process(&best, odd + at * first.lanes, odd + at * first.lanes, frames,
				  plan.open);
		mca_chain_process(&portable, other + at * first.lanes, other + at * first.lanes,
				  frames, plan.open);
		at += frames;
		if (!same_state(&best, &portable))
			return false;
	}
	return memcmp(odd, other, FRAMES * first.lanes * sizeof(*other)) == 0;
}

static void all_paths_leave_the_same_bytes(void)
{
	struct dice dice = { 59 };
	unsigned different = 0;

	printf("# path %d beside path %d\n", mca_path_best(), MCA_PATH_PORTABLE);
	for (int i = 0; i < EFFORT(1500); i++)
		different += !run_both(&dice, i);
	CHECK_INT(different, 0);
}

/* Each magnitude, at each place of a vector. */
static void every_sample_value(void)
{
	static int16_t one[65536 * 2], other[65536 * 2];

	for (unsigned shift = 0; shift < 16; shift++) {
		struct mca_chain_params params = params_default();
		struct mca_chain best, portable;

		params.comp.attack_ms = params.comp.release_ms = params.limiter.release_ms = 0;
		params.comp.knee_db = shift % 2 ? 7 : 0;
		params.comp.makeup_db = shift % 4 == 3 ? 24 : 0;
		params.limiter.enabled = shift % 8 != 7;
		for (unsigned i = 0; i < 65536; i++) {
			one[2 * i] = (int16_t)(i * 31 + shift);
			one[2 * i + 1] = shift < 8 ? 0 : (int16_t)(i * 17);
		}
		chain_start(&best, &params);
		chain_start(&portable, &params);
		portable.path = MCA_PATH_PORTABLE;
		mca_chain_process(&best, one, other, 65536, true);
		mca_chain_process(&portable, one, one, 65536, true);
		CHECK(memcmp(one, other, sizeof(one)) == 0);
		CHECK(same_state(&best, &portable));
	}
}

int main(void)
{
	RUN(all_paths_leave_the_same_bytes);
	RUN(every_sample_value);
	return DONE();
}
