/* SPDX-License-Identifier: MIT */
/* Channels that run: states, meters, counters, push-to-talk, the test tone, the heartbeat, the
 * end. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "mca/units.h"
#include "support/check.h"

static void four_channels_run(void)
{
	struct mca_channel_levels levels[MCA_CHANNELS_MAX];
	struct bench bench;
	uint64_t sequence = 0;

	bench_init(&bench, true);
	bench_start(&bench);
	CHECK(bench_until(&bench, bench_all_running, 4));
	CHECK(bench_until(&bench, bench_has_second, 4));
	CHECK_INT(bench.status->state, MCA_ENGINE_RUNNING);
	CHECK_INT(bench.status->generation, 1);
	CHECK_INT(bench.status->enabled_count, 4);
	CHECK_INT(bench.status->xruns, 0);
	CHECK_STR(bench_status(&bench, 3)->device[MCA_CAPTURE], "sim:3");
	CHECK_STR(bench_status(&bench, 3)->device[MCA_PLAYBACK], "sim:7");
	CHECK_STR(bench_status(&bench, 3)->reason, "");
	CHECK_INT(bench_status(&bench, 3)->info[MCA_PLAYBACK].rate_hz, 44100);
	CHECK_NEAR(bench_status(&bench, 3)->latency_ms, 2 * 16 * 1000.0 / 44100, 1e-6);
	CHECK_INT(mca_engine_levels(bench.engine, levels, &sequence), 4);
	CHECK(sequence > 0);
	CHECK_INT(levels[3].id, 4);
	CHECK(levels[3].running);
	CHECK_NEAR(levels[3].levels.input_rms_dbfs[0], -20.0, 0.2);
	bench_done(&bench);
}

static void integer_ids_mean_simulated_cards(void)
{
	struct bench bench;

	bench_init(&bench, true);
	bench_channel(&bench, 2)->input = (struct mca_device_ref){ .id = 2 };
	bench_channel(&bench, 2)->output = (struct mca_device_ref){ .id = 8 };
	bench_remove_channel(&bench, 4);
	bench_start(&bench);
	CHECK(bench_until(&bench, bench_all_running, 3));
	CHECK_STR(bench_status(&bench, 2)->device[MCA_CAPTURE], "sim:2");
	CHECK_STR(bench_status(&bench, 2)->device[MCA_PLAYBACK], "sim:8");
	bench_done(&bench);
}

static void a_disabled_channel_rests(void)
{
	struct bench bench;

	bench_init(&bench, true);
	bench_channel(&bench, 2)->enabled = false;
	bench_start(&bench);
	CHECK(bench_until(&bench, bench_all_running, 3));
	CHECK_INT(bench_status(&bench, 2)->state, MCA_CHANNEL_DISABLED);
	CHECK_INT(bench.status->enabled_count, 3);
	CHECK_INT(bench.status->state, MCA_ENGINE_RUNNING);
	CHECK(!mca_simrack_busy(bench.rack, 2, MCA_CAPTURE));
	bench_done(&bench);
}

static void what_does_not_exist_is_said(void)
{
	struct bench bench;

	bench_init(&bench, true);
	bench.options.simulate = false;
	bench_channel(&bench, 1)->input = (struct mca_device_ref){ .id = 999 };
	snprintf(bench_channel(&bench, 2)->output.name, MCA_DEVICE_MAX, "path:nowhere");
	snprintf(bench_channel(&bench, 3)->output.name, MCA_DEVICE_MAX, "sim:12");
	bench_start(&bench);
	CHECK(bench_until(&bench, bench_all_running, 1));   /* sim: names always work */
	for (unsigned id = 1; id <= 3; id++) {
		CHECK_INT(bench_status(&bench, id)->state, MCA_CHANNEL_FAULT);
		CHECK(bench_status(&bench, id)->reason[0] != '\0');
		CHECK_STR(bench_notice(&bench, MCA_NOTICE_DEVICE_LOST, id)->cause, "ENODEV");
	}
	CHECK(strstr(bench_status(&bench, 3)->reason, "sim:12") != NULL);
	bench_done(&bench);
}

static bool has_no_threads(struct bench *bench, unsigned unused)
{
	(void)bench;
	(void)unused;
	return bench_threads("mca-") == 0;
}

static void a_channel_is_one_thread_with_its_name(void)
{
	struct bench bench;

	bench_init(&bench, true);
	bench_start(&bench);
	CHECK(bench_until(&bench, bench_all_running, 4));
	CHECK_INT(bench_threads("mca-ch-"), 4);
	CHECK_INT(bench_threads("mca-ch-3\n"), 1);
	mca_engine_stop(bench.engine);
	/* The kernel forgets a thread a moment after it was joined. */
	CHECK(bench_until(&bench, has_no_threads, 0));
	bench_done(&bench);
}

static void one_device_serves_one_channel(void)
{
	struct bench bench;

	bench_init(&bench, true);
	bench_ref(&bench_channel(&bench, 2)->output, 5);
	bench_start(&bench);
	CHECK(bench_until(&bench, bench_all_running, 3));
	CHECK_INT(bench_status(&bench, 2)->state, MCA_CHANNEL_FAULT);
	CHECK(strstr(bench_status(&bench, 2)->reason, "channel 1") != NULL);
	CHECK_INT(bench.status->state, MCA_ENGINE_DEGRADED);
	CHECK_STR(bench_notice(&bench, MCA_NOTICE_DEVICE_LOST, 2)->cause, "EBUSY");
	bench_done(&bench);
}

static void sixty_four_channels_without_devices(void)
{
	struct bench bench;

	bench_init(&bench, true);
	bench.settings->channel_count = 0;
	for (unsigned id = 1; id <= MCA_CHANNELS_MAX; id++) {
		struct mca_channel_settings *channel = bench_add_channel(&bench, id, 1, 1);

		snprintf(channel->input.name, sizeof channel->input.name, "sim:%u", id + 8);
	}
	bench_start(&bench);
	bench_look(&bench);
	CHECK_INT(bench.status->channel_count, 64);
	CHECK_INT(bench.status->running_count, 0);
	CHECK_INT(bench_status(&bench, 64)->state, MCA_CHANNEL_FAULT);
	CHECK(bench_status(&bench, 64)->reason[0] != '\0');
	CHECK(mca_engine_alive(bench.engine));
	bench_done(&bench);
}

static void the_run_ends_at_its_limit(void)
{
	struct bench bench;
	struct mca_wav wav;

	bench_init(&bench, true);
	bench.options.limit_s = 1;
	bench_record(&bench, 5);
	bench_start(&bench);
	CHECK(bench_until(&bench, bench_has_ended, 0));
	CHECK_INT(bench_status(&bench, 1)->state, MCA_CHANNEL_ENDED);
	CHECK(bench_until(&bench, bench_is_free, 1 * 2 + MCA_CAPTURE));
	bench_stop(&bench);
	bench_read(&bench, 5, &wav);
	CHECK(wav.count >= 44100 - 64);
	mca_wav_done(&wav);
	bench_done(&bench);
}

/* A constant: what the ramp does to it can be read off the sink. */
static void write_constant(struct bench *bench, char *path, int16_t level)
{
	struct mca_wav_writer *writer = NULL;
	int16_t *frames = malloc(44100 * 2 * sizeof *frames);

	for (unsigned i = 0; i < 44100 * 2; i++)
		frames[i] = level;
	snprintf(path, MCA_SIM_PATH, "%s/sink8.wav", bench->folder); /* removed with the folder */
	CHECK_INT(mca_wav_writer_open(&writer, path, 44100, 2, NULL), 0);
	CHECK_INT(mca_wav_writer_append(writer, frames, 44100), 0);
	CHECK_INT(mca_wav_writer_close(writer), 0);
	free(frames);
}

static bool is_closed(struct bench *bench, unsigned channel)
{
	struct mca_channel_levels levels[MCA_CHANNELS_MAX];

	mca_engine_levels(bench->engine, levels, NULL);
	return levels[channel - 1].levels.rms_dbfs[0] <= MCA_DBFS_FLOOR + 1e-9;
}

static void check_ramp(const struct mca_wav *wav, size_t end, int level)
{
	size_t ramp = 221; /* round(5 ms) at 44100 Hz is 220.5 */
	double worst = 0;

	for (size_t n = end - ramp; n < end; n++) {
		double phase = (double)(n - (end - ramp)) / (double)ramp;
		double want = level * 0.5 * (1 + cos(M_PI * phase));
		double off = fabs(wav->frames[2 * n] - want);

		worst = off > worst ? off : worst;
	}
	/* The end is where rounding makes zeros, a few frames before the ramp's own. */
	CHECK(worst < 0.06 * level);
	CHECK_INT(wav->frames[2 * (end - ramp - 10)], level);
}

static void mute_is_a_ramp_to_exact_zeros(void)
{
	struct mca_ptt_change change = { .channel = 1, .has_mute = true, .mute = true };
	struct mca_ptt_state state;
	struct bench bench;
	struct mca_wav wav;
	size_t last = 0;

	bench_init(&bench, true);
	bench.spec->card[0].source.kind = MCA_SIM_WAV;
	bench.spec->card[0].source.loop = true;
	write_constant(&bench, bench.spec->card[0].source.path, 1000);
	bench_record(&bench, 5);
	bench_start(&bench);
	CHECK(bench_until(&bench, bench_has_second, 1));
	CHECK_INT(mca_engine_ptt(bench.engine, &change, "test", &state), 0);
	CHECK(state.mute && state.gate_open && !state.passing);
	CHECK(bench_until(&bench, is_closed, 1));
	CHECK(bench_pass(&bench, 1, 4410));
	CHECK(bench_status(&bench, 1)->mute);
	CHECK_STR(bench_notice(&bench, MCA_NOTICE_PTT, 1)->client, "test");
	bench_stop(&bench);
	bench_read(&bench, 5, &wav);
	for (size_t n = 0; n < wav.count; n++)
		last = wav.frames[2 * n] ? n : last;
	CHECK(last > 44100 && last + 4410 < wav.count);
	if (last > 44100)
		check_ramp(&wav, last + 1, 1000);
	mca_wav_done(&wav);
	bench_done(&bench);
}

static void ptt_is_absolute_and_knows_its_channels(void)
{
	struct mca_ptt_change change = { .channel = 3, .has_gate_open = true, .gate_open = false };
	struct mca_ptt_state state;
	struct bench bench;

	bench_init(&bench, true);
	bench_channel(&bench, 2)->mute = true;
	bench_start(&bench);
	CHECK_INT(mca_engine_ptt(bench.engine, &change, "test", &state), 0);
	CHECK_INT(mca_engine_ptt(bench.engine, &change, "test", &state), 0);
	CHECK(!state.gate_open && !state.mute && !state.passing);
	bench_look(&bench);
	CHECK(bench_status(&bench, 2)->mute);
	CHECK_INT(bench_count(&bench, MCA_NOTICE_PTT, 3), 1);
	change.channel = 9;
	CHECK_INT(mca_engine_ptt(bench.engine, &change, "test", &state), -ENOENT);
	bench_done(&bench);
}

static bool has_tone(struct bench *bench, unsigned channel)
{
	return bench_status(bench, channel)->tone_left_s > 0;
}

static bool has_no_tone(struct bench *bench, unsigned channel)
{
	return !has_tone(bench, channel);
}

static void a_test_tone_is_ordered_and_stopped(void)
{
	struct mca_diag diag = {0};
	struct bench bench;

	bench_init(&bench, false);
	bench_start(&bench);
	CHECK(bench_until(&bench, bench_is_running, 1));
	CHECK_INT(BENCH_TONE(bench.engine, &diag, 1, 1000, -20, 3000), 0);
	CHECK(bench_until(&bench, has_tone, 1));
	CHECK_INT(BENCH_TONE(bench.engine, &diag, 1, 0, 0, 0), 0);
	CHECK(bench_until(&bench, has_no_tone, 1));
	CHECK_INT(BENCH_TONE(bench.engine, &diag, 1, 30000, -20, 1), -EINVAL);
	CHECK(diag.text[0] != '\0');
	CHECK_INT(BENCH_TONE(bench.engine, &diag, 9, 1000, -20, 1), -ENOENT);
	mca_simrack_unplug(bench.rack, 2);
	CHECK(bench_until(&bench, bench_is_fault, 2));
	CHECK_INT(BENCH_TONE(bench.engine, &diag, 2, 1000, -20, 1), -EAGAIN);
	bench_done(&bench);
}

static bool is_dead(struct bench *bench, unsigned unused)
{
	(void)unused;
	return !mca_engine_alive(bench->engine);
}

static void a_frozen_channel_is_not_alive(void)
{
	struct bench bench;

	bench_init(&bench, false);
	bench_start(&bench);
	CHECK(bench_until(&bench, bench_all_running, 4));
	CHECK(mca_engine_alive(bench.engine));
	CHECK_INT(mca_engine_freeze(bench.engine, 9), -ENOENT);
	CHECK_INT(mca_engine_freeze(bench.engine, 3), 0);
	CHECK(bench_until(&bench, is_dead, 0));
	bench_done(&bench);
}

static void stopping_silences_and_goes_on_answering(void)
{
	struct mca_ptt_change change = { .channel = 1, .has_mute = true, .mute = true };
	struct mca_channel_levels levels[MCA_CHANNELS_MAX];
	struct mca_ptt_state state;
	struct bench bench;

	bench_init(&bench, true);
	bench_start(&bench);
	CHECK(bench_until(&bench, bench_all_running, 4));
	mca_engine_stop(bench.engine);
	mca_engine_stop(bench.engine);
	bench_look(&bench);
	CHECK_INT(bench.status->state, MCA_ENGINE_STOPPING);
	CHECK_INT(bench.status->running_count, 0);
	CHECK(!mca_simrack_busy(bench.rack, 1, MCA_CAPTURE));
	CHECK_INT(mca_engine_ptt(bench.engine, &change, "test", &state), 0);
	CHECK_INT(mca_engine_levels(bench.engine, levels, NULL), 4);
	CHECK(!levels[0].running);
	CHECK_INT(bench_apply(&bench), -ESHUTDOWN);
	bench_done(&bench);
}

/* Blocks of 186 ms and a queue of two: the end is as smooth as with short ones, and comes soon. */
static void a_stop_with_long_blocks_makes_no_step(void)
{
	struct bench bench;
	struct mca_wav wav;
	size_t last;

	bench_init(&bench, false);
	bench.settings->block_frames = 8192;
	bench_record(&bench, 5);
	bench_start(&bench);
	CHECK(bench_until(&bench, bench_has_second, 1));
	bench_stop(&bench);
	bench_read(&bench, 5, &wav);
	CHECK(wav.count > 44100 / 2);
	last = wav.count ? wav.count - 1 : 0;
	CHECK_INT(wav.frames[2 * last], 0);
	CHECK_INT(wav.frames[2 * last + 1], 0);
	CHECK(bench_roughness(&wav, wav.count / 2, wav.count) < 200);
	mca_wav_done(&wav);
	bench_done(&bench);
}

int main(void)
{
	RUN(four_channels_run);
	RUN(integer_ids_mean_simulated_cards);
	RUN(a_disabled_channel_rests);
	RUN(what_does_not_exist_is_said);
	RUN(a_channel_is_one_thread_with_its_name);
	RUN(one_device_serves_one_channel);
	RUN(sixty_four_channels_without_devices);
	RUN(the_run_ends_at_its_limit);
	RUN(mute_is_a_ramp_to_exact_zeros);
	RUN(ptt_is_absolute_and_knows_its_channels);
	RUN(a_test_tone_is_ordered_and_stopped);
	RUN(a_frozen_channel_is_not_alive);
	RUN(stopping_silences_and_goes_on_answering);
	RUN(a_stop_with_long_blocks_makes_no_step);
	return DONE();
}
