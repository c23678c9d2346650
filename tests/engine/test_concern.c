/* SPDX-License-Identifier: MIT */
/* What degrades the service as a whole while every channel runs. */
#include "bench.h"
#include "support/check.h"

static bool is_in_state(struct bench *bench, unsigned state)
{
	return bench->status->state == state;
}

static void a_concern_degrades_until_it_ends(void)
{
	struct bench bench;

	bench_init(&bench, true);
	bench_start(&bench);
	CHECK(bench_until(&bench, bench_all_running, 4));
	CHECK_STR(bench.status->concern[MCA_CONCERN_CONFIG], "");
	mca_engine_set_concern(bench.engine, MCA_CONCERN_CONFIG, "another one runs");
	mca_engine_set_concern(bench.engine, MCA_CONCERN_API, "the port is taken");
	CHECK(bench_until(&bench, is_in_state, MCA_ENGINE_DEGRADED));
	CHECK_INT(bench.status->running_count, 4);
	CHECK_STR(bench.status->concern[MCA_CONCERN_CONFIG], "another one runs");
	mca_engine_set_concern(bench.engine, MCA_CONCERN_CONFIG, NULL);
	bench_look(&bench);
	CHECK_INT(bench.status->state, MCA_ENGINE_DEGRADED);
	CHECK_STR(bench.status->concern[MCA_CONCERN_CONFIG], "");
	CHECK_STR(bench.status->concern[MCA_CONCERN_API], "the port is taken");
	mca_engine_set_concern(bench.engine, MCA_CONCERN_API, "");
	CHECK(bench_until(&bench, is_in_state, MCA_ENGINE_RUNNING));
	bench_done(&bench);
}

int main(void)
{
	RUN(a_concern_degrades_until_it_ends);
	return DONE();
}
