/* SPDX-License-Identifier: MIT */
#ifndef MCA_ENGINE_OPENER_PRIVATE_H
#define MCA_ENGINE_OPENER_PRIVATE_H

#include <pthread.h>

#include "mca/diag.h"
#include "opener.h"

/*
 * What the control thread (opener.c) and the opener's threads (opener_thread.c) share. One lock
 * guards all of it; it is never held while a device is called.
 *
 *     begin, close -> queue -> worker -> answer (poll) | nothing left (close)
 *                                  \-> stuck: worker and job leave together -> late -> close
 *
 * A job is allocated when a device is opened and stays with it (device->job): closing needs no
 * memory. The opener is freed by whoever leaves it last, its owner or a stuck thread.
 */
struct mca_job {
	struct mca_job *next;
	enum mca_opener_call order;     /* what was ordered, */
	enum mca_opener_call call;      /* and what is being done */
	struct mca_device device;       /* the worker's while it runs, but for name and direction */
	struct mca_pcm_shape shape;     /* to agree on; rate_hz 0 = none */
	bool done;
	int code;
	struct mca_diag diag;
	uint64_t late_ns;               /* when it came back too late */
	/* LIST only. */
	struct mca_listing *listing;    /* who waits, NULL = nobody any more */
	struct mca_simrack *rack;       /* whose cards, NULL = real ones */
	struct mca_pcm_list list;       /* the worker's while it runs */
	bool whole_card;                /* device names a card */
};

/* What a wait for a list waits for; on its stack. */
struct mca_listing {
	bool done;
	int code;
	struct mca_diag diag;
	struct mca_pcm_list list;
};

struct mca_worker {
	struct mca_worker *next;        /* among the stuck */
	struct mca_opener *opener;
	pthread_t thread;
	struct mca_job *job;            /* NULL = idle */
	bool abandoned;                 /* ends when its call returns */
	bool detached;                  /* frees itself */
};

/* A call whose time was up, until the control thread asks. */
struct mca_loss {
	bool is_set;
	struct mca_device device;
	struct mca_diag diag;
};

struct mca_opener {
	pthread_mutex_t lock;
	pthread_cond_t work, idle;
	unsigned users;                 /* the owner and each thread */
	int fd;
	struct mca_simrack *rack;
	struct mca_worker *worker;      /* NULL = none, for want of a thread */
	struct mca_worker *stuck;
	struct mca_job *first, **end;   /* queue */
	struct mca_job *late;
	struct mca_job *request;        /* of the last begin, wherever it is; NULL = none */
	struct mca_loss request_loss, close_loss;
	bool stopping;                  /* mca_opener_stop() has begun */
	bool quit;
	/* The running call, as the control thread watches it. */
	uint64_t serial, watched;       /* calls begun; the one that is watched */
	uint64_t waited_ns, looked_ns;
};

/* All with the lock held. */

/* Append to the queue. */
void mca_opener_put(struct mca_opener *opener, struct mca_job *job);

/* A job that has come to its end and that nobody waits for: close its device, if any. */
void mca_opener_dispose(struct mca_opener *opener, struct mca_job *job);

/* Take out of the queue; false when it is not there. */
bool mca_opener_take_out(struct mca_opener *opener, const struct mca_job *job);

/* The job that is stuck with that device, NULL = none. */
const struct mca_job *mca_opener_find_stuck(const struct mca_opener *opener, const char *name,
					    enum mca_pcm_direction direction);

/* Write why a job was given up; returns -ETIMEDOUT. */
int mca_opener_explain(const struct mca_job *job, struct mca_diag *diag);

/* The list is made, or never will be (code < 0, with diag): tell whoever waits for it. */
void mca_opener_end_list(struct mca_job *job, int code, const struct mca_diag *diag);

/* End every list that has not been begun. */
void mca_opener_cancel_lists(struct mca_opener *opener);

/* One call of a LIST job; without the lock. */
struct mca_worker;
void mca_opener_make_list(struct mca_worker *worker, struct mca_job *job);

/* Start the thread that works on the queue. 0 or negative errno. */
int mca_opener_start_worker(struct mca_opener *opener);

/* Give up the lock and one use; the last user frees. */
void mca_opener_leave(struct mca_opener *opener);

#endif
