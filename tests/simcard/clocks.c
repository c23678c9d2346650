/* SPDX-License-Identifier: MIT */
/*
 * Clocks that misbehave: crystals that wander, positions told in batches, late, with time stamps of
 * no worth. Beside each stands what it should be, in formulas of their own.
 */
#include <math.h>

#include "pair.h"
#include "rack.h"

enum { RATE = 44100, BLOCK = 512 };

#define PI 3.14159265358979323846

static double exact_frames(double drift_ppm, double wander_ppm, double period_s, double time_s)
{
	double turn = 2 * PI / period_s;

	return RATE * (1 + drift_ppm * 1e-6) *
	       (time_s + wander_ppm * 1e-6 / turn * (1 - cos(turn * time_s)));
}

/* A capture direction alone, on a clock that the test sets. */
struct lone {
	struct mca_simrack *rack;
	struct mca_simclock clock;
	snd_pcm_t *pcm;
	uint64_t taken;
};

static void begin(struct lone *lone, const struct mca_sim_card_spec *card)
{
	struct mca_simrack_spec spec = free_spec();

	memset(lone, 0, sizeof(*lone));
	spec.card[0] = *card;
	lone->clock.free_running = true;
	lone->rack = make_rack(&spec);
	CHECK_INT(open_one(&lone->pcm, lone->rack, 1, SND_PCM_STREAM_CAPTURE, RATE, 1, BLOCK,
			   &lone->clock), 0);
	CHECK_INT(snd_pcm_start(lone->pcm), 0);
}

static void end(struct lone *lone)
{
	snd_pcm_close(lone->pcm);
	mca_simrack_free(lone->rack);
}

/* All frames told at a time, taken at once. */
static uint64_t told_at(struct lone *lone, uint64_t ns)
{
	snd_pcm_sframes_t avail;

	lone->clock.now_ns = ns;
	avail = snd_pcm_avail_update(lone->pcm);
	CHECK(avail >= 0);
	if (avail > 0)
		CHECK_INT(snd_pcm_forward(lone->pcm, (snd_pcm_uframes_t)avail), avail);
	lone->taken += (uint64_t)avail;
	return lone->taken;
}

static struct mca_sim_card_spec silent_card(void)
{
	struct mca_simrack_spec spec = free_spec();

	spec.card[0].source.kind = MCA_SIM_SILENCE;
	return spec.card[0];
}

static void a_wandering_crystal_follows_its_sine(void)
{
	struct mca_sim_card_spec card = silent_card();
	double worst = 0;
	struct lone lone;

	card.drift_ppm = 30;
	card.wander_ppm = 50;
	card.wander_period_s = 600;
	begin(&lone, &card);
	for (uint64_t i = 1; i < 200000; i++) {
		uint64_t ns = i * UINT64_C(7654321);
		double told = (double)told_at(&lone, ns);

		worst = fmax(worst, fabs(told + 0.5 - exact_frames(30, 50, 600, (double)ns / 1e9)));
	}
	printf("# within %.4f frames of the formula for 25 minutes\n", worst);
	CHECK(worst < 0.501);
	end(&lone);
}

/* Who waits for a position finds it reached, at the first moment that has it. */
static void a_wake_up_finds_what_it_waited_for(void)
{
	struct mca_simrack_spec spec = free_spec();
	struct pair pair = { 0 };
	struct mca_simrack *rack;

	spec.card[0].source.kind = MCA_SIM_SILENCE;
	spec.card[0].wander_ppm = spec.card[1].wander_ppm = 200;
	spec.card[0].wander_period_s = spec.card[1].wander_period_s = 60;
	rack = make_rack(&spec);
	CHECK_INT(pair_open(&pair, rack, 1, 2, RATE, BLOCK), 0);
	CHECK_INT(pair_start(&pair), 0);
	for (unsigned i = 0; i < 20000; i++) {
		double now_s;

		CHECK_INT(pair_cycle(&pair, 1000), 0);
		now_s = (double)pair.clock.now_ns / 1e9;
		CHECK_NEAR(exact_frames(0, 200, 60, now_s), (double)pair.captured, 1e-3);
	}
	pair_close(&pair);
	mca_simrack_free(rack);
}

static void a_batch_card_tells_whole_periods_with_their_time(void)
{
	struct mca_sim_card_spec card = silent_card();
	struct lone lone;

	card.batch = true;
	card.drift_ppm = 100;
	begin(&lone, &card);
	for (uint64_t i = 1; i < 20000; i++) {
		uint64_t ns = i * UINT64_C(1234567);
		double exact = exact_frames(100, 0, 1, (double)ns / 1e9);
		uint64_t told = told_at(&lone, ns);

		CHECK_INT(told % BLOCK, 0);
		CHECK((double)told <= exact && (double)told > exact - BLOCK - 1);
		if (told > 0)
			CHECK_NEAR(exact_frames(100, 0, 1, (double)lone.clock.stamp_ns[0] / 1e9),
				   (double)told, 1e-3);
	}
	end(&lone);
}

static void a_jittered_card_tells_late_but_never_back(void)
{
	const double jitter_frames = 500 * RATE / 1e6;
	struct mca_sim_card_spec card = silent_card();
	struct lone first, again;
	double least = 1e9, most = 0;

	card.jitter_us = 500;
	begin(&first, &card);
	begin(&again, &card);
	for (uint64_t i = 1; i < 20000; i++) {
		uint64_t ns = i * UINT64_C(1234567), told = told_at(&first, ns);
		double late = exact_frames(0, 0, 1, (double)ns / 1e9) - (double)told;

		least = fmin(least, late);
		most = fmax(most, late);
		CHECK_INT(told_at(&again, ns), told);
	}
	printf("# late by %.1f to %.1f frames\n", least, most);
	CHECK(least >= 0 && least < 2);
	CHECK(most > jitter_frames - 2 && most < jitter_frames + 1);
	end(&first);
	end(&again);
}

/* A jittered interrupt: the stamp says when it came. */
static void a_jittered_batch_has_late_stamps(void)
{
	struct mca_sim_card_spec card = silent_card();
	double least = 1e9, most = 0;
	struct lone lone;

	card.batch = true;
	card.jitter_us = 1000;
	begin(&lone, &card);
	for (uint64_t i = 1; i < 20000; i++) {
		uint64_t ns = i * UINT64_C(1234567), told = told_at(&lone, ns);
		double late_us = (double)lone.clock.stamp_ns[0] / 1e3 - (double)told * 1e6 / RATE;

		if (told == 0)
			continue;
		CHECK(lone.clock.stamp_ns[0] <= ns);
		least = fmin(least, late_us);
		most = fmax(most, late_us);
	}
	CHECK(least >= 0 && least < 20 && most > 980 && most <= 1001);
	end(&lone);
}

static void stamps_can_be_of_no_worth(void)
{
	struct mca_sim_card_spec card = silent_card();
	struct lone lone;

	card.stamps = MCA_SIM_STAMPS_NONE;
	begin(&lone, &card);
	told_at(&lone, 12345678);
	CHECK_INT(lone.clock.stamp_ns[0], 0);
	end(&lone);
	card.stamps = MCA_SIM_STAMPS_WRONG;
	begin(&lone, &card);
	told_at(&lone, 12345678);
	CHECK(lone.clock.stamp_ns[0] > UINT64_C(1000000000000));
	end(&lone);
}

static void what_cannot_be_is_refused(void)
{
	const struct { double ppm, period_s, jitter_us; } wrong[] = {
		{ -1, 60, 0 }, { 1001, 60, 0 }, { 50, 9, 0 }, { NAN, 60, 0 }, { 0, 0, -1 },
		{ 0, 0, 10001 },
	};

	for (unsigned i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct mca_simrack_spec spec = free_spec();
		struct mca_simrack *rack = NULL;
		struct mca_diag diag = { 0 };

		spec.card[4].wander_ppm = wrong[i].ppm;
		spec.card[4].wander_period_s = wrong[i].period_s;
		spec.card[4].jitter_us = wrong[i].jitter_us;
		CHECK_INT(mca_simrack_new(&rack, &spec, false, &diag), -EINVAL);
		CHECK(strstr(diag.text, "sim:5") != NULL);
	}
}

int main(void)
{
	RUN(a_wandering_crystal_follows_its_sine);
	RUN(a_wake_up_finds_what_it_waited_for);
	RUN(a_batch_card_tells_whole_periods_with_their_time);
	RUN(a_jittered_card_tells_late_but_never_back);
	RUN(a_jittered_batch_has_late_stamps);
	RUN(stamps_can_be_of_no_worth);
	RUN(what_cannot_be_is_refused);
	return DONE();
}
