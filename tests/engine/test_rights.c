/* SPDX-License-Identifier: MIT */
/* Real-time rights, granted and missing; threads that cannot be had. Each case in a process of
 * its own, since rights once given up do not come back. */
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"
#include "support/check.h"

static void in_a_process(void (*what)(void))
{
	int status = 0;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child == 0) {
		what();
		fflush(stdout);
		_exit(check_case_failures ? 1 : 0);
	}
	CHECK(child > 0 && waitpid(child, &status, 0) == child);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void give_up_rights(void)
{
	struct rlimit none = { 0, 0 };

	setrlimit(RLIMIT_RTPRIO, &none);
	if (geteuid() == 0 && setuid(65534))
		abort();
}

static void without_rights(void)
{
	struct bench bench;

	give_up_rights();
	bench_init(&bench, false);
	bench.options.realtime = true;
	bench_start(&bench);
	CHECK(bench_until(&bench, bench_all_running, 4));
	CHECK(!bench.status->realtime.ok);
	CHECK_STR(bench.status->realtime.policy, "SCHED_OTHER");
	CHECK(strstr(bench.status->realtime.detail, "LimitRTPRIO=70") != NULL);
	CHECK_INT(bench_count(&bench, MCA_NOTICE_REALTIME, 0), 1);
	bench_done(&bench);
}

static void missing_rights_are_told_and_audio_runs(void)
{
	in_a_process(without_rights);
}

static bool may_have_rights(void)
{
	struct sched_param param = { .sched_priority = 70 };
	bool may = sched_setscheduler(0, SCHED_FIFO, &param) == 0;

	param.sched_priority = 0;
	sched_setscheduler(0, SCHED_OTHER, &param);
	return may;
}

static void with_rights(void)
{
	bool may = may_have_rights();
	struct bench bench;

	bench_init(&bench, false);
	bench.options.realtime = true;
	bench.settings->realtime.cpus = 1;
	bench_start(&bench);
	CHECK(bench_until(&bench, bench_all_running, 4));
	CHECK_INT(bench.status->realtime.ok, may);
	CHECK_STR(bench.status->realtime.policy, may ? "SCHED_FIFO" : "SCHED_OTHER");
	CHECK_INT(bench.status->realtime.priority, may ? 70 : 0);
	CHECK_INT(bench_count(&bench, MCA_NOTICE_REALTIME, 0), !may);
	bench_done(&bench);
}

static void rights_are_read_back(void)
{
	in_a_process(with_rights);
}

static void without_memory(void)
{
	struct bench bench;

	bench_init(&bench, false);
	bench.options.realtime = true;
	bench.options.memory_locked = false;
	strcpy(bench.options.memory_detail, "Memory is not locked: ulimit -l.");
	bench_start(&bench);
	bench_look(&bench);
	CHECK(!bench.status->realtime.ok);
	CHECK(!bench.status->realtime.memory_locked);
	CHECK(strstr(bench.status->realtime.detail, "ulimit -l") != NULL);
	bench_done(&bench);
}

static void unlocked_memory_is_told(void)
{
	in_a_process(without_memory);
}

static void on_no_processor(void)
{
	struct bench bench;

	bench_init(&bench, false);
	bench.settings->realtime.cpus = 1ull << 63;
	bench_start(&bench);
	CHECK(bench_until(&bench, bench_all_running, 4));
	CHECK(!bench.status->realtime.ok);
	CHECK(strstr(bench.status->realtime.detail, "realtime.cpus") != NULL);
	bench_done(&bench);
}

static void processors_that_are_not_there_are_told(void)
{
	in_a_process(on_no_processor);
}

static void without_threads(void)
{
	struct rlimit one = { 1, 1 };
	struct bench bench;

	give_up_rights();
	setrlimit(RLIMIT_NPROC, &one);
	bench_init(&bench, false);
	bench_start(&bench);
	bench_look(&bench);
	CHECK_INT(bench.status->running_count, 0);
	CHECK_INT(bench_status(&bench, 1)->state, MCA_CHANNEL_FAULT);
	CHECK(strstr(bench_status(&bench, 1)->reason, "LimitNPROC") != NULL);
	CHECK(bench_until(&bench, bench_is_free, 1 * 2 + MCA_CAPTURE));
	bench_done(&bench);
}

static void a_thread_that_cannot_be_had_is_a_fault(void)
{
	if (geteuid() != 0) {
		printf("# needs another user's process limit: run it as root\n");
		return;
	}
	in_a_process(without_threads);
}

int main(void)
{
	RUN(missing_rights_are_told_and_audio_runs);
	RUN(rights_are_read_back);
	RUN(unlocked_memory_is_told);
	RUN(processors_that_are_not_there_are_told);
	RUN(a_thread_that_cannot_be_had_is_a_fault);
	return DONE();
}
