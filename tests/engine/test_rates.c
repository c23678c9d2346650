/* SPDX-License-Identifier: MIT */
/*
 * Cards of every rate and period under an engine of every rate, from the outside: they run without
 * an xrun, a tone stays the tone it was, and a sound arrives when `latency_ms` says.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"
#include "resample/tone.h"
#include "support/check.h"

struct ring {
	unsigned rate_hz;      /* the card's only one */
	unsigned period;       /* frames, 0 = any */
	unsigned periods;      /* in the ring, 0 = any */
};

struct way {
	unsigned engine_hz, block;
	struct ring in, out;
	bool one_card;
	double drift_ppm;      /* of the other card */
	unsigned seconds;
};

static void limit(struct mca_sim_card_spec *card, const struct ring *ring)
{
	card->only_rate_hz = ring->rate_hz;
	card->min_period_frames = card->max_period_frames = ring->period;
	card->only_periods = ring->periods;
	card->only_lanes = 2;     /* periods are exact then */
}

/* The rate of the channel. */
static unsigned played_hz(const struct way *way)
{
	unsigned only_hz = way->one_card ? way->in.rate_hz : way->out.rate_hz;

	return only_hz ? only_hz : way->engine_hz;
}

static unsigned sink_card(const struct way *way)
{
	return way->one_card ? 1 : 2;
}

/* Channel 1 from card 1 to card 2, or back out of card 1; it changes nothing. */
static void begin(struct bench *bench, const struct way *way)
{
	struct mca_channel_settings *channel;

	bench_init(bench, true);
	for (unsigned id = 2; id <= 4; id++)
		bench_remove_channel(bench, id);
	channel = bench_channel(bench, 1);
	bench_ref(&channel->output, sink_card(way));
	channel->dsp.comp.enabled = channel->dsp.limiter.enabled = false;
	channel->dsp.ptt_ramp_ms = 0;
	bench->settings->rate_hz = way->engine_hz;
	bench->settings->block_frames = way->block;
	limit(&bench->spec->card[0], &way->in);
	if (!way->one_card)
		limit(&bench->spec->card[1], &way->out);
	bench->spec->card[1].drift_ppm = way->drift_ppm;
	bench_record(bench, sink_card(way));
}

static bool has_passed(struct bench *bench, unsigned frames)
{
	return bench_is_fault(bench, 1) ||
	       (bench_is_running(bench, 1) && bench_status(bench, 1)->frames >= frames);
}

/* So many seconds; returns the latency it told while it ran. */
static double run(struct bench *bench, const struct way *way, struct mca_wav *wav)
{
	double latency_ms;

	bench_start(bench);
	CHECK(bench_until(bench, has_passed, way->seconds * played_hz(way)));
	CHECK_INT(bench_status(bench, 1)->state, MCA_CHANNEL_RUNNING);
	CHECK_STR(bench_status(bench, 1)->reason, "");
	latency_ms = bench_status(bench, 1)->latency_ms;
	CHECK_INT(bench->status->xruns, 0);
	bench_stop(bench);
	bench_read(bench, sink_card(way), wav);
	return latency_ms;
}

static void say(const struct way *way)
{
	printf("# %u Hz (periods of %u, %u of them) -> %u Hz, blocks of %u -> %u Hz (%u, %u)%s: ",
	       way->in.rate_hz, way->in.period, way->in.periods, way->engine_hz, way->block,
	       way->one_card ? way->in.rate_hz : way->out.rate_hz, way->out.period,
	       way->out.periods, way->one_card ? ", one card" : "");
}

/* A click in the middle of silence: how much later than captured it is played. */
static void check_latency(const struct way *way)
{
	unsigned rate_hz = way->in.rate_hz, loud = 0;
	unsigned out_hz = way->one_card ? rate_hz : way->out.rate_hz;
	double told_ms, heard_ms, mass = 0, sum = 0;
	struct mca_wav_writer *writer = NULL;
	int16_t frames[2 * 64] = { 0 };
	struct mca_sim_source *source;
	struct bench bench;
	struct mca_wav wav;

	begin(&bench, way);
	source = &bench.spec->card[0].source;
	source->kind = MCA_SIM_WAV;
	source->loop = false;
	snprintf(source->path, sizeof(source->path), "%s/sink8.wav", bench.folder);
	for (unsigned i = 0; i < 16; i++)   /* long enough to survive every low-pass */
		frames[2 * i] = frames[2 * i + 1] = 16000;
	CHECK_INT(mca_wav_writer_open(&writer, source->path, rate_hz, 2, NULL), 0);
	CHECK_INT(mca_wav_writer_append(writer, frames, 64), 0);
	CHECK_INT(mca_wav_writer_close(writer), 0);
	told_ms = run(&bench, way, &wav);
	for (size_t i = 0; i < wav.count; i++) {
		mass += (double)i * wav.frames[2 * i];
		sum += wav.frames[2 * i];
		loud += wav.frames[2 * i] > 1000;
	}
	heard_ms = 1000 * (mass / sum / out_hz - 0.1 - 7.5 / rate_hz);
	say(way);
	printf("told %.2f ms, heard %.2f\n", told_ms, heard_ms);
	CHECK(loud > 0);
	CHECK_NEAR(heard_ms, told_ms, 0.02);
	mca_wav_done(&wav);
	bench_done(&bench);
}

static void latency_is_as_told(void)
{
	const struct way ways[] = {
		{ 44100, 512, { 48000, 0, 0 }, { 48000, 0, 0 }, false, 0, 1 },
		{ 44100, 512, { 48000, 0, 0 }, { 0, 0, 0 }, true, 0, 1 },
		{ 44100, 512, { 48000, 0, 0 }, { 44100, 0, 0 }, false, 0, 1 },
		{ 44100, 512, { 44100, 0, 0 }, { 48000, 1024, 2 }, false, 0, 1 },
		{ 44100, 512, { 48000, 441, 2 }, { 44100, 0, 0 }, false, 30, 1 },
		{ 44100, 512, { 44100, 1024, 2 }, { 44100, 1024, 2 }, false, 0, 1 },
		{ 44100, 512, { 44100, 441, 0 }, { 44100, 441, 0 }, false, 0, 1 },
		{ 48000, 64, { 44100, 441, 0 }, { 96000, 333, 0 }, false, 0, 1 },
		{ 8000, 64, { 192000, 0, 0 }, { 192000, 0, 0 }, false, 0, 1 },
		{ 192000, 512, { 8000, 0, 0 }, { 8000, 0, 0 }, true, 0, 1 },
	};

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		check_latency(&ways[i]);
}

/* A tone of -6 dBFS peak: its level, and everything else. */
static void check_tone(const struct way *way, double most_db)
{
	unsigned out_hz = way->one_card ? way->in.rate_hz : way->out.rate_hz;
	double want = 32768 * pow(10, -9.0 / 20) * sqrt(2), level_db, rest_db;
	struct tone_found found;
	struct bench bench;
	struct mca_wav wav;

	begin(&bench, way);
	bench.spec->card[0].source.frequency_hz = 997;
	bench.spec->card[0].source.level_dbfs = -9;
	run(&bench, way, &wav);
	CHECK_INT(wav.rate_hz, out_hz);
	CHECK(wav.count >= 2 * out_hz);
	if (wav.count < 2 * out_hz)
		return;
	found = tone_find(wav.frames + 2 * (wav.count - out_hz - out_hz / 2), out_hz, 2,
			  997.0 / out_hz);
	level_db = 20 * log10(found.amplitude / want);
	rest_db = 20 * log10(found.rest * sqrt(2) / found.amplitude);
	say(way);
	printf("level %+.4f dB, THD+N %.1f dB\n", level_db, rest_db);
	CHECK_NEAR(level_db, 0, 0.05);
	CHECK(rest_db < most_db);
	mca_wav_done(&wav);
	bench_done(&bench);
}

static void a_tone_stays_what_it_was(void)
{
	const struct way ways[] = {
		{ 44100, 512, { 48000, 0, 0 }, { 44100, 0, 0 }, false, 0, 4 },
		{ 44100, 512, { 44100, 0, 0 }, { 48000, 0, 0 }, false, 0, 4 },
		{ 44100, 512, { 48000, 0, 0 }, { 48000, 0, 0 }, true, 0, 4 },
		{ 48000, 128, { 44100, 0, 0 }, { 44100, 0, 0 }, false, 0, 4 },
		{ 44100, 512, { 96000, 441, 2 }, { 32000, 1024, 2 }, false, 0, 4 },
	};

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		check_tone(&ways[i], -86);
}

/* Made behind the resampler: its frequency is exact by the output's own clock. */
static void a_test_tone_is_made_at_the_outputs_rate(void)
{
	const struct way way = { 44100, 512, { 44100, 0, 0 }, { 48000, 0, 0 }, false, 150, 3 };
	struct tone_found found;
	struct bench bench;
	struct mca_wav wav;
	uint64_t before;

	begin(&bench, &way);
	bench_start(&bench);
	CHECK(bench_until(&bench, bench_is_running, 1));
	before = bench_frames(&bench, 1);
	CHECK_INT(BENCH_TONE(bench.engine, NULL, 1, 997, -20, 3600), 0);
	/* Half the output's rate is the bound, not half the configuration's. */
	CHECK_INT(BENCH_TONE(bench.engine, NULL, 1, 24000, -20, 1), -EINVAL);
	CHECK(bench_pass(&bench, 1, 3 * 48000));
	bench_look(&bench);
	CHECK_NEAR(bench_status(&bench, 1)->tone_left_s +
		   (double)(bench_status(&bench, 1)->frames - before) / 48000, 3600, 5);
	bench_stop(&bench);
	bench_read(&bench, 2, &wav);
	CHECK(wav.count >= 3 * 48000);
	if (wav.count >= 3 * 48000) {
		found = tone_find(wav.frames + 2 * (wav.count - 2 * 48000), 48000, 2,
				  997.0 / 48000);
		CHECK_NEAR(20 * log10(found.amplitude / 32768 / sqrt(2)), -20, 0.05);
		CHECK(20 * log10(found.rest * sqrt(2) / found.amplitude) < -70);
	}
	mca_wav_done(&wav);
	bench_done(&bench);
}

/* Parameters reach a stream at its own rate, and look-ahead counts in its own frames. */
static void parameters_follow_the_outputs_rate(void)
{
	const struct way way = { 44100, 512, { 44100, 0, 0 }, { 96000, 0, 0 }, false, 0, 1 };
	struct mca_chain_params *dsp;
	struct bench bench;
	double told_ms;

	begin(&bench, &way);
	dsp = &bench_channel(&bench, 1)->dsp;
	bench_start(&bench);
	CHECK(bench_until(&bench, bench_is_running, 1));
	told_ms = bench_status(&bench, 1)->latency_ms;
	dsp->limiter.enabled = true;
	dsp->limiter.ceiling_dbfs = -20;
	CHECK_INT(bench_apply(&bench), 0);
	CHECK(!bench_restarted(&bench, 1));
	CHECK(bench_pass(&bench, 1, 96000));
	dsp->limiter.lookahead_ms = 5;
	CHECK_INT(bench_apply(&bench), 0);
	CHECK(bench_restarted(&bench, 1));
	CHECK(bench_until(&bench, bench_is_running, 1));
	CHECK_NEAR(bench_status(&bench, 1)->latency_ms, told_ms + 5, 0.001);
	/* As many frames of 96 kHz, one less of 44.1 kHz: the chain's own count decides. */
	dsp->limiter.lookahead_ms = 4.9998;
	CHECK_INT(bench_apply(&bench), 0);
	CHECK(!bench_restarted(&bench, 1));
	CHECK(bench_pass(&bench, 1, 96000));
	bench_stop(&bench);
	bench_done(&bench);
}

/* What a card hands over at once must fit the other one's ring. */
static bool is_possible(const struct way *way)
{
	unsigned lump = way->in.period, ring = way->out.period * way->out.periods;

	if (lump == 0)
		lump = way->block * way->in.rate_hz / way->engine_hz + 1;
	return ring == 0 || 1.0 * lump / way->in.rate_hz < 0.97 * ring / way->out.rate_hz;
}

static void check_way(const struct way *way)
{
	unsigned failures = check_case_failures;
	struct bench bench;
	struct mca_wav wav;

	begin(&bench, way);
	if (is_possible(way)) {
		run(&bench, way, &wav);
		CHECK((double)wav.count / way->out.rate_hz > 0.7);
		mca_wav_done(&wav);
	} else {
		bench_start(&bench);
		CHECK(bench_until(&bench, bench_is_fault, 1));
		CHECK(strstr(bench_status(&bench, 1)->reason, "choose a smaller blocksize"));
	}
	if (check_case_failures > failures) {
		say(way);
		printf("%s\n", "is where it fails");
	}
	bench_done(&bench);
}

/* Every pair of extremes, blocks and periods that fit nothing: runs, and loses nothing. */
static void every_pair_runs(void)
{
	static const unsigned rates[] = { 8000, 11025, 44100, 48000, 192000 };
	static const struct ring rings[] = { { 0, 0, 0 }, { 0, 441, 2 }, { 0, 1024, 2 },
					     { 0, 333, 3 } };
	static const unsigned blocks[] = { 16, 100, 512 };
	unsigned turn = 0;

	for (unsigned engine = 0; engine < 5; engine++)
		for (unsigned in = 0; in < 5; in++)
			for (unsigned out = 0; out < 5; out++, turn++) {
				struct way way = { rates[engine], blocks[turn % 3],
						   rings[turn % 4], rings[turn / 4 % 4],
						   false, turn % 2 ? 150 : 0, 1 };

				way.in.rate_hz = rates[in];
				way.out.rate_hz = rates[out];
				check_way(&way);
			}
}

int main(void)
{
	RUN(latency_is_as_told);
	RUN(a_tone_stays_what_it_was);
	RUN(a_test_tone_is_made_at_the_outputs_rate);
	RUN(parameters_follow_the_outputs_rate);
	RUN(every_pair_runs);
	return DONE();
}
