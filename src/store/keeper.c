/* SPDX-License-Identifier: MIT */
/* A list of jobs under a lock that is never held while a job runs. */
#include "mca/keeper.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define STACK_BYTES (256 * 1024)

struct mca_keeper {
	pthread_mutex_t lock;
	pthread_cond_t posted;
	pthread_cond_t idle;
	pthread_t thread;
	struct mca_job *first, **end;
	bool ending, ended;
};

static struct timespec deadline_after(unsigned limit_ms)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += limit_ms / 1000;
	t.tv_nsec += (long)(limit_ms % 1000) * 1000000;
	if (t.tv_nsec >= 1000000000) {
		t.tv_sec++;
		t.tv_nsec -= 1000000000;
	}
	return t;
}

static void init_condition(pthread_cond_t *condition)
{
	pthread_condattr_t monotonic;

	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(condition, &monotonic);
	pthread_condattr_destroy(&monotonic);
}

/* The next job, NULL when there will be none. Under the lock. */
static struct mca_job *take(struct mca_keeper *keeper)
{
	struct mca_job *job;

	while (!keeper->first && !keeper->ending)
		pthread_cond_wait(&keeper->posted, &keeper->lock);
	job = keeper->first;
	if (!job)
		return NULL;
	keeper->first = job->next;
	if (!keeper->first)
		keeper->end = &keeper->first;
	job->queued = false;
	return job;
}

static void *keep(void *arg)
{
	struct mca_keeper *keeper = arg;
	struct mca_job *job;

	pthread_mutex_lock(&keeper->lock);
	while ((job = take(keeper))) {
		pthread_mutex_unlock(&keeper->lock);
		job->run(job);
		pthread_mutex_lock(&keeper->lock);
	}
	keeper->ended = true;
	pthread_cond_broadcast(&keeper->idle);
	pthread_mutex_unlock(&keeper->lock);
	return NULL;
}

int mca_keeper_new(struct mca_keeper **result, struct mca_diag *diag)
{
	struct mca_keeper *keeper = calloc(1, sizeof *keeper);
	pthread_attr_t attributes;
	int code;

	*result = NULL;
	if (!keeper)
		return mca_diag_set(diag, -ENOMEM, "no memory for the keeper of files");
	keeper->end = &keeper->first;
	pthread_mutex_init(&keeper->lock, NULL);
	init_condition(&keeper->posted);
	init_condition(&keeper->idle);
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, STACK_BYTES);
	code = pthread_create(&keeper->thread, &attributes, keep, keeper);
	pthread_attr_destroy(&attributes);
	if (code) {
		free(keeper);
		return mca_diag_set(diag, -code, "cannot start the keeper of files: %s",
				    mca_thread_failure(code));
	}
	pthread_setname_np(keeper->thread, "mca-keeper");
	*result = keeper;
	return 0;
}

bool mca_keeper_free(struct mca_keeper *keeper, unsigned limit_ms)
{
	struct timespec deadline = deadline_after(limit_ms);
	bool ended;
	int late = 0;

	if (!keeper)
		return true;
	pthread_mutex_lock(&keeper->lock);
	keeper->ending = true;
	pthread_cond_signal(&keeper->posted);
	while (!keeper->ended && !late)
		late = pthread_cond_timedwait(&keeper->idle, &keeper->lock, &deadline);
	ended = keeper->ended;
	pthread_mutex_unlock(&keeper->lock);
	if (!ended) {
		pthread_detach(keeper->thread);
		return false;
	}
	pthread_join(keeper->thread, NULL);
	pthread_cond_destroy(&keeper->posted);
	pthread_cond_destroy(&keeper->idle);
	pthread_mutex_destroy(&keeper->lock);
	free(keeper);
	return true;
}

void mca_keeper_post(struct mca_keeper *keeper, struct mca_job *job)
{
	pthread_mutex_lock(&keeper->lock);
	if (!job->queued) {
		job->queued = true;
		job->next = NULL;
		*keeper->end = job;
		keeper->end = &job->next;
		pthread_cond_signal(&keeper->posted);
	}
	pthread_mutex_unlock(&keeper->lock);
}

/* One call of mca_keeper_do(): whoever leaves it last frees it. */
struct call {
	struct mca_job job;
	struct mca_keeper *keeper;
	void (*work)(void *arg);
	void (*abandon)(void *arg);
	void *arg;
	pthread_cond_t done;
	bool is_done, is_abandoned;
};

static void free_call(struct call *call)
{
	pthread_cond_destroy(&call->done);
	free(call);
}

static void run_call(struct mca_job *job)
{
	struct call *call = (struct call *)job;
	struct mca_keeper *keeper = call->keeper;
	bool abandoned;

	call->work(call->arg);
	pthread_mutex_lock(&keeper->lock);
	call->is_done = true;
	abandoned = call->is_abandoned;
	if (!abandoned)
		pthread_cond_signal(&call->done);
	pthread_mutex_unlock(&keeper->lock);
	if (!abandoned)
		return;
	call->abandon(call->arg);
	free_call(call);
}

int mca_keeper_do(struct mca_keeper *keeper, void (*work)(void *arg), void (*abandon)(void *arg),
		  void *arg, unsigned limit_ms)
{
	struct timespec deadline = deadline_after(limit_ms);
	struct call *call = calloc(1, sizeof *call);
	int late = 0;

	if (!call)
		return -ENOMEM;
	*call = (struct call){ .job.run = run_call, .keeper = keeper, .work = work,
			       .abandon = abandon, .arg = arg };
	init_condition(&call->done);
	mca_keeper_post(keeper, &call->job);
	pthread_mutex_lock(&keeper->lock);
	while (!call->is_done && !late)
		late = pthread_cond_timedwait(&call->done, &keeper->lock, &deadline);
	call->is_abandoned = !call->is_done;
	late = call->is_abandoned;
	pthread_mutex_unlock(&keeper->lock);
	if (late)
		return -ETIMEDOUT;
	free_call(call);
	return 0;
}
