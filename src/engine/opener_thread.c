/* SPDX-License-Identifier: MIT */
/* The thread that calls the devices, and what becomes of a call that comes back too late. The lock
 * is held in every function but while a device is called. */
#include <errno.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "clock.h"
#include "opener_private.h"

#define STACK_BYTES (512 * 1024)        /* for drivers, alsa-lib's configuration, sanitizers */

static const char *call_word(enum mca_opener_call call)
{
	switch (call) {
	case MCA_CALL_OPEN: return "opened";
	case MCA_CALL_CONFIGURE: return "configured";
	case MCA_CALL_RELEASE: return "released";
	case MCA_CALL_CLOSE: return "closed";
	case MCA_CALL_LIST: return "listed";
	}
	return "called";
}

int mca_opener_explain(const struct mca_job *job, struct mca_diag *diag)
{
	return mca_diag_set(diag, -ETIMEDOUT, "The %s %s did not answer for %u ms while being %s: "
			    "unplug the card and plug it in again, or reload its driver; it is "
			    "tried again when the driver answers.",
			    job->whole_card ? "card" : mca_direction_word(job->device.direction),
			    job->device.name,
			    MCA_OPENER_LIMIT_MS, call_word(job->call));
}

void mca_opener_put(struct mca_opener *opener, struct mca_job *job)
{
	job->next = NULL;
	*opener->end = job;
	opener->end = &job->next;
	pthread_cond_signal(&opener->work);
}

static struct mca_job *take_first(struct mca_opener *opener)
{
	struct mca_job *job = opener->first;

	opener->first = job->next;
	if (!opener->first)
		opener->end = &opener->first;
	return job;
}

void mca_opener_dispose(struct mca_opener *opener, struct mca_job *job)
{
	if (!job->device.pcm) {
		mca_pcm_list_done(&job->list);
		free(job);
		return;
	}
	job->order = job->call = MCA_CALL_CLOSE;
	mca_opener_put(opener, job);
}

void mca_opener_leave(struct mca_opener *opener)
{
	bool last = --opener->users == 0;

	pthread_mutex_unlock(&opener->lock);
	if (!last)
		return;
	close(opener->fd);
	pthread_cond_destroy(&opener->idle);
	pthread_cond_destroy(&opener->work);
	pthread_mutex_destroy(&opener->lock);
	free(opener);
}

/* One call; the lock is given up meanwhile. */
static void perform(struct mca_opener *opener, struct mca_worker *worker, struct mca_job *job)
{
	enum mca_opener_call call = job->call;

	opener->serial++;
	pthread_mutex_unlock(&opener->lock);
	switch (call) {
	case MCA_CALL_OPEN:
		job->code = mca_device_open(&job->device, opener->rack, &job->diag);
		break;
	case MCA_CALL_CONFIGURE:
		job->code = mca_device_configure(&job->device, &job->shape, &job->diag);
		break;
	case MCA_CALL_RELEASE:
		mca_device_release(&job->device);
		break;
	case MCA_CALL_CLOSE:
		mca_device_close(&job->device);
		break;
	case MCA_CALL_LIST:
		mca_opener_make_list(worker, job);
		break;
	}
	pthread_mutex_lock(&opener->lock);
}

static void remove_stuck(struct mca_opener *opener, const struct mca_worker *worker)
{
	struct mca_worker **at = &opener->stuck;

	while (*at != worker)
		at = &(*at)->next;
	*at = worker->next;
}

/* A call that was given up has returned: keep the device for the next attempt. */
static void come_late(struct mca_opener *opener, struct mca_worker *worker, struct mca_job *job)
{
	remove_stuck(opener, worker);
	if (opener->quit && job->device.pcm) {
		job->call = MCA_CALL_CLOSE;
		perform(opener, worker, job);
	}
	if (!job->device.pcm) {
		mca_opener_dispose(opener, job);
		return;
	}
	job->late_ns = mca_monotonic_ns();
	job->next = opener->late;
	opener->late = job;
}

static void finish(struct mca_opener *opener, struct mca_worker *worker)
{
	const uint64_t one = 1;
	struct mca_job *job = worker->job;

	worker->job = NULL;
	if (job->listing)
		mca_opener_end_list(job, job->code, &job->diag);
	if (worker->abandoned)
		come_late(opener, worker, job);
	else if (job == opener->request)
		job->done = true;
	else
		mca_opener_dispose(opener, job);
	/* Fails only on a counter at 2^64 - 1, and that wakes the loop just as well. */
	(void)!write(opener->fd, &one, sizeof one);
	pthread_cond_signal(&opener->idle);
}

/* Open and configure, or the one call. What hung while the job stood in the queue is not called:
 * the device would only say that it is in use. */
static void perform_order(struct mca_opener *opener, struct mca_worker *worker, struct mca_job *job)
{
	const struct mca_job *stuck = NULL;

	if (job->call == MCA_CALL_OPEN && !job->device.pcm)
		stuck = mca_opener_find_stuck(opener, job->device.name, job->device.direction);
	if (stuck) {
		job->code = mca_opener_explain(stuck, &job->diag);
		return;
	}
	/* A device that came late is open already. */
	if (job->call != MCA_CALL_OPEN || !job->device.pcm)
		perform(opener, worker, job);
	if (job->call == MCA_CALL_OPEN && job->code == 0 && job->shape.rate_hz &&
	    !worker->abandoned) {
		job->call = MCA_CALL_CONFIGURE;
		perform(opener, worker, job);
	}
}

static void *work(void *arg)
{
	struct mca_worker *worker = arg;
	struct mca_opener *opener = worker->opener;

	pthread_mutex_lock(&opener->lock);
	while (!worker->abandoned) {
		if (!opener->first && opener->quit)
			break;
		if (!opener->first) {
			pthread_cond_wait(&opener->work, &opener->lock);
			continue;
		}
		worker->job = take_first(opener);
		perform_order(opener, worker, worker->job);
		finish(opener, worker);
	}
	if (worker->detached)
		free(worker);
	mca_opener_leave(opener);
	return NULL;
}

int mca_opener_start_worker(struct mca_opener *opener)
{
	struct mca_worker *worker = calloc(1, sizeof *worker);
	pthread_attr_t attr;
	int r;

	if (!worker)
		return -ENOMEM;
	worker->opener = opener;
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_BYTES);
	r = pthread_create(&worker->thread, &attr, work, worker);
	pthread_attr_destroy(&attr);
	if (r) {
		free(worker);
		return -r;
	}
	pthread_setname_np(worker->thread, "mca-opener");
	opener->users++;
	opener->worker = worker;
	return 0;
}
