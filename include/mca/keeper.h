/* SPDX-License-Identifier: MIT */
#ifndef MCA_KEEPER_H
#define MCA_KEEPER_H

#include <stdbool.h>

#include "mca/diag.h"

/*
 * The keeper: one ordinary thread for work that waits for a disk, so that a disk which does not
 * answer holds up nothing else. Jobs run one after the other, in the order in which they were
 * posted.
 */
struct mca_keeper;

/* 0 or negative errno with diag. Thread: control, with signals blocked and SCHED_OTHER (the keeper
 * inherits both). */
int mca_keeper_new(struct mca_keeper **keeper, struct mca_diag *diag);

/* Wait until every job has run, at most `limit_ms`, and free. False: a job still waits for the
 * disk, and what it uses must stay until the end of the process. NULL is fine. Thread: control. */
bool mca_keeper_free(struct mca_keeper *keeper, unsigned limit_ms);

/* A job that belongs to its poster, and may be posted again while it runs. */
struct mca_job {
	void (*run)(struct mca_job *job);   /* on the keeper's thread */
	struct mca_job *next;               /* the keeper's, like what follows */
	bool queued;
};

/* Run the job once, soon; no more often when it is posted again before it has begun. Thread: any
 * but a real-time one; never waits for a job. */
void mca_keeper_post(struct mca_keeper *keeper, struct mca_job *job);

/*
 * Run work(arg) and wait for it: 0, and arg is the caller's again. -ETIMEDOUT: it has not ended
 * within limit_ms; it goes on, and abandon(arg) ends it on the keeper's thread. -ENOMEM: nothing
 * was run. Thread: any but the keeper.
 */
int mca_keeper_do(struct mca_keeper *keeper, void (*work)(void *arg), void (*abandon)(void *arg),
		  void *arg, unsigned limit_ms);

#endif
