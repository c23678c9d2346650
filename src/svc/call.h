/* SPDX-License-Identifier: MIT */
#ifndef MCA_SVC_CALL_H
#define MCA_SVC_CALL_H

#include <pthread.h>
#include <stdbool.h>

/*
 * Calls handed over to the control thread: a queue of function and argument, an eventfd that wakes
 * the loop, and a condition per waiting caller. A call lives on its caller's stack.
 *
 * A caller gives up only while its call is still queued. Once the control thread has taken it, the
 * caller waits for the end however long it takes, because the argument is borrowed from its stack:
 * a call has either run to its end, or has not run and never will.
 */
struct mca_call;

struct mca_calls {
	pthread_mutex_t lock;
	struct mca_call *first;   /* oldest, NULL = none */
	struct mca_call **end;    /* where the next one is hung */
	int wake_fd;              /* eventfd, one count a call (EFD_SEMAPHORE) */
	bool closed;
};

/* 0 or negative errno. Thread: control. */
int mca_calls_init(struct mca_calls *calls);

/* Every caller must have returned (close first, then join whoever calls). Thread: control. */
void mca_calls_done(struct mca_calls *calls);

/* Queue fn(arg) and wait for its end. 0, or -ETIMEDOUT or -ESHUTDOWN: not run.
 * Thread: any but control. */
int mca_calls_make(struct mca_calls *calls, void (*fn)(void *arg), void *arg, unsigned timeout_ms);

/* Take one count from wake_fd and run the oldest call, if there still is one. Thread: control. */
void mca_calls_serve(struct mca_calls *calls);

/* Refuse everything that is queued and everything to come. Thread: control. */
void mca_calls_close(struct mca_calls *calls);

#endif
