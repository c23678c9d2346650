/* SPDX-License-Identifier: MIT */
#ifndef MCA_ENGINE_NOTICES_H
#define MCA_ENGINE_NOTICES_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "mca/notice.h"

/*
 * The notices between whoever notices something (any thread but the real-time ones) and the control
 * thread, which writes the journal; and the one limit on their rate. Each kind of each channel has
 * a place of its own (xruns: of each direction), so no kind displaces another: the first notice
 * comes out at once, what comes within a second after that is counted and comes out as one notice
 * with the last one's fields. A summary says how many there were and how things are now.
 */
#define MCA_NOTICES_MAX 704 /* every kind of 64 channels, xruns twice, and of none */

struct mca_notice_place {
	struct mca_notice last;
	uint64_t last_order;       /* of `last` among all; 0 = the place is not in use */
	uint64_t first_order;      /* of the oldest that waits */
	uint64_t first_ns;         /* when that came */
	uint64_t free_ns;          /* nothing comes out before */
	uint64_t waiting;          /* posted and not yet out */
	uint64_t frames_lost;      /* by all that wait */
};

struct mca_notices {
	pthread_mutex_t lock;
	struct mca_notice_place *place;   /* MCA_NOTICES_MAX of them, owned */
	unsigned count;                   /* in use or used once */
	uint64_t order;                   /* of the last one posted */
	uint64_t lost;                    /* found no place */
};

/* 0 or -ENOMEM. Thread: control. */
int mca_notices_init(struct mca_notices *notices);
void mca_notices_done(struct mca_notices *notices);

/* Post a copy. Thread: any. */
void mca_notices_post(struct mca_notices *notices, const struct mca_notice *notice);

/* Would a notice of that kind and channel come out at once? For who counts what it leaves out.
 * Thread: any. */
bool mca_notices_free(struct mca_notices *notices, enum mca_notice_kind kind, unsigned channel);

/* Take the oldest that may come out at `now_ns` (monotonic; UINT64_MAX: all may); false when there
 * is none. Thread: any. */
bool mca_notices_take(struct mca_notices *notices, uint64_t now_ns, struct mca_notice *notice);

/* Copy text into a field, cut to fit at a whole UTF-8 character. Thread: any. */
void mca_notice_copy(char *field, size_t size, const char *text);

#endif
