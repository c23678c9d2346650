/* SPDX-License-Identifier: MIT */
/* What happens to one channel when hardware fails, and what does not happen to the others. */
#include <errno.h>
#include <string.h>

#include "bench.h"
#include "mca/pcm.h"
#include "support/check.h"

static bool is_back(struct bench *bench, unsigned channel)
{
	return bench_is_running(bench, channel) && bench_status(bench, channel)->restarts > 0;
}

static bool has_xruns(struct bench *bench, unsigned channel)
{
	const struct mca_channel_status *status = bench_status(bench, channel);

	return status->xruns[MCA_CAPTURE] + status->xruns[MCA_PLAYBACK] > 0;
}

static bool has_two_xruns(struct bench *bench, unsigned channel)
{
	return bench_status(bench, channel)->xruns[MCA_CAPTURE] == 2;
}

static bool has_xrun_notice(struct bench *bench, unsigned channel)
{
	return bench_count(bench, MCA_NOTICE_XRUN, channel) > 0;
}

/* A busy machine may add an xrun of its own before or after. */
static bool has_suspend_notice(struct bench *bench, unsigned channel)
{
	const struct mca_notice *notice = bench_notice(bench, MCA_NOTICE_XRUN, channel);

	return notice && strcmp(notice->cause, "suspended") == 0;
}

static bool is_degraded(struct bench *bench, unsigned unused)
{
	(void)unused;
	return bench->status->state == MCA_ENGINE_DEGRADED;
}

/* What sim:5 records while nothing happens to anybody. */
static void undisturbed(struct mca_wav *wav)
{
	struct bench bench;

	bench_init(&bench, true);
	bench.options.limit_s = 4;
	bench_record(&bench, 5);
	bench_start(&bench);
	CHECK(bench_until(&bench, bench_has_ended, 0));
	bench_stop(&bench);
	bench_read(&bench, 5, wav);
	bench_done(&bench);
}

static void check_neighbour(struct bench *bench)
{
	struct mca_wav got, want;
	size_t count, at = 0;

	bench_read(bench, 5, &got);
	undisturbed(&want);
	count = got.count < want.count ? got.count : want.count;
	CHECK(count > 44100);
	/* Both end with a fade. */
	count = count > 2000 ? count - 2000 : 0;
	while (at < count && got.frames[2 * at] == want.frames[2 * at])
		at++;
	CHECK_INT(at, count);
	mca_wav_done(&got);
	mca_wav_done(&want);
}

static void a_card_is_unplugged_and_plugged_in_again(void)
{
	const struct mca_notice *lost;
	struct bench bench;

	bench_init(&bench, true);
	bench_record(&bench, 5);
	bench_start(&bench);
	CHECK(bench_until(&bench, bench_all_running, 4));
	mca_simrack_unplug(bench.rack, 6);
	CHECK(bench_until(&bench, bench_is_fault, 2));
	lost = bench_notice(&bench, MCA_NOTICE_DEVICE_LOST, 2);
	CHECK(lost && lost->text[0] != '\0');
	CHECK_STR(lost ? lost->cause : "", "ENODEV");
	CHECK(strstr(bench_status(&bench, 2)->reason, "sim:6") != NULL);
	CHECK_NEAR(bench_status(&bench, 2)->latency_ms, 0, 0);
	CHECK(bench_until(&bench, bench_is_free, 6 * 2 + MCA_PLAYBACK));
	CHECK(bench_until(&bench, bench_is_free, 2 * 2 + MCA_CAPTURE));
	CHECK(bench_until(&bench, is_degraded, 0));
	CHECK(mca_engine_alive(bench.engine));
	mca_simrack_replug(bench.rack, 6);
	CHECK(bench_until(&bench, is_back, 2));
	CHECK_INT(bench_count(&bench, MCA_NOTICE_DEVICE_LOST, 0), 1);
	CHECK_INT(bench_count(&bench, MCA_NOTICE_DEVICE_BACK, 0), 1);
	CHECK_INT(bench_notice(&bench, MCA_NOTICE_DEVICE_BACK, 2)->stream, MCA_PLAYBACK);
	CHECK(bench_until(&bench, bench_has_second, 1));
	CHECK_INT(bench.status->state, MCA_ENGINE_RUNNING);
	CHECK_INT(bench_status(&bench, 1)->restarts, 0);
	bench_stop(&bench);
	check_neighbour(&bench);
	bench_done(&bench);
}

static void an_absent_card_is_awaited(void)
{
	struct bench bench;

	bench_init(&bench, true);
	bench.spec->card[0].absent = true;
	bench.spec->card[5].absent = true;
	bench_start(&bench);
	CHECK(bench_until(&bench, bench_all_running, 2));
	CHECK_INT(bench.status->state, MCA_ENGINE_DEGRADED);
	CHECK(bench_notice(&bench, MCA_NOTICE_DEVICE_LOST, 1) != NULL);
	mca_simrack_replug(bench.rack, 1);
	CHECK(bench_until(&bench, bench_all_running, 3));
	CHECK_INT(bench_status(&bench, 1)->state, MCA_CHANNEL_RUNNING);
	mca_simrack_replug(bench.rack, 6);
	CHECK(bench_until(&bench, bench_all_running, 4));
	bench_done(&bench);
}

/* The second may wait for a second. */
static bool has_two_losses(struct bench *bench, unsigned channel)
{
	return bench_count(bench, MCA_NOTICE_DEVICE_LOST, channel) == 2;
}

static void both_cards_go_and_come_back_one_by_one(void)
{
	struct bench bench;

	bench_init(&bench, true);
	bench_start(&bench);
	CHECK(bench_until(&bench, bench_all_running, 4));
	mca_simrack_unplug(bench.rack, 2);
	mca_simrack_unplug(bench.rack, 6);
	CHECK(bench_until(&bench, bench_is_fault, 2));
	mca_simrack_replug(bench.rack, 2);
	bench_look(&bench);
	mca_simrack_replug(bench.rack, 6);
	CHECK(bench_until(&bench, is_back, 2));
	CHECK_INT(bench_count(&bench, MCA_NOTICE_DEVICE_LOST, 2), 1);
	mca_simrack_unplug(bench.rack, 2);
	CHECK(bench_until(&bench, bench_is_fault, 2));
	CHECK(bench_until(&bench, has_two_losses, 2));
	bench_done(&bench);
}

static void somebody_else_has_the_device(void)
{
	struct mca_diag diag = {0};
	struct mca_pcm *other = NULL;
	struct bench bench;

	bench_init(&bench, true);
	bench_remove_channel(&bench, 4);
	bench_start(&bench);
	CHECK(bench_until(&bench, bench_all_running, 3));
	CHECK_INT(mca_pcm_open(&other, "sim:8", MCA_PLAYBACK, bench.rack, &diag), 0);
	bench_ref(&bench_channel(&bench, 1)->output, 8);
	CHECK_INT(bench_apply(&bench), -EBUSY);
	CHECK_STR(bench.faults.list[0].pointer, "/logical_channels/1/output_device_id");
	bench_look(&bench);
	CHECK_INT(bench.status->running_count, 3);
	mca_pcm_close(other);
	CHECK_INT(bench_apply(&bench), 0);
	CHECK(bench_until(&bench, bench_all_running, 3));
	bench_done(&bench);
}

static void a_busy_device_is_awaited(void)
{
	struct mca_diag diag = {0};
	struct mca_pcm *other = NULL;
	struct bench bench;

	bench_init(&bench, true);
	bench_start(&bench);
	mca_simrack_unplug(bench.rack, 5);
	CHECK(bench_until(&bench, bench_is_fault, 1));
	CHECK(bench_until(&bench, bench_is_free, 1 * 2 + MCA_CAPTURE));
	CHECK_INT(mca_pcm_open(&other, "sim:1", MCA_CAPTURE, bench.rack, &diag), 0);
	mca_simrack_replug(bench.rack, 5);
	bench_look(&bench);
	mca_pcm_close(other);
	CHECK(bench_until(&bench, is_back, 1));
	bench_done(&bench);
}

static void a_stalled_card_is_told_and_opened_again(void)
{
	struct mca_sim_fault fault = { .kind = MCA_SIM_FAULT_STALL, .stream = MCA_CAPTURE };
	struct bench bench;

	bench_init(&bench, false);
	bench_start(&bench);
	CHECK(bench_until(&bench, bench_all_running, 4));
	CHECK_INT(mca_simrack_inject(bench.rack, 3, &fault), 0);
	CHECK(bench_until(&bench, bench_is_fault, 3));
	CHECK(strstr(bench_status(&bench, 3)->reason, "stands still") != NULL);
	CHECK_STR(bench_notice(&bench, MCA_NOTICE_DEVICE_LOST, 3)->cause, "stalled");
	CHECK(bench_until(&bench, is_back, 3));
	CHECK_INT(bench_status(&bench, 1)->restarts, 0);
	bench_done(&bench);
}

static void a_suspended_card_resumes(void)
{
	struct mca_sim_fault fault = { .kind = MCA_SIM_FAULT_SUSPEND, .stream = MCA_PLAYBACK,
				       .duration_s = 0.05 };
	struct bench bench;

	bench_init(&bench, false);
	bench_start(&bench);
	CHECK(bench_until(&bench, bench_all_running, 4));
	CHECK_INT(mca_simrack_inject(bench.rack, 7, &fault), 0);
	CHECK(bench_until(&bench, has_suspend_notice, 3));
	CHECK_INT(bench_status(&bench, 3)->restarts, 0);
	CHECK(bench_is_running(&bench, 3));
	bench_done(&bench);
}

static void an_xrun_is_counted_told_and_kept(void)
{
	struct mca_sim_fault fault = { .kind = MCA_SIM_FAULT_XRUN, .stream = MCA_CAPTURE };
	const struct mca_notice *notice;
	struct bench bench;

	bench_init(&bench, true);
	bench_start(&bench);
	CHECK(bench_until(&bench, bench_all_running, 4));
	CHECK_INT(mca_simrack_inject(bench.rack, 4, &fault), 0);
	CHECK(bench_until(&bench, has_xruns, 4));
	CHECK(bench_until(&bench, has_xrun_notice, 4));
	notice = bench_notice(&bench, MCA_NOTICE_XRUN, 4);
	CHECK_STR(notice->cause, "overrun");
	CHECK_STR(notice->device, "sim:4");
	CHECK_INT(notice->stream, MCA_CAPTURE);
	CHECK_INT(notice->xruns, 1);
	CHECK_INT(bench_status(&bench, 4)->xruns[MCA_CAPTURE], 1);
	/* The count outlives the stream. */
	mca_simrack_unplug(bench.rack, 4);
	CHECK(bench_until(&bench, bench_is_fault, 4));
	CHECK_INT(bench_status(&bench, 4)->xruns[MCA_CAPTURE], 1);
	mca_simrack_replug(bench.rack, 4);
	CHECK(bench_until(&bench, is_back, 4));
	CHECK_INT(mca_simrack_inject(bench.rack, 4, &fault), 0);
	CHECK(bench_until(&bench, has_two_xruns, 4));
	CHECK_INT(bench.status->xruns, 2);
	bench_done(&bench);
}

static bool has_many_xruns(struct bench *bench, unsigned channel)
{
	return bench_status(bench, channel)->xruns[MCA_PLAYBACK] > 500;
}

static void many_xruns_are_summed_up(void)
{
	struct bench bench;
	uint64_t seconds;

	bench_init(&bench, true);
	bench.spec->card[4].fault_count = 1;
	bench.spec->card[4].fault[0] = (struct mca_sim_fault){
		.kind = MCA_SIM_FAULT_XRUN, .stream = MCA_PLAYBACK, .at_s = 0.1, .every_s = 0.01 };
	bench_start(&bench);
	CHECK(bench_until(&bench, has_many_xruns, 1));
	seconds = bench.status->uptime_ms / 1000;
	CHECK(bench_count(&bench, MCA_NOTICE_XRUN, 1) >= 1);
	CHECK(bench_count(&bench, MCA_NOTICE_XRUN, 1) <= seconds + 2);
	CHECK_INT(bench_status(&bench, 1)->restarts, 0);
	CHECK_INT(bench_status(&bench, 2)->xruns[MCA_PLAYBACK], 0);
	bench_done(&bench);
}

static void short_windows_and_late_wakeups_lose_nothing(void)
{
	struct bench bench;

	bench_init(&bench, true);
	bench.settings->block_frames = 64;
	bench.spec->card[0].fault_count = 2;
	bench.spec->card[0].fault[0] = (struct mca_sim_fault){
		.kind = MCA_SIM_FAULT_SHORT_WINDOW, .stream = MCA_CAPTURE };
	bench.spec->card[0].fault[1] = (struct mca_sim_fault){
		.kind = MCA_SIM_FAULT_LATE, .stream = MCA_CAPTURE, .at_s = 0.2, .duration_s = 0.001,
		.every_s = 0.1 };
	bench_start(&bench);
	CHECK(bench_until(&bench, bench_has_second, 1));
	CHECK_INT(bench.status->xruns, 0);
	bench_done(&bench);
}

int main(void)
{
	RUN(a_card_is_unplugged_and_plugged_in_again);
	RUN(an_absent_card_is_awaited);
	RUN(both_cards_go_and_come_back_one_by_one);
	RUN(somebody_else_has_the_device);
	RUN(a_busy_device_is_awaited);
	RUN(a_stalled_card_is_told_and_opened_again);
	RUN(a_suspended_card_resumes);
	RUN(an_xrun_is_counted_told_and_kept);
	RUN(many_xruns_are_summed_up);
	RUN(short_windows_and_late_wakeups_lose_nothing);
	return DONE();
}
