/* SPDX-License-Identifier: MIT */
/*
 * The control thread's side. Time counts only while the control thread looks, at most LOOK_MAX_NS a
 * look: a process that was stopped or starved for seconds does not blame a device for it.
 */
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "clock.h"
#include "opener_private.h"

#define LOOK_MAX_NS (100 * MCA_MS_NS)
#define STOP_LIMIT_MS 100u              /* for a call at the end of the process */

bool mca_opener_take_out(struct mca_opener *opener, const struct mca_job *job)
{
	struct mca_job **at = &opener->first;

	while (*at && *at != job)
		at = &(*at)->next;
	if (!*at)
		return false;
	*at = job->next;
	if (!*at)
		opener->end = at;
	return true;
}

static void note_loss(struct mca_loss *loss, const struct mca_job *job)
{
	memset(loss, 0, sizeof *loss);
	loss->is_set = true;
	snprintf(loss->device.name, sizeof loss->device.name, "%s", job->device.name);
	loss->device.direction = job->device.direction;
	mca_opener_explain(job, &loss->diag);
}

/* Leave the thread in its call, with job and device, and let another one take the queue. */
static void abandon(struct mca_opener *opener)
{
	struct mca_worker *worker = opener->worker;
	struct mca_diag diag;

	worker->abandoned = worker->detached = true;
	pthread_setname_np(worker->thread, "mca-stuck");
	pthread_detach(worker->thread);
	worker->next = opener->stuck;
	opener->stuck = worker;
	opener->worker = NULL;
	if (worker->job == opener->request) {
		opener->request = NULL;
		note_loss(&opener->request_loss, worker->job);
	} else if (worker->job->order == MCA_CALL_LIST) {
		mca_opener_explain(worker->job, &diag);
		mca_opener_end_list(worker->job, -ETIMEDOUT, &diag);
	} else {
		note_loss(&opener->close_loss, worker->job);
	}
	/* If there is none to be had: again at the next look. */
	mca_opener_start_worker(opener);
}

static void expire_late(struct mca_opener *opener, uint64_t keep_ns)
{
	uint64_t now_ns = mca_monotonic_ns();
	struct mca_job **at = &opener->late, *job;

	while ((job = *at)) {
		if (now_ns - job->late_ns < keep_ns) {
			at = &job->next;
			continue;
		}
		*at = job->next;
		mca_opener_dispose(opener, job);
	}
}

static void look(struct mca_opener *opener)
{
	uint64_t now_ns = mca_monotonic_ns(), step_ns = now_ns - opener->looked_ns, count;

	(void)!read(opener->fd, &count, sizeof count);
	opener->looked_ns = now_ns;
	expire_late(opener, MCA_OPENER_KEEP_MS * MCA_MS_NS);
	if (!opener->worker && opener->first)
		mca_opener_start_worker(opener);
	if (!opener->worker || !opener->worker->job)
		return;
	if (opener->watched != opener->serial) {
		opener->watched = opener->serial;
		opener->waited_ns = 0;
		return;
	}
	opener->waited_ns += step_ns < LOOK_MAX_NS ? step_ns : LOOK_MAX_NS;
	if (opener->waited_ns >= MCA_OPENER_LIMIT_MS * MCA_MS_NS)
		abandon(opener);
}

static void drop(struct mca_opener *opener)
{
	struct mca_job *job = opener->request;

	opener->request = NULL;
	opener->request_loss.is_set = false;
	/* A running one is disposed of by its worker. */
	if (job && (job->done || mca_opener_take_out(opener, job)))
		mca_opener_dispose(opener, job);
}

int mca_opener_new(struct mca_opener **result, struct mca_simrack *rack, struct mca_diag *diag)
{
	struct mca_opener *opener = calloc(1, sizeof *opener);
	pthread_condattr_t monotonic;
	int r;

	if (!opener)
		return mca_diag_set(diag, -ENOMEM, "There is no memory left to open devices.");
	opener->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (opener->fd < 0) {
		r = -errno;
		free(opener);
		return mca_diag_set(diag, r, "No event descriptor for opening devices: %s; raise "
				    "LimitNOFILE.", strerror(-r));
	}
	pthread_mutex_init(&opener->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&opener->work, NULL);
	pthread_cond_init(&opener->idle, &monotonic);
	pthread_condattr_destroy(&monotonic);
	opener->rack = rack;
	opener->end = &opener->first;
	opener->users = 1;
	opener->looked_ns = mca_monotonic_ns();
	*result = opener;
	return 0;
}

int mca_opener_fd(const struct mca_opener *opener)
{
	return opener->fd;
}

static bool is_job_of(const struct mca_job *job, const char *name,
		      enum mca_pcm_direction direction)
{
	return job->device.direction == direction && strcmp(job->device.name, name) == 0;
}

const struct mca_job *mca_opener_find_stuck(const struct mca_opener *opener, const char *name,
					    enum mca_pcm_direction direction)
{
	for (const struct mca_worker *worker = opener->stuck; worker; worker = worker->next) {
		if (is_job_of(worker->job, name, direction))
			return worker->job;
	}
	return NULL;
}

int mca_opener_check(struct mca_opener *opener, const char *name,
		     enum mca_pcm_direction direction, struct mca_diag *diag)
{
	const struct mca_job *job;
	int r = 0;

	pthread_mutex_lock(&opener->lock);
	job = mca_opener_find_stuck(opener, name, direction);
	if (job)
		r = mca_opener_explain(job, diag);
	pthread_mutex_unlock(&opener->lock);
	return r;
}

/* The job for a call: the one that a device carries, one that came late, or a new one. The lock is
 * held. */
static struct mca_job *find_job(struct mca_opener *opener, const struct mca_device *device)
{
	struct mca_job *job;

	if (device->job) {
		device->job->device = *device;
		return device->job;
	}
	for (struct mca_job **at = &opener->late; (job = *at); at = &job->next) {
		if (!is_job_of(job, device->name, device->direction))
			continue;
		*at = job->next;
		return job;
	}
	job = calloc(1, sizeof *job);
	if (job)
		job->device = *device;
	return job;
}

static int begin(struct mca_opener *opener, enum mca_opener_call call,
		 const struct mca_device *device, const struct mca_pcm_shape *shape,
		 struct mca_diag *diag)
{
	const struct mca_job *stuck = mca_opener_find_stuck(opener, device->name,
							    device->direction);
	struct mca_job *job;
	int r;

	if (stuck)
		return mca_opener_explain(stuck, diag);
	r = opener->worker ? 0 : mca_opener_start_worker(opener);
	if (r < 0)
		return mca_diag_set(diag, r, "The thread that opens devices cannot be started "
				    "(%s): raise LimitNPROC or TasksMax, or free memory.",
				    strerror(-r));
	job = find_job(opener, device);
	if (!job)
		return mca_diag_set(diag, -ENOMEM, "There is no memory left to open %s.",
				    device->name);
	job->order = job->call = call;
	job->shape = shape ? *shape : (struct mca_pcm_shape){0};
	job->done = false;
	job->code = 0;
	memset(&job->diag, 0, sizeof job->diag);
	opener->request = job;
	mca_opener_put(opener, job);
	return 0;
}

int mca_opener_begin(struct mca_opener *opener, enum mca_opener_call call,
		     struct mca_device *device, const struct mca_pcm_shape *shape,
		     struct mca_diag *diag)
{
	int r;

	assert((call == MCA_CALL_OPEN) == !device->pcm && call != MCA_CALL_CLOSE);
	pthread_mutex_lock(&opener->lock);
	assert(!opener->request && !opener->quit);
	r = begin(opener, call, device, shape, diag);
	pthread_mutex_unlock(&opener->lock);
	if (r == 0)
		mca_device_forget(device);
	return r;
}

/* The lock is held. */
static void answer(struct mca_opener *opener, struct mca_device *device, int *code,
		   struct mca_diag *diag)
{
	struct mca_job *job = opener->request;

	opener->request = NULL;
	*code = job->code;
	*diag = job->diag;
	*device = job->device;
	device->job = job;
	/* What could not be configured is of no use to whoever wanted it opened. */
	if (!device->pcm || (job->code < 0 && job->order == MCA_CALL_OPEN)) {
		mca_device_forget(device);
		mca_opener_dispose(opener, job);
	}
}

bool mca_opener_poll(struct mca_opener *opener, struct mca_device *device, int *code,
		     struct mca_diag *diag)
{
	bool lost, done;

	pthread_mutex_lock(&opener->lock);
	look(opener);
	lost = opener->request_loss.is_set;
	done = opener->request && opener->request->done;
	if (lost) {
		*device = opener->request_loss.device;
		*diag = opener->request_loss.diag;
		*code = diag->code;
		opener->request_loss.is_set = false;
	} else if (done) {
		answer(opener, device, code, diag);
	}
	pthread_mutex_unlock(&opener->lock);
	return lost || done;
}

void mca_opener_drop(struct mca_opener *opener)
{
	pthread_mutex_lock(&opener->lock);
	drop(opener);
	pthread_mutex_unlock(&opener->lock);
}

void mca_opener_close(struct mca_opener *opener, struct mca_device *device)
{
	struct mca_job *job = device->job;

	if (!device->pcm)
		return;
	pthread_mutex_lock(&opener->lock);
	job->device = *device;
	mca_opener_dispose(opener, job);
	if (!opener->worker)
		mca_opener_start_worker(opener);
	pthread_mutex_unlock(&opener->lock);
	mca_device_forget(device);
	device->name[0] = '\0';
}

bool mca_opener_lost(struct mca_opener *opener, struct mca_device *device, struct mca_diag *diag)
{
	bool lost;

	pthread_mutex_lock(&opener->lock);
	look(opener);
	lost = opener->close_loss.is_set;
	if (lost) {
		*device = opener->close_loss.device;
		*diag = opener->close_loss.diag;
	}
	opener->close_loss.is_set = false;
	pthread_mutex_unlock(&opener->lock);
	return lost;
}

/* Wait for the queue to be empty; a call of which nothing is heard for a while is left behind, for
 * the sake of those that wait behind it. The lock is held. */
static void close_all(struct mca_opener *opener, uint64_t deadline_ns)
{
	uint64_t now_ns = mca_monotonic_ns(), begin_ns = now_ns, until_ns;
	struct timespec until;

	while (now_ns < deadline_ns && opener->worker && (opener->first || opener->worker->job)) {
		if (opener->watched != opener->serial) {
			opener->watched = opener->serial;
			begin_ns = now_ns;
		}
		until_ns = begin_ns + STOP_LIMIT_MS * MCA_MS_NS;
		if (opener->worker->job && now_ns >= until_ns) {
			abandon(opener);
			continue;
		}
		if (until_ns <= now_ns || until_ns > deadline_ns)
			until_ns = deadline_ns;
		until = (struct timespec){ .tv_sec = (time_t)(until_ns / MCA_S_NS),
					   .tv_nsec = (long)(until_ns % MCA_S_NS) };
		pthread_cond_timedwait(&opener->idle, &opener->lock, &until);
		now_ns = mca_monotonic_ns();
	}
}

void mca_opener_stop(struct mca_opener *opener, uint64_t deadline_ns)
{
	struct mca_worker *worker;
	bool is_idle;

	pthread_mutex_lock(&opener->lock);
	opener->stopping = true;
	drop(opener);
	mca_opener_cancel_lists(opener);
	expire_late(opener, 0);
	close_all(opener, deadline_ns);
	opener->quit = true;
	pthread_cond_broadcast(&opener->work);
	worker = opener->worker;
	opener->worker = NULL;
	is_idle = worker && !worker->job && !opener->first;
	if (worker && !is_idle) {
		worker->detached = true;
		pthread_detach(worker->thread);
	}
	pthread_mutex_unlock(&opener->lock);
	if (!is_idle)
		return;
	pthread_join(worker->thread, NULL);
	free(worker);
}

void mca_opener_free(struct mca_opener *opener)
{
	if (!opener)
		return;
	pthread_mutex_lock(&opener->lock);
	mca_opener_leave(opener);
}
