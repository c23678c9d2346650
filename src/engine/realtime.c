/* SPDX-License-Identifier: MIT */
/* Creation of the channels' threads: priority, processors, stack, and a check of all three. */
#include "realtime.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "mca/diag.h"
#include "mca/engine.h"

/* Far more than a channel touches, for ThreadSanitizer too. Untouched pages cost nothing. */
#define STACK_BYTES (2 * 1024 * 1024)

static void *thread_body(void *arg)
{
	struct mca_thread *thread = arg;
	struct sched_param param = {0};
	int policy = sched_getscheduler(0);

	/* The C library would answer from what was asked; the kernel knows what was granted. */
	sched_getparam(0, &param);
	atomic_store(&thread->priority, param.sched_priority);
	atomic_store(&thread->policy, policy & ~SCHED_RESET_ON_FORK);
	thread->run(thread->arg);
	return NULL;
}

static int create(const struct mca_realtime *realtime, struct mca_thread *thread, bool fifo,
		  bool pinned)
{
	struct sched_param param = { .sched_priority = fifo ? realtime->priority : 0 };
	pthread_attr_t attr;
	cpu_set_t cpus;
	int r = pthread_attr_init(&attr);

	if (r)
		return -r;
	pthread_attr_setstacksize(&attr, STACK_BYTES);
	pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED);
	pthread_attr_setschedpolicy(&attr, fifo ? SCHED_FIFO : SCHED_OTHER);
	pthread_attr_setschedparam(&attr, &param);
	CPU_ZERO(&cpus);
	for (int i = 0; i < 64; i++) {
		if (realtime->cpus >> i & 1)
			CPU_SET(i, &cpus);
	}
	if (pinned)
		pthread_attr_setaffinity_np(&attr, sizeof cpus, &cpus);
	atomic_store(&thread->policy, -1);
	r = pthread_create(&thread->thread, &attr, thread_body, thread);
	pthread_attr_destroy(&attr);
	return -r;
}

/* The status is made of two halves, memory and scheduling; each has its own sentence. */
static void compose(struct mca_realtime *realtime)
{
	struct mca_realtime_status *status = &realtime->status;
	const char *memory = realtime->wanted && !status->memory_locked ?
			     realtime->memory_detail : "";

	status->ok = !realtime->sched_detail[0] && (!realtime->wanted || status->memory_locked);
	snprintf(status->detail, sizeof status->detail, "%.120s%s%.130s", realtime->sched_detail,
		 realtime->sched_detail[0] && memory[0] ? " " : "", memory);
}

static void explain_priority(struct mca_realtime *realtime)
{
	struct rlimit limit = {0};

	getrlimit(RLIMIT_RTPRIO, &limit);
	snprintf(realtime->sched_detail, sizeof realtime->sched_detail,
		 "SCHED_FIFO %d is refused (limit %llu): set LimitRTPRIO=%d in the unit, or "
		 "ulimit -r %d.", realtime->priority, (unsigned long long)limit.rlim_cur,
		 realtime->priority, realtime->priority);
}

static void explain_cpus(struct mca_realtime *realtime)
{
	snprintf(realtime->sched_detail, sizeof realtime->sched_detail,
		 "Processors 0x%llx of realtime.cpus are not available: threads run on any.",
		 realtime->cpus);
}

int mca_realtime_start(const struct mca_realtime *realtime, struct mca_thread *thread,
		       const char *name, void (*run)(void *arg), void *arg,
		       struct mca_diag *diag)
{
	bool pinned = realtime->cpus != 0;
	char cut[16];           /* all that the kernel keeps; a longer name is refused */
	int r;

	thread->run = run;
	thread->arg = arg;
	thread->unpinned = false;
	r = create(realtime, thread, realtime->wanted, pinned);
	if (r == -EINVAL && pinned) {
		thread->unpinned = true;
		pinned = false;
		r = create(realtime, thread, realtime->wanted, pinned);
	}
	if (r == -EPERM && realtime->wanted)
		r = create(realtime, thread, false, pinned);
	if (r)
		return mca_diag_set(diag, r, "The thread cannot be started (%s): raise LimitNPROC "
				    "or TasksMax, or free memory.", strerror(-r));
	snprintf(cut, sizeof cut, "%s", name);
	pthread_setname_np(thread->thread, cut);
	return 0;
}

static const char *policy_name(int policy)
{
	switch (policy) {
	case SCHED_FIFO: return "SCHED_FIFO";
	case SCHED_RR: return "SCHED_RR";
	default: return "SCHED_OTHER";
	}
}

/* Returns whether this thread lacks nothing. */
static bool judge(struct mca_realtime *realtime, const struct mca_thread *thread)
{
	int policy = atomic_load(&thread->policy), priority = atomic_load(&thread->priority);

	snprintf(realtime->status.policy, sizeof realtime->status.policy, "%s",
		 policy_name(policy));
	realtime->status.priority = priority;
	if (realtime->wanted && (policy != SCHED_FIFO || priority != realtime->priority))
		explain_priority(realtime);
	else if (thread->unpinned)
		explain_cpus(realtime);
	return !realtime->sched_detail[0];
}

void mca_realtime_judge(struct mca_realtime *realtime, const struct mca_thread *const *thread,
			unsigned count)
{
	bool first = true;

	for (unsigned i = 0; i < count; i++) {
		if (atomic_load(&thread[i]->policy) < 0)
			continue;       /* it has not looked yet, and will be judged when it has */
		if (first)
			realtime->sched_detail[0] = '\0';
		first = false;
		if (!judge(realtime, thread[i]))
			break;
	}
	compose(realtime);
}

void mca_thread_join(struct mca_thread *thread)
{
	pthread_join(thread->thread, NULL);
}

static void nothing(void *arg)
{
	(void)arg;
}

void mca_realtime_init(struct mca_realtime *realtime, const struct mca_settings *settings,
		       const struct mca_engine_options *options)
{
	struct mca_thread probe;
	const struct mca_thread *known = &probe;

	memset(realtime, 0, sizeof *realtime);
	realtime->wanted = options->realtime;
	realtime->priority = (int)settings->realtime.priority;
	realtime->cpus = settings->realtime.cpus;
	realtime->status.memory_locked = options->memory_locked;
	snprintf(realtime->memory_detail, sizeof realtime->memory_detail, "%s",
		 options->memory_detail[0] ? options->memory_detail :
		 "Memory is not locked: set LimitMEMLOCK=infinity in the unit.");
	snprintf(realtime->status.policy, sizeof realtime->status.policy, "SCHED_OTHER");
	if (mca_realtime_start(realtime, &probe, "mca-probe", nothing, NULL, NULL) == 0) {
		mca_thread_join(&probe);
		mca_realtime_judge(realtime, &known, 1);
	}
}
