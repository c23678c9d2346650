/* SPDX-License-Identifier: MIT */
/*
 * The queue is a list through the callers' stacks, guarded by one lock that is never held while a
 * call runs. Each call moves QUEUED -> RUNNING -> DONE on the control thread; or QUEUED -> gone,
 * taken out by its own caller (time is up) or by close (shutdown). The eventfd counts calls put
 * in, so a call that was taken out again leaves one idle wake-up behind, which does no harm.
 */
#include "call.h"

#include <errno.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

enum call_state { CALL_QUEUED, CALL_RUNNING, CALL_DONE, CALL_REFUSED };

struct mca_call {
	struct mca_call *next;
	void (*fn)(void *arg);
	void *arg;
	enum call_state state;
	pthread_cond_t moved;
};

int mca_calls_init(struct mca_calls *calls)
{
	*calls = (struct mca_calls){ .wake_fd = -1 };
	calls->end = &calls->first;
	calls->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK | EFD_SEMAPHORE);
	if (calls->wake_fd < 0)
		return -errno;
	pthread_mutex_init(&calls->lock, NULL);
	return 0;
}

void mca_calls_done(struct mca_calls *calls)
{
	if (calls->wake_fd < 0)
		return;
	close(calls->wake_fd);
	calls->wake_fd = -1;
	pthread_mutex_destroy(&calls->lock);
}

static void put_last(struct mca_calls *calls, struct mca_call *call)
{
	call->next = NULL;
	*calls->end = call;
	calls->end = &call->next;
}

static void take_out(struct mca_calls *calls, struct mca_call *call)
{
	struct mca_call **at = &calls->first;

	while (*at != call)
		at = &(*at)->next;
	*at = call->next;
	if (!*at)
		calls->end = at;
}

static struct timespec deadline_after(unsigned timeout_ms)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += timeout_ms / 1000;
	t.tv_nsec += (long)(timeout_ms % 1000) * 1000000;
	if (t.tv_nsec >= 1000000000) {
		t.tv_sec++;
		t.tv_nsec -= 1000000000;
	}
	return t;
}

static int wait_for_end(struct mca_calls *calls, struct mca_call *call, unsigned timeout_ms)
{
	struct timespec deadline = deadline_after(timeout_ms);
	int timed_out = 0;

	while (call->state == CALL_QUEUED && !timed_out)
		timed_out = pthread_cond_timedwait(&call->moved, &calls->lock, &deadline);
	if (call->state == CALL_QUEUED) {
		take_out(calls, call);
		return -ETIMEDOUT;
	}
	while (call->state == CALL_RUNNING)
		pthread_cond_wait(&call->moved, &calls->lock);
	return call->state == CALL_DONE ? 0 : -ESHUTDOWN;
}

int mca_calls_make(struct mca_calls *calls, void (*fn)(void *arg), void *arg, unsigned timeout_ms)
{
	struct mca_call call = { .fn = fn, .arg = arg, .state = CALL_QUEUED };
	const uint64_t one = 1;
	pthread_condattr_t monotonic;
	int result = -ESHUTDOWN;

	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&call.moved, &monotonic);
	pthread_condattr_destroy(&monotonic);

	pthread_mutex_lock(&calls->lock);
	if (!calls->closed) {
		put_last(calls, &call);
		/* Fails only on a counter at 2^64 - 1, and that wakes the loop just as well. */
		(void)!write(calls->wake_fd, &one, sizeof one);
		result = wait_for_end(calls, &call, timeout_ms);
	}
	pthread_mutex_unlock(&calls->lock);
	pthread_cond_destroy(&call.moved);
	return result;
}

static void move_to(struct mca_call *call, enum call_state state)
{
	call->state = state;
	pthread_cond_signal(&call->moved);
}

void mca_calls_serve(struct mca_calls *calls)
{
	struct mca_call *call;
	uint64_t count;

	(void)!read(calls->wake_fd, &count, sizeof count);
	pthread_mutex_lock(&calls->lock);
	call = calls->first;
	if (call) {
		take_out(calls, call);
		call->state = CALL_RUNNING;
		pthread_mutex_unlock(&calls->lock);
		call->fn(call->arg);
		pthread_mutex_lock(&calls->lock);
		move_to(call, CALL_DONE);
	}
	pthread_mutex_unlock(&calls->lock);
}

void mca_calls_close(struct mca_calls *calls)
{
	pthread_mutex_lock(&calls->lock);
	calls->closed = true;
	for (struct mca_call *call = calls->first, *next; call; call = next) {
		next = call->next;
		move_to(call, CALL_REFUSED);
	}
	calls->first = NULL;
	calls->end = &calls->first;
	pthread_mutex_unlock(&calls->lock);
}
