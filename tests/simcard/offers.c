/* SPDX-License-Identifier: MIT */
/* What the cards offer, who may have them, and what the programme sounds like. */
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>

#include "pair.h"
#include "rack.h"

#define RATE 44100

static void names_are_numbers(void)
{
	CHECK_INT(mca_simcard_number("sim:1"), 1);
	CHECK_INT(mca_simcard_number("sim:8"), 8);
	CHECK_INT(mca_simcard_number("sim:0"), 0);
	CHECK_INT(mca_simcard_number("sim:9"), 0);
	CHECK_INT(mca_simcard_number("sim:12"), 0);
	CHECK_INT(mca_simcard_number("sim:"), 0);
	CHECK_INT(mca_simcard_number("hw:1"), 0);
	CHECK_INT(mca_simcard_number(""), 0);
}

static void a_direction_has_one_owner(void)
{
	struct mca_simrack_spec spec = free_spec();
	struct mca_simrack *rack = make_rack(&spec);
	struct mca_diag diag = { 0 };
	snd_pcm_t *in = NULL, *out = NULL, *other = NULL;

	CHECK(!mca_simrack_busy(rack, 1, 0));
	CHECK_INT(mca_simrack_open(rack, &in, 1, SND_PCM_STREAM_CAPTURE, 0, NULL, &diag), 0);
	CHECK(mca_simrack_busy(rack, 1, 0));
	CHECK(!mca_simrack_busy(rack, 1, 1));
	CHECK_INT(mca_simrack_open(rack, &other, 1, SND_PCM_STREAM_CAPTURE, 0, NULL, &diag),
		  -EBUSY);
	CHECK(strstr(diag.text, "capture direction of sim:1") != NULL);
	CHECK_INT(mca_simrack_open(rack, &out, 1, SND_PCM_STREAM_PLAYBACK, 0, NULL, &diag), 0);
	snd_pcm_close(in);
	CHECK(!mca_simrack_busy(rack, 1, 0));
	CHECK_INT(mca_simrack_open(rack, &in, 1, SND_PCM_STREAM_CAPTURE, 0, NULL, &diag), 0);
	CHECK_INT(mca_simrack_open(rack, &other, 9, SND_PCM_STREAM_CAPTURE, 0, NULL, &diag),
		  -ENODEV);
	snd_pcm_close(in);
	snd_pcm_close(out);
	mca_simrack_free(rack);
}

static void an_absent_card_can_be_plugged_in(void)
{
	struct mca_simrack_spec spec = free_spec();
	struct mca_diag diag = { 0 };
	struct mca_simrack *rack;
	snd_pcm_t *pcm = NULL;

	spec.card[4].absent = true;
	rack = make_rack(&spec);
	CHECK(!mca_simrack_present(rack, 5));
	CHECK(mca_simrack_present(rack, 4));
	CHECK_INT(mca_simrack_open(rack, &pcm, 5, SND_PCM_STREAM_CAPTURE, 0, NULL, &diag), -ENODEV);
	CHECK(strstr(diag.text, "sim:5") != NULL);
	mca_simrack_replug(rack, 5);
	CHECK_INT(mca_simrack_open(rack, &pcm, 5, SND_PCM_STREAM_CAPTURE, 0, NULL, &diag), 0);
	snd_pcm_close(pcm);
	mca_simrack_free(rack);
}

struct range {
	unsigned rate[2], lanes[2];
	snd_pcm_uframes_t period[2];
	bool mmap;
};

static void read_range(struct mca_simrack *rack, unsigned card, struct range *range)
{
	snd_pcm_hw_params_t *hw;
	snd_pcm_t *pcm = NULL;

	snd_pcm_hw_params_alloca(&hw);
	CHECK_INT(mca_simrack_open(rack, &pcm, card, SND_PCM_STREAM_CAPTURE, 0, NULL, NULL), 0);
	CHECK(snd_pcm_hw_params_any(pcm, hw) >= 0);
	snd_pcm_hw_params_get_rate_min(hw, &range->rate[0], NULL);
	snd_pcm_hw_params_get_rate_max(hw, &range->rate[1], NULL);
	snd_pcm_hw_params_get_channels_min(hw, &range->lanes[0]);
	snd_pcm_hw_params_get_channels_max(hw, &range->lanes[1]);
	range->mmap = snd_pcm_hw_params_test_access(pcm, hw, SND_PCM_ACCESS_MMAP_INTERLEAVED) == 0;
	CHECK_INT(snd_pcm_hw_params_test_access(pcm, hw, SND_PCM_ACCESS_RW_INTERLEAVED), 0);
	CHECK_INT(snd_pcm_hw_params_test_format(pcm, hw, SND_PCM_FORMAT_S16_LE), 0);
	CHECK(snd_pcm_hw_params_test_format(pcm, hw, SND_PCM_FORMAT_S32_LE) < 0);
	CHECK_INT(snd_pcm_hw_params_set_channels(pcm, hw, range->lanes[1]), 0);
	snd_pcm_hw_params_get_period_size_min(hw, &range->period[0], NULL);
	snd_pcm_hw_params_get_period_size_max(hw, &range->period[1], NULL);
	snd_pcm_close(pcm);
}

static void a_card_offers_what_its_specification_says(void)
{
	struct mca_simrack_spec spec = free_spec();
	struct mca_simrack *rack;
	struct range range;

	spec.card[1].only_rate_hz = 48000;
	spec.card[1].only_lanes = 1;
	spec.card[1].no_mmap = true;
	spec.card[2].min_period_frames = 100;
	spec.card[2].max_period_frames = 300;
	rack = make_rack(&spec);

	read_range(rack, 1, &range);
	CHECK(range.rate[0] == 8000 && range.rate[1] == 192000);
	CHECK(range.lanes[0] == 1 && range.lanes[1] == 2);
	CHECK(range.period[0] <= 16 && range.period[1] >= 8192);
	CHECK(range.mmap);

	read_range(rack, 2, &range);
	CHECK(range.rate[0] == 48000 && range.rate[1] == 48000);
	CHECK(range.lanes[0] == 1 && range.lanes[1] == 1);
	CHECK(!range.mmap);

	read_range(rack, 3, &range);
	CHECK(range.period[1] == 300);
	CHECK(range.period[0] >= 50 && range.period[0] <= 100);
	mca_simrack_free(rack);
}

static void impossible_limits_are_explained(void)
{
	struct mca_simrack_spec spec = free_spec();
	struct mca_diag diag = { 0 };
	struct mca_simrack *rack = NULL;

	spec.card[0].min_period_frames = 300;
	spec.card[0].max_period_frames = 200;
	CHECK_INT(mca_simrack_new(&rack, &spec, false, &diag), -EINVAL);
	CHECK(strstr(diag.text, "sim:1") != NULL);
}

/* Without mmap the same samples come through read and write. */
static void read_and_write_carry_the_same_samples(void)
{
	struct mca_simrack_spec spec = free_spec();
	struct mca_simclock clock = { .free_running = true };
	struct mca_simrack *rack;
	snd_pcm_t *pcm = NULL;
	static int16_t mapped[2 * 4096], copied[2 * 4096];

	rack = make_rack(&spec);
	CHECK_INT(open_one(&pcm, rack, 1, SND_PCM_STREAM_CAPTURE, RATE, 2, 512, &clock), 0);
	CHECK_INT(snd_pcm_nonblock(pcm, 0), 0);
	CHECK_INT(snd_pcm_start(pcm), 0);
	CHECK_INT(snd_pcm_mmap_readi(pcm, mapped, 4096), 4096);
	snd_pcm_close(pcm);
	mca_simrack_free(rack);

	spec.card[0].no_mmap = true;
	rack = make_rack(&spec);
	CHECK_INT(mca_simrack_open(rack, &pcm, 1, SND_PCM_STREAM_CAPTURE, 0, &clock, NULL), 0);
	CHECK_INT(snd_pcm_set_params(pcm, SND_PCM_FORMAT_S16_LE, SND_PCM_ACCESS_RW_INTERLEAVED, 2,
				     RATE, 0, 50000),
		  0);
	CHECK_INT(snd_pcm_start(pcm), 0);
	CHECK_INT(snd_pcm_readi(pcm, copied, 4096), 4096);
	snd_pcm_close(pcm);
	mca_simrack_free(rack);
	CHECK(memcmp(mapped, copied, sizeof(mapped)) == 0);
}

/* One loop of a card's programme, left lane. */
static int16_t *programme(unsigned card, unsigned rate, double level_dbfs, unsigned frames,
			  double *dbfs)
{
	struct mca_simrack_spec spec = free_spec();
	struct mca_simclock clock = { .free_running = true };
	int16_t *samples = calloc(2 * (size_t)frames, sizeof(*samples));
	struct mca_simrack *rack;
	snd_pcm_t *pcm = NULL;
	double sum = 0;

	spec.card[card - 1].source.level_dbfs = level_dbfs;
	rack = make_rack(&spec);
	CHECK_INT(open_one(&pcm, rack, card, SND_PCM_STREAM_CAPTURE, rate, 2, 4096, &clock), 0);
	CHECK_INT(snd_pcm_nonblock(pcm, 0), 0);
	CHECK_INT(snd_pcm_start(pcm), 0);
	CHECK_INT(snd_pcm_mmap_readi(pcm, samples, frames), frames);
	snd_pcm_close(pcm);
	mca_simrack_free(rack);
	for (size_t i = 0; i < 2 * (size_t)frames; i++)
		sum += (double)samples[i] * samples[i];
	*dbfs = 10 * log10(sum / (2.0 * frames) / (32768.0 * 32768.0));
	return samples;
}

static double lane_power(const int16_t *samples, size_t frames, unsigned lane)
{
	double sum = 0;

	for (size_t i = 0; i < frames; i++)
		sum += (double)samples[2 * i + lane] * samples[2 * i + lane];
	return sum / (double)frames;
}

static void the_programme_has_its_level_at_every_rate(void)
{
	static const unsigned rates[] = { 8000, 16000, 44100, 48000, 192000 };
	static const double levels[] = { -50, -20, -12 };
	double dbfs;

	for (unsigned r = 0; r < 5; r++) {
		free(programme(1 + r, rates[r], -20, 12 * rates[r], &dbfs));
		CHECK_NEAR(dbfs, -20, 0.3);
	}
	for (unsigned l = 0; l < 3; l++) {
		free(programme(3, RATE, levels[l], 12 * RATE, &dbfs));
		CHECK_NEAR(dbfs, levels[l], 0.5);
	}
}

static void the_programme_moves_like_speech(void)
{
	double dbfs, loudest = 0, softest = INFINITY;
	int16_t *samples = programme(1, RATE, -20, 12 * RATE, &dbfs);
	unsigned pauses = 0, jumps = 0;

	/* Windows of 100 ms, as the meters have them. */
	for (unsigned w = 0; w < 120; w++) {
		double power = lane_power(samples + 2 * (size_t)w * (RATE / 10), RATE / 10, 0);

		loudest = fmax(loudest, power);
		softest = fmin(softest, power);
		pauses += power < 1;
	}
	CHECK(10 * log10(loudest / fmax(softest, 1)) > 30);
	CHECK(pauses >= 4 && pauses < 60);
	CHECK_NEAR(
		10 * log10(lane_power(samples, 12 * RATE, 0) / lane_power(samples, 12 * RATE, 1)),
		2.5, 0.3);
	/* The loop point is as quiet as a pause. */
	for (unsigned i = 1; i < RATE / 10; i++)
		jumps += samples[2 * (12 * RATE - i)] != 0;
	CHECK_INT(jumps, 0);
	free(samples);
}

static void every_card_has_another_voice(void)
{
	int16_t *voice[MCA_SIM_CARDS];
	double dbfs;

	for (unsigned i = 0; i < MCA_SIM_CARDS; i++)
		voice[i] = programme(i + 1, RATE, -20, RATE, &dbfs);
	for (unsigned i = 0; i < MCA_SIM_CARDS; i++) {
		for (unsigned j = 0; j < i; j++)
			CHECK(memcmp(voice[i], voice[j], RATE * sizeof(int16_t)) != 0);
	}
	for (unsigned i = 0; i < MCA_SIM_CARDS; i++)
		free(voice[i]);
}

/* Two pairs in two threads, one listening to the other on the real clock. */
static void *listen(void *context)
{
	struct pair *pair = context;

	return pair_start(pair) == 0 && pair_run(pair, 12000) == 0 ? context : NULL;
}

static void heard(struct pair *pair, const int16_t *in, int16_t *out, unsigned frames)
{
	uint64_t *nonzero = pair->context;

	for (unsigned i = 0; i < 2 * frames; i++) {
		*nonzero += in[i] != 0;
		out[i] = 0;
	}
}

static void a_wire_between_pairs_carries_sound(void)
{
	struct mca_simrack_spec spec;
	uint64_t nonzero = 0;
	struct pair talker = { 0 }, listener = { .process = heard, .context = &nonzero };
	struct mca_simrack *rack;
	pthread_t thread;
	void *well = NULL;

	mca_simrack_spec_default(&spec);
	spec.card[0].source.kind = MCA_SIM_TONE;
	spec.card[2].source.kind = MCA_SIM_WIRE;
	spec.card[2].source.wire_card = 2;
	rack = make_rack(&spec);
	CHECK_INT(pair_open(&talker, rack, 1, 2, 8000, 2048), 0);
	CHECK_INT(pair_open(&listener, rack, 3, 4, 8000, 2048), 0);
	CHECK_INT(pair_start(&talker), 0);
	CHECK_INT(pthread_create(&thread, NULL, listen, &listener), 0);
	CHECK_INT(pair_run(&talker, 12000), 0);
	pthread_join(thread, &well);
	CHECK(well != NULL);
	CHECK(nonzero > 100);
	pair_close(&talker);
	pair_close(&listener);
	mca_simrack_free(rack);
}

int main(void)
{
	RUN(names_are_numbers);
	RUN(a_direction_has_one_owner);
	RUN(an_absent_card_can_be_plugged_in);
	RUN(a_card_offers_what_its_specification_says);
	RUN(impossible_limits_are_explained);
	RUN(read_and_write_carry_the_same_samples);
	RUN(the_programme_has_its_level_at_every_rate);
	RUN(the_programme_moves_like_speech);
	RUN(every_card_has_another_voice);
	RUN(a_wire_between_pairs_carries_sound);
	return DONE();
}
