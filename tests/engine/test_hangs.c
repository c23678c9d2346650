/* SPDX-License-Identifier: MIT */
/*
 * Devices whose driver does not answer: what becomes of their channel, and that nobody waits for
 * them. The cards hang for ever; a case lets them go when it wants the answer.
 */
#include <string.h>

#include "hangs.h"
#include "mca/clock.h"

#define SECONDS 4
static bool is_back(struct bench *bench, unsigned channel)
{
	return bench_is_running(bench, channel) && bench_status(bench, channel)->restarts > 0;
}

static bool others_have_ended(struct bench *bench, unsigned but)
{
	for (unsigned i = 0; i < bench->status->channel_count; i++) {
		const struct mca_channel_status *channel = &bench->status->channel[i];

		if (channel->id != but && channel->state != MCA_CHANNEL_ENDED)
			return false;
	}
	return true;
}

/* What sim:5 records when nothing happens to anybody. */
static void undisturbed(struct mca_wav *wav)
{
	struct bench bench;

	bench_init(&bench, true);
	bench.options.limit_s = SECONDS;
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

	bench_read(bench, 5, &got);
	undisturbed(&want);
	CHECK(got.count > (SECONDS - 1) * 44100);
	CHECK_INT(got.count, want.count);
	CHECK(got.count == want.count &&
	      memcmp(got.frames, want.frames, got.count * got.lanes * sizeof *got.frames) == 0);
	mca_wav_done(&got);
	mca_wav_done(&want);
}

/* The neighbours play their whole run, sample by sample as ever, while the card hangs. */
static void at_the_start(enum mca_sim_call call)
{
	struct bench bench;

	bench_init(&bench, true);
	bench.options.limit_s = SECONDS;
	bench_record(&bench, 5);
	hangs_from_the_start(&bench, 6, MCA_PLAYBACK, call);
	bench_start(&bench);
	CHECK(bench_until(&bench, does_not_answer, 2));
	check_reason(bench_status(&bench, 2)->reason, "output sim:6", call);
	CHECK_STR(bench_notice(&bench, MCA_NOTICE_DEVICE_LOST, 2)->cause, "device_hangs");
	CHECK(bench_until(&bench, others_have_ended, 2));
	CHECK_INT(bench.status->state, MCA_ENGINE_DEGRADED);
	CHECK(mca_simrack_busy(bench.rack, 6, MCA_PLAYBACK));
	/* Its other device is not held meanwhile. */
	CHECK(bench_until(&bench, bench_is_free, 2 * 2 + MCA_CAPTURE));
	CHECK_INT(bench_threads("mca-stuck"), 1);
	mca_simrack_unhang(bench.rack, 6);
	CHECK(bench_until(&bench, bench_has_ended, 0));
	CHECK_INT(bench_count(&bench, MCA_NOTICE_DEVICE_BACK, 2), 1);
	CHECK(bench_until(&bench, has_no_stuck_thread, 0));
	bench_stop(&bench);
	check_neighbour(&bench);
	bench_done(&bench);
}

static void an_open_that_hangs_at_the_start(void)
{
	at_the_start(MCA_SIM_CALL_OPEN);
}

static void a_configure_that_hangs_at_the_start(void)
{
	at_the_start(MCA_SIM_CALL_CONFIGURE);
}

/* A device that was opened for a channel whose other one is missing is closed again. */
static void a_close_that_hangs_at_the_start(void)
{
	struct bench bench;

	bench_init(&bench, true);
	bench.options.limit_s = SECONDS;
	bench_record(&bench, 5);
	bench.spec->card[5].absent = true;
	hangs_from_the_start(&bench, 2, MCA_CAPTURE, MCA_SIM_CALL_CLOSE);
	bench_start(&bench);
	CHECK(bench_until(&bench, others_have_ended, 2));
	CHECK(strstr(bench_status(&bench, 2)->reason, "sim:6 is not plugged in") != NULL);
	mca_simrack_replug(bench.rack, 6);
	CHECK(bench_until(&bench, does_not_answer, 2));
	check_reason(bench_status(&bench, 2)->reason, "input sim:2", MCA_SIM_CALL_CLOSE);
	mca_simrack_unhang(bench.rack, 2);
	CHECK(bench_until(&bench, bench_has_ended, 0));
	bench_stop(&bench);
	check_neighbour(&bench);
	bench_done(&bench);
}

/* The neighbours go on in real time: no frame is missing, none of them was started anew. */
static void check_others_run(struct bench *bench, unsigned but)
{
	for (unsigned id = 1; id <= 4; id++) {
		if (id == but)
			continue;
		CHECK(bench_pass(bench, id, 4410));
		CHECK_INT(bench_status(bench, id)->state, MCA_CHANNEL_RUNNING);
		CHECK_INT(bench_status(bench, id)->restarts, 0);
	}
	CHECK(mca_engine_alive(bench->engine));
}

static void at_the_return(enum mca_sim_call call)
{
	struct bench bench;

	bench_init(&bench, false);
	bench_start(&bench);
	CHECK(bench_until(&bench, bench_all_running, 4));
	hang(&bench, 6, MCA_PLAYBACK, call);
	mca_simrack_unplug(bench.rack, 6);
	CHECK(bench_until(&bench, bench_is_fault, 2));
	mca_simrack_replug(bench.rack, 6);
	CHECK(bench_until(&bench, does_not_answer, 2));
	check_reason(bench_status(&bench, 2)->reason, "output sim:6", call);
	check_others_run(&bench, 2);
	mca_simrack_unhang(bench.rack, 6);
	CHECK(bench_until(&bench, is_back, 2));
	CHECK(bench_until(&bench, has_no_stuck_thread, 0));
	bench_done(&bench);
}

static void an_open_that_hangs_at_the_return(void)
{
	at_the_return(MCA_SIM_CALL_OPEN);
}

static void a_configure_that_hangs_at_the_return(void)
{
	at_the_return(MCA_SIM_CALL_CONFIGURE);
}

static void a_close_that_hangs_at_the_return(void)
{
	at_the_return(MCA_SIM_CALL_CLOSE);
}

/* A driver that takes too long every time still serves: its late answer is used. */
static void a_slow_device_comes_back(void)
{
	struct bench bench;

	bench_init(&bench, false);
	for (unsigned i = 0; i < MCA_SIM_FAULTS; i++)
		hangs_from_the_start(&bench, 6, MCA_PLAYBACK, MCA_SIM_CALL_OPEN);
	bench_start(&bench);
	CHECK(bench_until(&bench, does_not_answer, 2));
	mca_simrack_unhang(bench.rack, 6);      /* the one call; the next one would hang again */
	CHECK(bench_until(&bench, is_back, 2));
	CHECK_INT(bench_count(&bench, MCA_NOTICE_DEVICE_LOST, 2), 1);
	bench_done(&bench);
}

static void stop_in_time(struct bench *bench)
{
	uint64_t begin_ns = mca_monotonic_ns();
	unsigned ms;

	mca_engine_stop(bench->engine);
	ms = (unsigned)((mca_monotonic_ns() - begin_ns) / MCA_MS_NS);
	printf("# stopped after %u ms\n", ms);
	/* 500 ms is the promise; a busy machine gets more, a hang takes for ever. */
	CHECK(ms < 5000);
}

static void at_the_stop(enum mca_sim_call call)
{
	struct bench bench;

	bench_init(&bench, false);
	bench.options.realtime = true;          /* the stop of a service */
	bench_start(&bench);
	CHECK(bench_until(&bench, bench_all_running, 4));
	hang(&bench, 6, MCA_PLAYBACK, call);
	hang(&bench, 7, MCA_PLAYBACK, MCA_SIM_CALL_CLOSE);
	if (call != MCA_SIM_CALL_CLOSE) {
		mca_simrack_unplug(bench.rack, 6);
		CHECK(bench_until(&bench, bench_is_fault, 2));
		mca_simrack_replug(bench.rack, 6);
		while (!mca_simrack_busy(bench.rack, 6, MCA_PLAYBACK))
			bench_look(&bench);
	}
	stop_in_time(&bench);
	/* Those that answer are closed all the same; on a busy machine after the stop. */
	for (unsigned card = 1; card <= 8; card++) {
		CHECK(bench_until(&bench, bench_is_free, card * 2 + MCA_CAPTURE));
		if (card != 6 && card != 7)
			CHECK(bench_until(&bench, bench_is_free, card * 2 + MCA_PLAYBACK));
	}
	CHECK(mca_simrack_busy(bench.rack, 7, MCA_PLAYBACK));
	/* A thread that comes back after the end closes what it has, and leaves. */
	mca_simrack_unhang(bench.rack, 6);
	mca_simrack_unhang(bench.rack, 7);
	CHECK(bench_until(&bench, has_no_stuck_thread, 0));
	CHECK(bench_until(&bench, bench_is_free, 6 * 2 + MCA_PLAYBACK));
	CHECK(bench_until(&bench, bench_is_free, 7 * 2 + MCA_PLAYBACK));
	bench_done(&bench);
}

static void an_open_that_hangs_at_the_stop(void)
{
	at_the_stop(MCA_SIM_CALL_OPEN);
}

static void a_configure_that_hangs_at_the_stop(void)
{
	at_the_stop(MCA_SIM_CALL_CONFIGURE);
}

static void a_close_that_hangs_at_the_stop(void)
{
	at_the_stop(MCA_SIM_CALL_CLOSE);
}

int main(void)
{
	RUN(an_open_that_hangs_at_the_start);
	RUN(a_configure_that_hangs_at_the_start);
	RUN(a_close_that_hangs_at_the_start);
	RUN(an_open_that_hangs_at_the_return);
	RUN(a_configure_that_hangs_at_the_return);
	RUN(a_close_that_hangs_at_the_return);
	RUN(a_slow_device_comes_back);
	RUN(an_open_that_hangs_at_the_stop);
	RUN(a_configure_that_hangs_at_the_stop);
	RUN(a_close_that_hangs_at_the_stop);
	return DONE();
}
