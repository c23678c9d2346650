/* SPDX-License-Identifier: MIT */
/* Changes of settings while audio runs: what they touch, and what they leave alone sample by
 * sample. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "support/check.h"

/* A tone bends by at most amplitude * (2 pi f / rate)^2 a frame: 94 at -20 dBFS and 1 kHz, times
 * two for what a limit or threshold may pull at once. */
#define TONE_BEND 200

static bool everyone_has_a_second(struct bench *bench, unsigned count)
{
	unsigned have = 0;

	for (unsigned i = 0; i < bench->status->channel_count; i++)
		have += bench_has_second(bench, bench->status->channel[i].id);
	return have >= count;
}

static int peak(const struct mca_wav *wav, size_t from, size_t to)
{
	int most = 0;

	for (size_t n = from; n < to && n < wav->count; n++)
		most = abs(wav->frames[2 * n]) > most ? abs(wav->frames[2 * n]) : most;
	return most;
}

static void dsp_changes_touch_no_stream(void)
{
	struct bench bench;
	struct mca_wav wav;
	uint64_t before;

	bench_init(&bench, true);
	bench_record(&bench, 5);
	bench_start(&bench);
	CHECK(bench_until(&bench, bench_has_second, 1));
	before = bench_frames(&bench, 1);
	bench.settings->dsp.comp.threshold_dbfs = -40;
	for (unsigned id = 1; id <= 4; id++)
		bench_channel(&bench, id)->dsp.comp.threshold_dbfs = -40;
	CHECK_INT(bench_apply(&bench), 0);
	CHECK_INT(bench.result->generation, 2);
	CHECK(bench.result->changed_total > 0);
	CHECK_INT(bench.result->restarted_count, 0);
	CHECK(bench_frames(&bench, 1) >= before);
	CHECK(bench_pass(&bench, 1, 44100));
	CHECK_INT(bench.status->xruns, 0);
	CHECK(bench_count(&bench, MCA_NOTICE_CONFIG_APPLIED, 0) == 1);
	bench_stop(&bench);
	bench_read(&bench, 5, &wav);
	CHECK(wav.count > 3 * 44100 / 2);
	/* Without the fades at both ends. */
	CHECK(bench_roughness(&wav, 1000, wav.count - 2000) < TONE_BEND);
	/* 20 dB more above a threshold at ratio 2: 10 dB less. */
	CHECK(peak(&wav, wav.count - 24050, wav.count - 2000) < peak(&wav, 5000, 27050) / 2);
	mca_wav_done(&wav);
	bench_done(&bench);
}

/* Another look-ahead is another stream; the same one is none, whatever else changes with it. */
static void another_look_ahead_restarts_who_has_it(void)
{
	struct bench bench;

	bench_init(&bench, true);
	bench_start(&bench);
	CHECK(bench_until(&bench, bench_all_running, 4));
	CHECK_NEAR(bench_status(&bench, 2)->latency_ms, 2 * 16 * 1000.0 / 44100, 1e-6);
	bench_channel(&bench, 2)->dsp.limiter.lookahead_ms = 5;
	bench_channel(&bench, 4)->dsp.limiter.lookahead_ms = 10;
	CHECK_INT(bench_apply(&bench), 0);
	CHECK_INT(bench.result->restarted_count, 2);
	CHECK(bench_restarted(&bench, 2) && bench_restarted(&bench, 4));
	CHECK(bench_until(&bench, everyone_has_a_second, 4));
	CHECK_NEAR(bench_status(&bench, 1)->latency_ms, 32 * 1000.0 / 44100, 1e-6);
	CHECK_NEAR(bench_status(&bench, 2)->latency_ms, (32 + 221) * 1000.0 / 44100, 1e-6);
	CHECK_NEAR(bench_status(&bench, 4)->latency_ms, (32 + 441) * 1000.0 / 44100, 1e-6);
	bench_channel(&bench, 2)->dsp.comp.threshold_dbfs = -30;
	CHECK_INT(bench_apply(&bench), 0);
	CHECK_INT(bench.result->restarted_count, 0);
	bench_channel(&bench, 4)->dsp.limiter.lookahead_ms = 0;
	CHECK_INT(bench_apply(&bench), 0);
	CHECK_INT(bench.result->restarted_count, 1);
	CHECK(bench_restarted(&bench, 4));
	bench_done(&bench);
}

/* What a card's sink holds in a run in which nothing happens. */
static void undisturbed(struct mca_wav *wav, unsigned card, unsigned seconds)
{
	struct bench bench;

	bench_init(&bench, true);
	bench.options.limit_s = seconds;
	bench_record(&bench, card);
	bench_start(&bench);
	CHECK(bench_until(&bench, bench_has_ended, 0));
	bench_stop(&bench);
	bench_read(&bench, card, wav);
	bench_done(&bench);
}

/* Equal from the first sample to where the shorter one begins to fade out. */
static void check_equal(const struct mca_wav *a, const struct mca_wav *b)
{
	size_t count = a->count < b->count ? a->count : b->count, at = 0;

	CHECK(count > 44100);
	count = count > 2000 ? count - 2000 : 0;
	while (at < count && a->frames[2 * at] == b->frames[2 * at] &&
	       a->frames[2 * at + 1] == b->frames[2 * at + 1])
		at++;
	CHECK_INT(at, count);
}

static void a_new_device_restarts_its_channel_only(void)
{
	struct mca_wav neighbour, want;
	struct bench bench;

	bench_init(&bench, true);
	bench_remove_channel(&bench, 4);
	bench_record(&bench, 5);
	bench_start(&bench);
	CHECK(bench_until(&bench, everyone_has_a_second, 3));
	bench_ref(&bench_channel(&bench, 3)->output, 8);
	CHECK_INT(bench_apply(&bench), 0);
	CHECK_INT(bench.result->restarted_count, 1);
	CHECK(bench_restarted(&bench, 3));
	CHECK_INT(bench.result->changed_total, 1);
	CHECK_STR(bench.result->changed[0], "/logical_channels/3/output_device_id");
	CHECK(bench_until(&bench, everyone_has_a_second, 3));
	CHECK_STR(bench_status(&bench, 3)->device[MCA_PLAYBACK], "sim:8");
	CHECK(bench_until(&bench, bench_is_free, 7 * 2 + MCA_PLAYBACK));
	CHECK_INT(bench_count(&bench, MCA_NOTICE_DEVICE_LOST, 0), 0);
	bench_stop(&bench);
	bench_read(&bench, 5, &neighbour);
	undisturbed(&want, 5, 4);
	check_equal(&neighbour, &want);
	mca_wav_done(&neighbour);
	mca_wav_done(&want);
	bench_done(&bench);
}

static void two_channels_swap_their_outputs(void)
{
	struct mca_wav first, second;
	struct bench bench;

	bench_init(&bench, true);
	bench_record(&bench, 5);
	bench_record(&bench, 6);
	bench_start(&bench);
	CHECK(bench_until(&bench, everyone_has_a_second, 4));
	bench_ref(&bench_channel(&bench, 1)->output, 6);
	bench_ref(&bench_channel(&bench, 2)->output, 5);
	CHECK_INT(bench_apply(&bench), 0);
	CHECK_INT(bench.result->restarted_count, 2);
	CHECK(bench_until(&bench, everyone_has_a_second, 4));
	CHECK_STR(bench_status(&bench, 1)->device[MCA_PLAYBACK], "sim:6");
	bench_stop(&bench);
	bench_read(&bench, 5, &first);
	bench_read(&bench, 6, &second);
	/* sim:1 plays 500 Hz, sim:2 600 Hz: half a second at the beginning, half a second at the
	 * end. */
	CHECK_NEAR(bench_crossings(&first, 5000, 5000 + 22050), 250, 1);
	CHECK_NEAR(bench_crossings(&first, first.count - 24050, first.count - 2000), 300, 1);
	CHECK_NEAR(bench_crossings(&second, 5000, 5000 + 22050), 300, 1);
	CHECK_NEAR(bench_crossings(&second, second.count - 24050, second.count - 2000), 250, 1);
	mca_wav_done(&first);
	mca_wav_done(&second);
	bench_done(&bench);
}

static void check_fault(const struct bench *bench, size_t at, const char *pointer, int code)
{
	CHECK(bench->faults.count > at);
	if (bench->faults.count <= at)
		return;
	CHECK_STR(bench->faults.list[at].pointer, pointer);
	CHECK_INT(bench->faults.list[at].code, code);
	CHECK(bench->faults.list[at].text[0] != '\0');
}

static void what_cannot_be_opened_is_refused(void)
{
	struct bench bench;
	uint64_t before;

	bench_init(&bench, true);
	bench_remove_channel(&bench, 4);
	bench.spec->card[7].absent = true;
	bench_start(&bench);
	CHECK(bench_until(&bench, bench_all_running, 3));
	bench_ref(&bench_channel(&bench, 3)->output, 8);
	bench_ref(&bench_channel(&bench, 2)->input, 8);
	bench_channel(&bench, 1)->dsp.comp.threshold_dbfs = -41;
	before = bench_frames(&bench, 3);
	CHECK_INT(bench_apply(&bench), -ENODEV);
	CHECK_INT(bench.faults.count, 2);
	check_fault(&bench, 0, "/logical_channels/2/input_device_id", -ENODEV);
	check_fault(&bench, 1, "/logical_channels/3/output_device_id", -ENODEV);
	CHECK_STR(bench.faults.list[1].value, "\"sim:8\"");
	CHECK(bench_frames(&bench, 3) >= before);
	CHECK_INT(bench.status->generation, 1);
	CHECK_INT(bench.status->running_count, 3);
	CHECK_STR(bench_status(&bench, 3)->device[MCA_PLAYBACK], "sim:7");
	CHECK(mca_engine_settings(bench.engine)->channel[0].dsp.comp.threshold_dbfs != -41);
	CHECK_STR(bench_notice(&bench, MCA_NOTICE_CONFIG_REFUSED, 0)->client, "test");
	bench_done(&bench);
}

static void what_is_wrong_is_refused(void)
{
	struct bench bench;

	bench_init(&bench, true);
	bench_start(&bench);
	bench_ref(&bench_channel(&bench, 3)->output, 5);      /* channel 1 has it */
	bench_channel(&bench, 2)->dsp.comp.ratio = 0.5;
	CHECK_INT(bench_apply(&bench), -EINVAL);
	CHECK_INT(bench.faults.count, 2);
	check_fault(&bench, 0, "/logical_channels/2/dsp/comp/ratio", -EINVAL);
	check_fault(&bench, 1, "/logical_channels/3/output_device_id", -EINVAL);
	bench_done(&bench);
}

static void only_a_restart_changes_the_simulation(void)
{
	struct bench bench;

	bench_init(&bench, true);
	bench_start(&bench);
	bench.settings->realtime.given = true;
	bench.settings->realtime.priority = 12;
	CHECK_INT(bench_apply(&bench), -EINVAL);
	check_fault(&bench, 0, "/realtime/priority", -EINVAL);
	/* Left out means as it is. */
	bench.settings->realtime.given = false;
	CHECK_INT(bench_apply(&bench), 0);
	CHECK(mca_engine_settings(bench.engine)->realtime.priority != 12);
	bench_done(&bench);
}

static void a_trial_changes_nothing(void)
{
	struct bench bench;

	bench_init(&bench, true);
	bench_remove_channel(&bench, 4);
	bench_start(&bench);
	bench_ref(&bench_channel(&bench, 3)->output, 8);
	CHECK_INT(mca_engine_apply(bench.engine, bench.settings, true, "test", bench.result,
				   &bench.faults), 0);
	CHECK_INT(bench.result->generation, 1);
	CHECK(bench_restarted(&bench, 3));
	bench_look(&bench);
	CHECK_INT(bench.status->generation, 1);
	CHECK_STR(bench_status(&bench, 3)->device[MCA_PLAYBACK], "sim:7");
	CHECK(!mca_simrack_busy(bench.rack, 8, MCA_PLAYBACK));
	bench_done(&bench);
}

static void channels_come_and_go(void)
{
	struct mca_channel_settings *added;
	struct bench bench;

	bench_init(&bench, true);
	bench_start(&bench);
	CHECK(bench_until(&bench, bench_all_running, 4));
	bench_remove_channel(&bench, 2);
	bench_channel(&bench, 3)->enabled = false;
	added = bench_add_channel(&bench, 7, 2, 6);      /* what channel 2 had */
	added->mute = true;
	bench_channel(&bench, 1)->mute = true;           /* lives on: keeps its state */
	snprintf(bench_channel(&bench, 4)->name, MCA_NAME_MAX, "Flight");
	CHECK_INT(bench_apply(&bench), 0);
	CHECK_INT(bench.result->restarted_count, 0);
	CHECK(bench_until(&bench, bench_all_running, 3));
	CHECK_INT(bench.status->channel_count, 4);
	CHECK_INT(bench.status->channel[3].id, 7);
	CHECK(bench_status(&bench, 7)->mute);
	CHECK(!bench_status(&bench, 1)->mute);
	CHECK_STR(bench_status(&bench, 4)->name, "Flight");
	CHECK_INT(bench_status(&bench, 3)->state, MCA_CHANNEL_DISABLED);
	CHECK(bench_until(&bench, bench_is_free, 3 * 2 + MCA_CAPTURE));
	bench_channel(&bench, 3)->enabled = true;
	CHECK_INT(bench_apply(&bench), 0);
	CHECK_INT(bench.result->generation, 3);
	CHECK(bench_until(&bench, bench_all_running, 4));
	bench_done(&bench);
}

static void everything_may_change_at_once(void)
{
	struct bench bench;

	bench_init(&bench, true);
	bench_start(&bench);
	CHECK(bench_until(&bench, bench_all_running, 4));
	for (unsigned id = 1; id <= 4; id++)
		bench_remove_channel(&bench, id);
	for (unsigned id = 11; id <= 18; id++)
		bench_add_channel(&bench, id, id - 10, 19 - id);
	CHECK_INT(bench_apply(&bench), 0);
	CHECK(bench_until(&bench, bench_all_running, 8));
	CHECK_INT(bench.status->channel_count, 8);
	bench_done(&bench);
}

int main(void)
{
	RUN(dsp_changes_touch_no_stream);
	RUN(another_look_ahead_restarts_who_has_it);
	RUN(a_new_device_restarts_its_channel_only);
	RUN(two_channels_swap_their_outputs);
	RUN(what_cannot_be_opened_is_refused);
	RUN(what_is_wrong_is_refused);
	RUN(only_a_restart_changes_the_simulation);
	RUN(a_trial_changes_nothing);
	RUN(channels_come_and_go);
	RUN(everything_may_change_at_once);
	return DONE();
}
