/* SPDX-License-Identifier: MIT */
/* Blocks too short for a card: a fault that names it, not a log that never ends. */
#include <string.h>

#include "bench.h"
#include "support/check.h"

static void begin(struct bench *bench, double every_s)
{
	bench_init(bench, true);
	for (unsigned id = 2; id <= 4; id++)
		bench_remove_channel(bench, id);
	bench->spec->card[0].fault_count = 1;
	bench->spec->card[0].fault[0] = (struct mca_sim_fault){
		.kind = MCA_SIM_FAULT_XRUN, .at_s = 0.1, .every_s = every_s };
}

static bool has_many(struct bench *bench, unsigned channel)
{
	return bench_status(bench, channel)->xruns[MCA_CAPTURE] > 300;
}

static bool has_told_of_many(struct bench *bench, unsigned channel)
{
	const struct mca_notice *xrun = bench_notice(bench, MCA_NOTICE_XRUN, channel);

	return xrun && xrun->xruns > 200;
}

/* 20 ms of sound between two xruns: a loop. */
static void xruns_without_sound_between_them_are_a_fault(void)
{
	const struct mca_notice *lost;
	struct bench bench;

	begin(&bench, 0.02);
	bench_start(&bench);
	CHECK(bench_until(&bench, bench_is_fault, 1));
	CHECK(strstr(bench_status(&bench, 1)->reason, "100 xruns in a row") != NULL);
	CHECK(strstr(bench_status(&bench, 1)->reason, "raise blocksize") != NULL);
	CHECK(strstr(bench_status(&bench, 1)->reason, "sim:1") != NULL);
	lost = bench_notice(&bench, MCA_NOTICE_DEVICE_LOST, 1);
	CHECK_STR(lost ? lost->cause : "", "xruns");
	CHECK_INT(bench_status(&bench, 1)->xruns[MCA_CAPTURE], 100);
	/* Every attempt ends the same way, and none of them is news. */
	CHECK(bench_until(&bench, has_many, 1));
	CHECK_INT(bench_count(&bench, MCA_NOTICE_DEVICE_LOST, 1), 1);
	CHECK_INT(bench_count(&bench, MCA_NOTICE_DEVICE_BACK, 1), 0);
	/* The xruns are: as a summary, while the loop lasts. */
	CHECK(bench_until(&bench, has_told_of_many, 1));
	CHECK_INT(bench_status(&bench, 1)->restarts, 0);
	CHECK(bench_count(&bench, MCA_NOTICE_XRUN, 1) <
	      bench_status(&bench, 1)->xruns[MCA_CAPTURE] / 20);
	mca_engine_stop(bench.engine);
	bench_look(&bench);
	CHECK_INT(bench_notice(&bench, MCA_NOTICE_XRUN, 1)->xruns,
		  bench_status(&bench, 1)->xruns[MCA_CAPTURE]);
	bench_done(&bench);
}

/* 100 ms of sound between two xruns are bad, and no loop. */
static void xruns_with_sound_between_them_go_on(void)
{
	struct bench bench;

	begin(&bench, 0.1);
	bench_start(&bench);
	CHECK(bench_until(&bench, has_many, 1));
	CHECK(bench_is_running(&bench, 1));
	CHECK_INT(bench_status(&bench, 1)->restarts, 0);
	bench_done(&bench);
}

/* The card that is late is not the one that has the xruns. */
static void the_card_that_jitters_is_named(void)
{
	struct bench bench;

	bench_init(&bench, false);
	for (unsigned id = 2; id <= 4; id++)
		bench_remove_channel(&bench, id);
	bench.settings->block_frames = 16;
	bench.spec->card[0].jitter_us = 800;
	bench_start(&bench);
	CHECK(bench_until(&bench, bench_is_fault, 1));
	printf("# %s\n", bench_status(&bench, 1)->reason);
	CHECK(strstr(bench_status(&bench, 1)->reason, "sim:1") != NULL);
	CHECK(strstr(bench_status(&bench, 1)->reason, "raise blocksize") != NULL);
	bench_done(&bench);
}

int main(void)
{
	RUN(xruns_without_sound_between_them_are_a_fault);
	RUN(xruns_with_sound_between_them_go_on);
	RUN(the_card_that_jitters_is_named);
	return DONE();
}
