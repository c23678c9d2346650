/* SPDX-License-Identifier: MIT */
/* Changes of settings that meet a device whose driver does not answer. */
#include <errno.h>

#include "hangs.h"

/* A change onto a device that hangs is refused, and once more at once; every other change works,
 * and no thread is added however often it is tried. */
static void onto_a_device(enum mca_sim_call call)
{
	struct bench bench;
	unsigned threads;

	bench_init(&bench, false);
	bench_remove_channel(&bench, 4);
	hangs_from_the_start(&bench, 8, MCA_PLAYBACK, call);
	bench_start(&bench);
	CHECK(bench_until(&bench, bench_all_running, 3));
	bench_ref(&bench_channel(&bench, 3)->output, 8);
	CHECK_INT(bench_apply(&bench), -ETIMEDOUT);
	CHECK_INT(bench.faults.count, 1);
	CHECK_STR(bench.faults.list[0].pointer, "/logical_channels/3/output_device_id");
	check_reason(bench.faults.list[0].text, "output sim:8", call);
	threads = bench_threads("mca-");
	for (unsigned i = 0; i < 100; i++) {
		CHECK_INT(bench_apply(&bench), -ETIMEDOUT);
		bench_look(&bench);
	}
	CHECK(bench_threads("mca-") <= threads);
	bench_ref(&bench_channel(&bench, 3)->output, 7);
	bench_ref(&bench_channel(&bench, 2)->output, 4);
	CHECK_INT(bench_apply(&bench), 0);
	CHECK(bench_until(&bench, bench_all_running, 3));
	CHECK_INT(bench_status(&bench, 1)->restarts + bench_status(&bench, 3)->restarts, 0);
	CHECK_INT(bench_count(&bench, MCA_NOTICE_DEVICE_LOST, 0), 0);
	mca_simrack_unhang(bench.rack, 8);
	CHECK(bench_until(&bench, has_no_stuck_thread, 0));
	bench_ref(&bench_channel(&bench, 3)->output, 8);
	CHECK_INT(bench_apply(&bench), 0);
	CHECK(bench_until(&bench, bench_all_running, 3));
	bench_done(&bench);
}

static void an_open_that_hangs_in_a_change(void)
{
	onto_a_device(MCA_SIM_CALL_OPEN);
}

static void a_configure_that_hangs_in_a_change(void)
{
	onto_a_device(MCA_SIM_CALL_CONFIGURE);
}

/* The device that is left does not close: nobody waits for that, but it cannot be had again. */
static void a_close_that_hangs_in_a_change(void)
{
	struct bench bench;

	bench_init(&bench, false);
	bench_remove_channel(&bench, 4);
	hangs_from_the_start(&bench, 7, MCA_PLAYBACK, MCA_SIM_CALL_CLOSE);
	bench_start(&bench);
	CHECK(bench_until(&bench, bench_all_running, 3));
	bench_ref(&bench_channel(&bench, 3)->output, 8);
	CHECK_INT(bench_apply(&bench), 0);
	CHECK(bench_until(&bench, bench_all_running, 3));
	CHECK(bench_until(&bench, bench_has_notice, MCA_NOTICE_DEVICE_LOST));
	check_reason(bench_notice(&bench, MCA_NOTICE_DEVICE_LOST, 0)->text, "output sim:7",
		     MCA_SIM_CALL_CLOSE);
	bench_ref(&bench_channel(&bench, 3)->output, 7);
	CHECK_INT(bench_apply(&bench), -ETIMEDOUT);
	check_reason(bench.faults.list[0].text, "output sim:7", MCA_SIM_CALL_CLOSE);
	CHECK_INT(bench.status->running_count, 3);
	mca_simrack_unhang(bench.rack, 7);
	CHECK(bench_until(&bench, has_no_stuck_thread, 0));
	CHECK_INT(bench_apply(&bench), 0);
	CHECK(bench_until(&bench, bench_all_running, 3));
	bench_done(&bench);
}

/* Wanted again before the close is given up: the answer names the close, not another user. */
static void a_close_that_hangs_when_the_device_is_wanted_again(void)
{
	struct bench bench;

	bench_init(&bench, false);
	bench_start(&bench);
	CHECK(bench_until(&bench, bench_all_running, 4));
	hang(&bench, 1, MCA_CAPTURE, MCA_SIM_CALL_CLOSE);
	bench_channel(&bench, 1)->enabled = false;
	CHECK_INT(bench_apply(&bench), 0);
	bench_channel(&bench, 1)->enabled = true;
	CHECK_INT(bench_apply(&bench), -ETIMEDOUT);
	CHECK_INT(bench.faults.count, 1);
	check_reason(bench.faults.list[0].text, "input sim:1", MCA_SIM_CALL_CLOSE);
	mca_simrack_unhang(bench.rack, 1);
	CHECK(bench_until(&bench, has_no_stuck_thread, 0));
	CHECK_INT(bench_apply(&bench), 0);
	CHECK(bench_until(&bench, bench_all_running, 4));
	bench_done(&bench);
}

/* Another shape for everybody, which one card never agrees on: the old one plays on, but for that
 * card's channel. */
static void a_new_shape_that_hangs_is_taken_back(void)
{
	struct bench bench;

	bench_init(&bench, false);
	bench_start(&bench);
	CHECK(bench_until(&bench, bench_all_running, 4));
	hang(&bench, 6, MCA_PLAYBACK, MCA_SIM_CALL_CONFIGURE);
	bench.settings->block_frames = 2048;
	CHECK_INT(bench_apply(&bench), -ETIMEDOUT);
	check_reason(bench.faults.list[0].text, "output sim:6", MCA_SIM_CALL_CONFIGURE);
	CHECK(bench_until(&bench, bench_all_running, 3));
	CHECK(bench_until(&bench, does_not_answer, 2));
	CHECK_INT(bench.status->block_frames, 1024);
	mca_simrack_unhang(bench.rack, 6);
	CHECK(bench_until(&bench, bench_all_running, 4));
	CHECK_INT(bench_apply(&bench), 0);
	CHECK(bench_until(&bench, bench_all_running, 4));
	CHECK_INT(bench.status->block_frames, 2048);
	bench_done(&bench);
}

struct impatience {
	unsigned asked;
	unsigned patience;              /* questions until the service is to end; 0 = for ever */
};

static bool meanwhile(void *context)
{
	struct impatience *impatience = context;

	return ++impatience->asked == impatience->patience;
}

static void a_change_that_waits_ends_with_the_service(void)
{
	struct impatience impatience = { 0 };
	struct bench bench;

	bench_init(&bench, false);
	bench.options.meanwhile = meanwhile;
	bench.options.context = &impatience;
	bench_remove_channel(&bench, 4);
	bench_start(&bench);
	CHECK(bench_until(&bench, bench_all_running, 3));
	/* All the time while it waits. */
	hang(&bench, 8, MCA_PLAYBACK, MCA_SIM_CALL_OPEN);
	bench_ref(&bench_channel(&bench, 3)->output, 8);
	CHECK_INT(bench_apply(&bench), -ETIMEDOUT);
	CHECK(impatience.asked > 5);
	/* A device that is known to hang is not waited for. */
	impatience.asked = 0;
	CHECK_INT(bench_apply(&bench), -ETIMEDOUT);
	CHECK_INT(impatience.asked, 0);
	impatience.patience = 3;
	hang(&bench, 4, MCA_PLAYBACK, MCA_SIM_CALL_OPEN);
	bench_ref(&bench_channel(&bench, 3)->output, 4);
	CHECK_INT(bench_apply(&bench), -ESHUTDOWN);
	CHECK_INT(impatience.asked, 3);
	mca_engine_stop(bench.engine);
	mca_simrack_unhang(bench.rack, 8);
	mca_simrack_unhang(bench.rack, 4);
	/* All of them: what a busy machine could not close in time is closed later, and needs its
	 * card until then. */
	for (unsigned port = 2; port < 2 * MCA_SIM_CARDS + 2; port++)
		CHECK(bench_until(&bench, bench_is_free, port));
	bench_done(&bench);
}

/* What comes late and is not wanted any more is closed. */
static void what_comes_late_is_closed(void)
{
	struct bench bench;

	bench_init(&bench, false);
	bench_remove_channel(&bench, 4);
	hangs_from_the_start(&bench, 8, MCA_PLAYBACK, MCA_SIM_CALL_OPEN);
	bench_start(&bench);
	CHECK(bench_until(&bench, bench_all_running, 3));
	bench_ref(&bench_channel(&bench, 3)->output, 8);
	CHECK_INT(bench_apply(&bench), -ETIMEDOUT);
	mca_simrack_unhang(bench.rack, 8);
	CHECK(bench_until(&bench, has_no_stuck_thread, 0));
	CHECK(bench_until(&bench, bench_is_free, 8 * 2 + MCA_PLAYBACK));
	bench_done(&bench);
}

int main(void)
{
	RUN(an_open_that_hangs_in_a_change);
	RUN(a_configure_that_hangs_in_a_change);
	RUN(a_close_that_hangs_in_a_change);
	RUN(a_close_that_hangs_when_the_device_is_wanted_again);
	RUN(a_new_shape_that_hangs_is_taken_back);
	RUN(a_change_that_waits_ends_with_the_service);
	RUN(what_comes_late_is_closed);
	return DONE();
}
