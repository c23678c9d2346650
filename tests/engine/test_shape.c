/* SPDX-License-Identifier: MIT */
/* Another rate, lane count or block: everything restarts on the same handles, or nothing
 * changed. */
#include <errno.h>
#include <string.h>

#include "bench.h"
#include "support/check.h"

static void a_new_shape_restarts_everybody(void)
{
	struct bench bench;

	bench_init(&bench, true);
	bench_start(&bench);
	CHECK(bench_until(&bench, bench_all_running, 4));
	bench.settings->rate_hz = 48000;
	bench.settings->block_frames = 128;
	bench.settings->lanes = 1;
	CHECK_INT(bench_apply(&bench), 0);
	CHECK_INT(bench.result->restarted_count, 4);
	CHECK(bench_until(&bench, bench_all_running, 4));
	CHECK(bench_until(&bench, bench_has_second, 2));
	CHECK_INT(bench.status->rate_hz, 48000);
	CHECK_INT(bench.status->block_frames, 128);
	CHECK_INT(bench_status(&bench, 4)->info[MCA_CAPTURE].rate_hz, 48000);
	CHECK_INT(bench_status(&bench, 4)->info[MCA_PLAYBACK].lanes, 1);
	CHECK_NEAR(bench_status(&bench, 4)->latency_ms, 2 * 128 * 1000.0 / 48000, 1e-6);
	CHECK_INT(bench.status->xruns, 0);
	bench_done(&bench);
}

static void a_shape_that_a_card_refuses_is_taken_back(void)
{
	struct bench bench;
	struct mca_wav wav;

	bench_init(&bench, true);
	bench_record(&bench, 7);        /* a recording keeps its rate, and so must this card */
	bench_start(&bench);
	CHECK(bench_until(&bench, bench_all_running, 4));
	bench.settings->rate_hz = 48000;
	bench_ref(&bench_channel(&bench, 4)->input, 6);
	CHECK_INT(bench_apply(&bench), -ENOTSUP);
	CHECK_INT(bench.faults.count, 1);
	CHECK_STR(bench.faults.list[0].pointer, "/logical_channels/3/output_device_id");
	CHECK(bench.faults.list[0].text[0] != '\0');
	bench.settings->rate_hz = 44100;
	CHECK(bench_until(&bench, bench_all_running, 4));
	CHECK(bench_until(&bench, bench_has_second, 3));
	CHECK_INT(bench.status->rate_hz, 44100);
	CHECK_INT(bench.status->generation, 1);
	CHECK_INT(bench_status(&bench, 4)->info[MCA_PLAYBACK].rate_hz, 44100);
	CHECK_STR(bench_status(&bench, 4)->device[MCA_CAPTURE], "sim:4");
	CHECK(bench_until(&bench, bench_is_free, 6 * 2 + MCA_CAPTURE));
	bench_stop(&bench);
	bench_read(&bench, 7, &wav);
	CHECK_NEAR(bench_crossings(&wav, wav.count - 24050, wav.count - 2000), 350, 1);
	mca_wav_done(&wav);
	bench_done(&bench);
}

/* The card has gone, and the engine had no moment to notice. */
static void a_card_pulled_this_moment_is_no_reason_to_refuse(void)
{
	struct bench bench;

	bench_init(&bench, true);
	bench_start(&bench);
	CHECK(bench_until(&bench, bench_all_running, 4));
	mca_simrack_unplug(bench.rack, 1);
	mca_simrack_unplug(bench.rack, 6);
	bench.settings->block_frames = 64;
	CHECK_INT(bench_apply(&bench), 0);
	CHECK(bench_until(&bench, bench_all_running, 2));
	CHECK(bench_until(&bench, bench_is_fault, 1));
	CHECK(bench_until(&bench, bench_is_fault, 2));
	mca_simrack_replug(bench.rack, 1);
	mca_simrack_replug(bench.rack, 6);
	CHECK(bench_until(&bench, bench_all_running, 4));
	CHECK_INT(bench_status(&bench, 1)->info[MCA_CAPTURE].period_frames, 64);
	bench_done(&bench);
}

static void a_channel_in_fault_is_no_reason_to_refuse(void)
{
	struct bench bench;

	bench_init(&bench, true);
	bench.spec->card[2].absent = true;
	bench_start(&bench);
	CHECK(bench_until(&bench, bench_all_running, 3));
	CHECK_INT(bench_status(&bench, 3)->state, MCA_CHANNEL_FAULT);
	bench.settings->block_frames = 64;
	CHECK_INT(bench_apply(&bench), 0);
	CHECK(bench_until(&bench, bench_all_running, 3));
	CHECK_INT(bench_status(&bench, 3)->state, MCA_CHANNEL_FAULT);
	/* One of its devices changes, the other is still away: what changed is proved, the rest
	 * waits. */
	bench_ref(&bench_channel(&bench, 3)->output, 8);
	bench_remove_channel(&bench, 4);
	CHECK_INT(bench_apply(&bench), 0);
	bench_look(&bench);
	CHECK_INT(bench_status(&bench, 3)->state, MCA_CHANNEL_FAULT);
	mca_simrack_replug(bench.rack, 3);
	CHECK(bench_until(&bench, bench_all_running, 3));
	CHECK_INT(bench_status(&bench, 3)->info[MCA_CAPTURE].period_frames, 64);
	CHECK_STR(bench_status(&bench, 3)->device[MCA_PLAYBACK], "sim:8");
	bench_done(&bench);
}

static bool is_half_way_back(struct bench *bench, unsigned card)
{
	return mca_simrack_busy(bench->rack, card, MCA_PLAYBACK);
}

static void a_channel_half_way_back_takes_the_new_shape(void)
{
	struct bench bench;

	bench_init(&bench, true);
	bench_start(&bench);
	mca_simrack_unplug(bench.rack, 6);
	CHECK(bench_until(&bench, bench_is_fault, 2));
	mca_simrack_replug(bench.rack, 6);
	/* It has its output now, in the old shape; its input comes with the next tick or later. */
	CHECK(bench_until(&bench, is_half_way_back, 6));
	CHECK_INT(bench_status(&bench, 2)->state, MCA_CHANNEL_FAULT);
	bench.settings->rate_hz = 48000;
	CHECK_INT(bench_apply(&bench), 0);
	CHECK(bench_until(&bench, bench_all_running, 4));
	CHECK_INT(bench_status(&bench, 2)->info[MCA_PLAYBACK].rate_hz, 48000);
	bench_done(&bench);
}

int main(void)
{
	RUN(a_new_shape_restarts_everybody);
	RUN(a_shape_that_a_card_refuses_is_taken_back);
	RUN(a_card_pulled_this_moment_is_no_reason_to_refuse);
	RUN(a_channel_in_fault_is_no_reason_to_refuse);
	RUN(a_channel_half_way_back_takes_the_new_shape);
	return DONE();
}
