/* SPDX-License-Identifier: MIT */
/*
 * Lists of cards, made by the opener's thread like every other call of a device. A list is many
 * calls: each has the time limit for itself, and the job names the device that is called, so that
 * one that hangs is known by its name, and known to everybody who wants it.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "opener_private.h"

/* Before each call of a device. Thread: opener. */
static bool begin_call(void *context, const char *device, int direction)
{
	struct mca_worker *worker = context;
	struct mca_opener *opener = worker->opener;
	struct mca_job *job = worker->job;
	enum mca_pcm_direction d = direction == MCA_PLAYBACK ? MCA_PLAYBACK : MCA_CAPTURE;
	bool go;

	pthread_mutex_lock(&opener->lock);
	go = !worker->abandoned && !opener->stopping && !mca_opener_find_stuck(opener, device, d);
	if (go) {
		snprintf(job->device.name, sizeof job->device.name, "%s", device);
		job->device.direction = d;
		job->whole_card = direction < 0;
		opener->serial++;
	}
	pthread_mutex_unlock(&opener->lock);
	return go;
}

void mca_opener_make_list(struct mca_worker *worker, struct mca_job *job)
{
	const struct mca_pcm_watch watch = { begin_call, worker };

	job->code = mca_pcm_list_watched(&job->list, job->rack,
					 job->shape.rate_hz ? &job->shape : NULL, &watch,
					 &job->diag);
}

void mca_opener_end_list(struct mca_job *job, int code, const struct mca_diag *diag)
{
	struct mca_listing *listing = job->listing;

	job->listing = NULL;
	if (!listing)
		return;
	listing->done = true;
	listing->code = code;
	listing->diag = *diag;
	if (code == 0) {
		listing->list = job->list;
		memset(&job->list, 0, sizeof job->list);
	}
}

static const struct mca_diag stopping = { .code = -ESHUTDOWN, .text = "The service is stopping." };

void mca_opener_cancel_lists(struct mca_opener *opener)
{
	struct mca_job *next;

	for (struct mca_job *job = opener->first; job; job = next) {
		next = job->next;
		if (job->order != MCA_CALL_LIST)
			continue;
		mca_opener_take_out(opener, job);
		mca_opener_end_list(job, -ESHUTDOWN, &stopping);
		mca_opener_dispose(opener, job);
	}
}

static int order(struct mca_opener *opener, struct mca_job *job, struct mca_diag *diag)
{
	int r = 0;

	if (opener->stopping) {
		*diag = stopping;
		return -ESHUTDOWN;
	}
	if (!opener->worker)
		r = mca_opener_start_worker(opener);
	if (r < 0)
		return mca_diag_set(diag, r, "The thread that lists devices cannot be started "
				    "(%s): raise LimitNPROC or TasksMax, or free memory.",
				    strerror(-r));
	mca_opener_put(opener, job);
	return 0;
}

/* Nobody waits for the list any more; a job that runs is disposed of by its worker. */
static void give_up(struct mca_opener *opener, struct mca_job *job)
{
	mca_opener_end_list(job, -ESHUTDOWN, &stopping);
	if (mca_opener_take_out(opener, job))
		mca_opener_dispose(opener, job);
}

/* The lock is held. The job may be gone once the listing is done. */
static void wait_for(struct mca_opener *opener, struct mca_job *job,
		     const struct mca_listing *listing, bool (*turn)(void *context), void *context)
{
	bool go;

	while (!listing->done) {
		pthread_mutex_unlock(&opener->lock);
		go = turn(context);
		pthread_mutex_lock(&opener->lock);
		if (!go && !listing->done)
			give_up(opener, job);
	}
}

int mca_opener_list(struct mca_opener *opener, struct mca_simrack *rack,
		    const struct mca_pcm_shape *shape, struct mca_pcm_list *list,
		    bool (*turn)(void *context), void *context, struct mca_diag *diag)
{
	struct mca_listing listing = { .done = false };
	struct mca_job *job = calloc(1, sizeof *job);
	int r;

	memset(list, 0, sizeof *list);
	if (!job)
		return mca_diag_set(diag, -ENOMEM, "There is no memory left to list devices.");
	job->order = job->call = MCA_CALL_LIST;
	job->listing = &listing;
	job->rack = rack;
	if (shape)
		job->shape = *shape;
	pthread_mutex_lock(&opener->lock);
	r = order(opener, job, &listing.diag);
	if (r == 0) {
		wait_for(opener, job, &listing, turn, context);
		r = listing.code;
	} else {
		free(job);
	}
	pthread_mutex_unlock(&opener->lock);
	*list = listing.list;
	if (r < 0 && diag)
		*diag = listing.diag;
	return r;
}
