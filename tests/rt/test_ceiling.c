/* SPDX-License-Identifier: MIT */
/*
 * No sample at the connector exceeds the ceiling, whatever the two cards: every pair of rates, on
 * one clock and on two that drift apart, with the signals that are hardest on a limiter. What is
 * judged is what the playback card received.
 *
 *     test-rt-ceiling          every pair of rates and clocks, other parameters in turn
 *     test-rt-ceiling all      every pair with every makeup and look-ahead, with and without the
 *                              compressor; minutes
 */
#include <math.h>

#include "../dsp/signals.h"
#include "stream.h"

#define SIGNAL_S 0.1

enum { BLOCK = 256 };

static const unsigned rates[] = { 8000, 16000, 44100, 48000, 96000, 192000 };
static const double drifts[] = { 0, 200, -200 };
enum { RATES = sizeof(rates) / sizeof(rates[0]), DRIFTS = sizeof(drifts) / sizeof(drifts[0]) };

/* A channel from one card to another. */
struct way {
	unsigned capture_hz, playback_hz;
	double drift_ppm;
	double makeup_db, ceiling_dbfs, lookahead_ms;
	bool compressed;
};

struct found {
	size_t above;    /* samples beyond the ceiling */
	int peak, ceiling;
};

/* All signals one after the other, as far as they go at the capture's rate. */
static void write_source(struct stream *stream, const struct way *way)
{
	struct mca_sim_source *source = &pair_card(&stream->pair, 1)->source;
	unsigned frames = (unsigned)(SIGNAL_S * way->capture_hz);
	int16_t *samples = calloc(frames, 2 * sizeof(*samples));
	struct mca_wav_writer *writer = NULL;
	struct mca_diag diag = { 0 };

	source->kind = MCA_SIM_WAV;
	source->loop = false;
	snprintf(source->path, sizeof(source->path), "%s/in.wav", stream->pair.folder);
	pair_say(mca_wav_writer_open(&writer, source->path, way->capture_hz, 2, &diag), &diag);
	for (int kind = 0; kind < SIGNAL_KINDS; kind++) {
		signal_fill(samples, frames, 2, way->capture_hz, (enum signal_kind)kind, 9);
		CHECK_INT(mca_wav_writer_append(writer, samples, frames), 0);
	}
	CHECK_INT(mca_wav_writer_close(writer), 0);
	free(samples);
}

static void prepare(struct stream *stream, const struct way *way)
{
	struct mca_chain_params *params = &stream->params;
	/* The card begins with a tenth of a second of silence; and some blocks are under way. */
	double seconds = 0.15 + SIGNAL_S * SIGNAL_KINDS;

	stream_init(stream, BLOCK);
	stream->pair.playback_card = 2;
	stream->pair.shape.rate_hz = 44100;
	pair_card(&stream->pair, 1)->only_rate_hz = way->capture_hz;
	pair_card(&stream->pair, 2)->only_rate_hz = way->playback_hz;
	pair_card(&stream->pair, 2)->drift_ppm = way->drift_ppm;
	params->comp.enabled = way->compressed;
	params->comp.makeup_db = way->makeup_db;
	params->limiter.ceiling_dbfs = way->ceiling_dbfs;
	params->limiter.lookahead_ms = way->lookahead_ms;
	stream->channel.limit_frames = (uint64_t)(seconds * way->playback_hz);
	write_source(stream, way);
	pair_record(&stream->pair);
}

static struct found judge(const struct mca_wav *played, double ceiling_dbfs)
{
	struct found found = { .ceiling = (int)floor(32768 * pow(10, ceiling_dbfs / 20)) };

	for (size_t i = 0; i < played->count * played->lanes; i++) {
		int magnitude = abs(played->frames[i]);

		found.above += magnitude > found.ceiling;
		found.peak = magnitude > found.peak ? magnitude : found.peak;
	}
	return found;
}

/* Returns whether all is well; says what is not. */
static void check_way(const struct way *way)
{
	struct mca_rt_report report;
	struct mca_wav played = { 0 };
	struct stream stream;
	struct found found;
	bool is_lazy;

	prepare(&stream, way);
	if (!stream_open(&stream))
		return;
	mca_rt_channel_run(&stream.channel);
	stream_report(&stream, &report);
	CHECK_INT(stream_phase(&stream), MCA_RT_ENDED);
	CHECK_INT(report.xruns[MCA_CAPTURE] + report.xruns[MCA_PLAYBACK], 0);
	stream_finish(&stream, &played);
	CHECK_INT(played.rate_hz, way->playback_hz);
	found = judge(&played, way->ceiling_dbfs);
	/* With so much makeup the limiter must have had something to do. */
	is_lazy = way->makeup_db >= 12 && found.peak < 0.98 * found.ceiling;
	if (found.above || is_lazy)
		printf("# %u -> %u Hz %+g ppm, makeup %g, look-ahead %g ms, compressor %s: %zu "
		       "samples above %d, peak %d\n", way->capture_hz, way->playback_hz,
		       way->drift_ppm, way->makeup_db, way->lookahead_ms,
		       way->compressed ? "on" : "off", found.above, found.ceiling, found.peak);
	CHECK_INT(found.above, 0);
	CHECK(!is_lazy);
	mca_wav_done(&played);
}

static void nothing_at_the_connector_exceeds_the_ceiling(void)
{
	static const double makeups_db[] = { 0, 12, 24, 6, 18 };
	static const double ceilings_dbfs[] = { -3, 0, -12, -0.5 };
	unsigned turn = 0;

	for (unsigned in = 0; in < RATES; in++)
		for (unsigned out = 0; out < RATES; out++)
			for (unsigned drift = 0; drift < DRIFTS; drift++, turn++)
				check_way(&(struct way) {
					.capture_hz = rates[in], .playback_hz = rates[out],
					.drift_ppm = drifts[drift],
					.makeup_db = makeups_db[turn % 5],
					.ceiling_dbfs = ceilings_dbfs[turn % 4],
					.lookahead_ms = turn % 7 == 6 ? 3 : 0,
					.compressed = turn % 11 < 8,
				});
}

/* What a way may be set to, one after the other; returns false after the last. */
static bool next_parameters(struct way *way, unsigned *turn)
{
	unsigned at = (*turn)++;

	way->makeup_db = 3 * (at % 9);
	way->lookahead_ms = at / 9 % 2 ? 5 : 0;
	way->compressed = at / 18 % 2 == 0;
	way->ceiling_dbfs = -3;
	return at < 36;
}

static void check_all_parameters(struct way *way)
{
	unsigned failures = check_case_failures, turn = 0, count = 0;

	for (; next_parameters(way, &turn); count++)
		/* Makeup belongs to the compressor: without it, one round is enough. */
		if (way->compressed || way->makeup_db == 0)
			check_way(way);
	printf("# %u -> %u Hz %+g ppm: %s\n", way->capture_hz, way->playback_hz, way->drift_ppm,
	       check_case_failures == failures ? "0 samples above the ceiling" : "EXCEEDED");
	fflush(stdout);
}

static void nothing_exceeds_the_ceiling_with_any_makeup(void)
{
	for (unsigned in = 0; in < RATES; in++)
		for (unsigned out = 0; out < RATES; out++)
			for (unsigned drift = 0; drift < DRIFTS; drift++)
				check_all_parameters(&(struct way) {
					.capture_hz = rates[in], .playback_hz = rates[out],
					.drift_ppm = drifts[drift],
				});
}

int main(int argc, char **argv)
{
	setenv("LIBASOUND_THREAD_SAFE", "0", 1);
	if (argc > 1 && strcmp(argv[1], "all") == 0)
		RUN(nothing_exceeds_the_ceiling_with_any_makeup);
	else
		RUN(nothing_at_the_connector_exceeds_the_ceiling);
	return DONE();
}
