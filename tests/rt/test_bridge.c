/* SPDX-License-Identifier: MIT */
/*
 * A channel between two crystals, from the outside: what is heard at the other end, when, and what
 * happens around restarts and stops. Free-running clocks.
 */
#include <math.h>

#include "stream.h"

#define RATE 44100u
#define PI 3.14159265358979323846

static unsigned rate_of(const struct stream *stream, unsigned card)
{
	unsigned only_hz = stream->pair.spec.card[card - 1].only_rate_hz;

	return only_hz ? only_hz : RATE;
}

/* Card 1 to card 2 of another crystal, recorded; nothing changes the sound but the way. */
static void begin(struct stream *stream, unsigned block_frames, double drift_ppm)
{
	stream_init(stream, block_frames);
	stream->pair.playback_card = 2;
	pair_card(&stream->pair, 2)->drift_ppm = drift_ppm;
	stream->params.comp.enabled = stream->params.limiter.enabled = false;
	pair_record(&stream->pair);
}

static void run(struct stream *stream, unsigned seconds, struct mca_rt_report *report)
{
	stream->channel.limit_frames =
		(uint64_t)seconds * rate_of(stream, stream->pair.playback_card);
	if (!stream_open(stream))
		return;
	mca_rt_channel_run(&stream->channel);
	stream_report(stream, report);
	CHECK_INT(stream_phase(stream), MCA_RT_ENDED);
}

/* How far frames are from what a sine of `cycles` a frame goes on to, from its two last values. */
static double roughness(const struct mca_wav *wav, size_t from, size_t frames, double cycles)
{
	const int16_t *x = wav->frames + from * wav->lanes;
	double twice = 2 * cos(2 * PI * cycles), worst = 0;

	for (size_t i = 2; i < frames; i++) {
		double next = twice * x[(i - 1) * wav->lanes] - x[(i - 2) * wav->lanes];

		worst = fmax(worst, fabs(next - x[i * wav->lanes]));
	}
	return worst;
}

static void check_tone(double drift_ppm, unsigned block_frames)
{
	struct mca_rt_report report = { 0 };
	struct mca_wav played = { 0 };
	struct stream stream;
	double rough;

	begin(&stream, block_frames, drift_ppm);
	pair_card(&stream.pair, 1)->source.kind = MCA_SIM_TONE;
	run(&stream, 20, &report);
	CHECK_INT(report.xruns[MCA_CAPTURE] + report.xruns[MCA_PLAYBACK], 0);
	stream_finish(&stream, &played);
	/* Three roundings to 16 bit, twice the middle one: 2 LSB, and 2 of the tone's own. */
	rough = roughness(&played, RATE, played.count - RATE, 1000.0 / RATE);
	printf("# %g ppm, blocks of %u: %zu frames played, %.2f LSB off a sine\n", drift_ppm,
	       block_frames, (size_t)played.count, rough);
	CHECK(played.count > 19 * RATE);
	CHECK(rough < 6);
	mca_wav_done(&played);
}

static void a_tone_comes_out_without_a_step(void)
{
	check_tone(200, 512);
	check_tone(-1000, 512);
	check_tone(1000, 64);
	check_tone(-30, 16);
}

/* Silence for `wait` seconds, then a constant; where it begins at the other end. */
static size_t find_onset(double drift_ppm, double wait_s, double lookahead_ms, double *latency)
{
	struct mca_rt_report report = { 0 };
	struct mca_wav played = { 0 };
	struct mca_wav_writer *writer = NULL;
	struct mca_sim_source *source;
	struct mca_diag diag = { 0 };
	struct stream stream;
	size_t silent = (size_t)(wait_s * RATE), onset = 0;
	int16_t *frames = calloc(silent + RATE, 2 * sizeof(*frames));

	begin(&stream, 512, drift_ppm);
	stream.params.limiter.lookahead_ms = lookahead_ms;
	source = &pair_card(&stream.pair, 1)->source;
	source->kind = MCA_SIM_WAV;
	snprintf(source->path, sizeof(source->path), "%s/in.wav", stream.pair.folder);
	for (size_t i = 2 * silent; i < 2 * (silent + RATE); i++)
		frames[i] = 10000;
	pair_say(mca_wav_writer_open(&writer, source->path, RATE, 2, &diag), &diag);
	CHECK_INT(mca_wav_writer_append(writer, frames, silent + RATE), 0);
	CHECK_INT(mca_wav_writer_close(writer), 0);
	free(frames);
	run(&stream, (unsigned)wait_s + 1, &report);
	*latency = mca_rt_latency_frames(&stream.channel);
	stream_finish(&stream, &played);
	while (onset < played.count && played.frames[2 * onset] < 5000)
		onset++;
	mca_wav_done(&played);
	return onset;
}

/* After long enough for 200 ppm to make 176 frames of difference, were it not for the control. */
static void latency_is_as_told(void)
{
	const double drifts[] = { 200, -200, 40 };

	for (unsigned i = 0; i < 3; i++) {
		double latency = 0;
		size_t onset = find_onset(drifts[i], 20, i == 1 ? 10 : 0, &latency);
		/* Captured at this time of the card's, plus its own 100 ms of silence. */
		double captured = 20.1 * RATE * (1 + drifts[i] * 1e-6);

		printf("# %g ppm: told %.1f frames, heard %.1f\n", drifts[i], latency,
		       (double)onset - captured);
		CHECK_NEAR((double)onset - captured, latency, 10);
	}
}

/* A tone between cards of any rates: no step, and as long as it should be. The chain runs at the
 * output's rate, whatever the engine's; cards of one clock and rate have no bridge. */
static void check_control(const struct stream *stream, const struct mca_rt_report *report,
			  bool crystals_differ)
{
	bool has_bridge = stream->channel.bridge != NULL;

	CHECK_INT(has_bridge, crystals_differ || rate_of(stream, 1) != rate_of(stream, 2));
	CHECK_INT(report->drift_known, crystals_differ);
	CHECK_NEAR((double)report->drift_ppb / 1000, crystals_differ ? 120 : 0, 10);
	CHECK(report->level_low >= -44 && report->level_high <= 44);
	if (!crystals_differ) /* one clock: nothing moves */
		CHECK(report->level_low >= -3 && report->level_high <= 3);
	if (has_bridge)
		CHECK_INT(report->clock_state, MCA_CLOCK_LOCKED);
}

static void check_rates(unsigned capture_hz, unsigned playback_hz, bool crystals_differ)
{
	struct mca_rt_report report = { 0 };
	struct mca_wav played = { 0 };
	struct stream stream;
	double rough;

	begin(&stream, 512, crystals_differ ? 120 : 0);
	pair_card(&stream.pair, 2)->only_rate_hz = playback_hz;
	pair_card(&stream.pair, 1)->only_rate_hz = capture_hz;
	pair_card(&stream.pair, 1)->source.kind = MCA_SIM_TONE;
	run(&stream, 20, &report);
	CHECK_INT(report.xruns[MCA_CAPTURE] + report.xruns[MCA_PLAYBACK], 0);
	CHECK_INT(stream.channel.cooked.rate_hz, playback_hz);
	CHECK(report.frames >= 20ull * playback_hz); /* and ends with that block */
	CHECK(report.frames <= 20ull * playback_hz + 559ull * playback_hz / capture_hz + 2);
	CHECK_INT(report.meter.frames, playback_hz / 10);
	check_control(&stream, &report, crystals_differ);
	stream_finish(&stream, &played);
	CHECK_INT(played.rate_hz, playback_hz);
	CHECK_NEAR((double)played.count / playback_hz, 20, 0.05);
	if (played.count < playback_hz)
		return;
	rough = roughness(&played, playback_hz, played.count - playback_hz, 1000.0 / playback_hz);
	printf("# %u -> %u Hz: %.2f LSB off a sine\n", capture_hz, playback_hz, rough);
	CHECK(rough < 6);
	mca_wav_done(&played);
}

static void cards_of_other_rates_are_joined(void)
{
	check_rates(48000, 44100, true);
	check_rates(44100, 48000, true);
	check_rates(44100, 48000, false); /* one clock, two rates */
	check_rates(48000, 48000, true);
	check_rates(48000, 48000, false); /* one clock, one rate, and not the engine's */
	check_rates(96000, 8000, true);
	check_rates(8000, 96000, true);
}

static void an_xrun_starts_the_control_anew(void)
{
	struct mca_rt_report report = { 0 };
	struct stream stream;

	begin(&stream, 512, 180);
	pair_fault(&stream.pair, 2, MCA_SIM_FAULT_XRUN, MCA_PLAYBACK, 60, 0);
	run(&stream, 75, &report);
	CHECK_INT(report.xruns[MCA_PLAYBACK], 1);
	CHECK_INT(report.clock_state, MCA_CLOCK_LOCKED);
	CHECK(report.level_low >= -44 && report.level_high <= 44);
	CHECK_NEAR((double)report.drift_ppb / 1000, 180, 2);
	stream_finish(&stream, NULL);
}

/* Asked to stop, the last that is heard is a fade and then zeros: nothing is cut off. */
static void a_stop_fades_out_over_the_bridge(void)
{
	struct mca_wav played = { 0 };
	struct stream stream;
	size_t last;

	begin(&stream, 512, 100);
	pair_card(&stream.pair, 1)->source.kind = MCA_SIM_TONE;
	if (!stream_open(&stream))
		return;
	stream_begin(&stream);
	stream_await(&stream, RATE);
	stream_stop(&stream);
	CHECK_INT(stream_phase(&stream), MCA_RT_ENDED);
	stream_finish(&stream, &played);
	last = played.count;
	while (last > 0 && played.frames[2 * (last - 1)] == 0)
		last--;
	CHECK(last < played.count);
	CHECK(abs(played.frames[2 * (last - 1)]) < 50);
	CHECK(roughness(&played, RATE / 2, played.count - RATE / 2, 1000.0 / RATE) < 100);
	mca_wav_done(&played);
}

/* Nothing follows the ramp: once it has closed, the output receives zeros and nothing else. */
static void a_closed_gate_is_exact_silence_at_the_connector(void)
{
	struct mca_wav played = { 0 };
	struct stream stream;
	size_t last;

	begin(&stream, 512, 100);
	pair_card(&stream.pair, 1)->source.kind = MCA_SIM_TONE;
	pair_card(&stream.pair, 2)->only_rate_hz = 48000;
	if (!stream_open(&stream))
		return;
	stream_begin(&stream);
	stream_await(&stream, RATE);
	atomic_store(&stream.mute, true);
	stream_await(&stream, atomic_load(&stream.link.frames) + 2 * RATE);
	stream_stop(&stream);
	stream_finish(&stream, &played);
	last = played.count;
	while (last > 0 && played.frames[2 * (last - 1)] == 0)
		last--;
	CHECK(last > RATE / 2 && last + RATE < played.count);
	CHECK(abs(played.frames[2 * (last - 1)]) < 50);
	CHECK(roughness(&played, RATE / 2, played.count - RATE / 2, 1000.0 / 48000) < 100);
	mca_wav_done(&played);
}

/* The ends of rings cut windows anywhere: the same sound. */
static void windows_of_any_length_will_do(void)
{
	struct mca_rt_report report = { 0 };
	struct mca_wav played = { 0 };
	struct stream stream;

	begin(&stream, 512, -150);
	pair_card(&stream.pair, 1)->source.kind = MCA_SIM_TONE;
	pair_fault(&stream.pair, 1, MCA_SIM_FAULT_SHORT_WINDOW, MCA_CAPTURE, 0, 0);
	pair_fault(&stream.pair, 2, MCA_SIM_FAULT_SHORT_WINDOW, MCA_PLAYBACK, 0, 0);
	run(&stream, 20, &report);
	CHECK_INT(report.xruns[MCA_CAPTURE] + report.xruns[MCA_PLAYBACK], 0);
	stream_finish(&stream, &played);
	CHECK(roughness(&played, RATE, played.count - RATE, 1000.0 / RATE) < 6);
	mca_wav_done(&played);
}

int main(void)
{
	RUN(a_tone_comes_out_without_a_step);
	RUN(latency_is_as_told);
	RUN(cards_of_other_rates_are_joined);
	RUN(an_xrun_starts_the_control_anew);
	RUN(a_stop_fades_out_over_the_bridge);
	RUN(a_closed_gate_is_exact_silence_at_the_connector);
	RUN(windows_of_any_length_will_do);
	return DONE();
}
