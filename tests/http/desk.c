/* SPDX-License-Identifier: MIT */
/* A list through the callers' stacks under one lock; one condition wakes every waiting caller. */
#include "desk.h"

#include <errno.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

enum state { WAITING, RUNNING, DONE, REFUSED };

struct desk_call {
	struct desk_call *next;
	void (*fn)(void *arg);
	void *arg;
	enum state state;
};

void desk_init(struct desk *desk)
{
	pthread_condattr_t monotonic;

	*desk = (struct desk){ .wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK) };
	pthread_mutex_init(&desk->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&desk->moved, &monotonic);
	pthread_condattr_destroy(&monotonic);
}

static void take_out(struct desk *desk, struct desk_call *call)
{
	struct desk_call **at = &desk->first;

	while (*at != call)
		at = &(*at)->next;
	*at = call->next;
}

static void put_last(struct desk *desk, struct desk_call *call)
{
	struct desk_call **at = &desk->first;
	uint64_t one = 1;

	while (*at)
		at = &(*at)->next;
	*at = call;
	(void)!write(desk->wake_fd, &one, sizeof one);
}

static int wait_for(struct desk *desk, struct desk_call *call, unsigned timeout_ms)
{
	struct timespec end;
	int late = 0;

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += timeout_ms / 1000;
	end.tv_nsec += (long)(timeout_ms % 1000) * 1000000;
	end.tv_sec += end.tv_nsec / 1000000000;
	end.tv_nsec %= 1000000000;
	while (call->state == RUNNING || (call->state == WAITING && !late))
		late = pthread_cond_timedwait(&desk->moved, &desk->lock, &end) == ETIMEDOUT;
	if (call->state == WAITING) {
		take_out(desk, call);
		return -ETIMEDOUT;
	}
	return call->state == DONE ? 0 : -ESHUTDOWN;
}

int desk_call(void *context, void (*fn)(void *arg), void *arg, unsigned timeout_ms)
{
	struct desk *desk = context;
	struct desk_call call = { .fn = fn, .arg = arg, .state = WAITING };
	int result = -ESHUTDOWN;

	pthread_mutex_lock(&desk->lock);
	if (!desk->closed) {
		put_last(desk, &call);
		result = wait_for(desk, &call, timeout_ms);
	}
	pthread_mutex_unlock(&desk->lock);
	return result;
}

void desk_serve(struct desk *desk)
{
	uint64_t count;

	(void)!read(desk->wake_fd, &count, sizeof count);
	pthread_mutex_lock(&desk->lock);
	while (desk->first) {
		struct desk_call *call = desk->first;

		take_out(desk, call);
		call->state = RUNNING;
		pthread_mutex_unlock(&desk->lock);
		call->fn(call->arg);
		pthread_mutex_lock(&desk->lock);
		call->state = DONE;
		pthread_cond_broadcast(&desk->moved);
	}
	pthread_mutex_unlock(&desk->lock);
}

void desk_close(struct desk *desk)
{
	pthread_mutex_lock(&desk->lock);
	desk->closed = true;
	for (; desk->first; desk->first = desk->first->next)
		desk->first->state = REFUSED;
	pthread_cond_broadcast(&desk->moved);
	pthread_mutex_unlock(&desk->lock);
}
