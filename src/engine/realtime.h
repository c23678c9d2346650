/* SPDX-License-Identifier: MIT */
#ifndef MCA_ENGINE_REALTIME_H
#define MCA_ENGINE_REALTIME_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "mca/engine_status.h"

struct mca_diag;
struct mca_engine_options;

/*
 * Threads with real-time rights, and the truth about them. Rights that are missing never stop the
 * audio and never pass silently: the thread is started without them, and what it really got is read
 * back by the thread itself and told with the cure.
 */
struct mca_realtime {
	bool wanted;                         /* false: free-running clocks, ordinary scheduling */
	int priority;                        /* SCHED_FIFO */
	unsigned long long cpus;             /* bit mask, 0 = any */
	char memory_detail[200];             /* why memory is not locked */
	char sched_detail[200];              /* why scheduling is not as wished, "" = it is */
	struct mca_realtime_status status;
};

/* One thread. Never moves while it runs. */
struct mca_thread {
	pthread_t thread;
	void (*run)(void *arg);
	void *arg;
	bool unpinned;                       /* the wished processors were refused */
	_Atomic int policy;                  /* read back by the thread; -1 until then */
	_Atomic int priority;
};

/* Take over the wishes and try them on a thread that ends at once: the answer must be there
 * although no channel can run. Thread: control, with signals blocked. */
void mca_realtime_init(struct mca_realtime *realtime, const struct mca_settings *settings,
		       const struct mca_engine_options *options);

/* Start run(arg) on a thread with 256 KiB of stack (run touches what it needs of it), with the
 * rights or, if they are refused, without. 0, or negative errno with diag when there is no thread
 * at all. Thread: control. */
int mca_realtime_start(const struct mca_realtime *realtime, struct mca_thread *thread,
		       const char *name, void (*run)(void *arg), void *arg,
		       struct mca_diag *diag);

/* Compare what running threads read back with the wishes; the status tells of the worst of them,
 * and keeps what it told when there is none. Thread: control. */
void mca_realtime_judge(struct mca_realtime *realtime, const struct mca_thread *const *thread,
			unsigned count);

/* Wait for the end of a thread that is ending, or has ended. Thread: control. */
void mca_thread_join(struct mca_thread *thread);

#endif
