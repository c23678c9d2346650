/* SPDX-License-Identifier: MIT */
#ifndef MCA_ENGINE_NOTICES_H
#define MCA_ENGINE_NOTICES_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "mca/notice.h"

/*
 * The queue of notices between whoever notices something (any thread but the real-time ones) and
 * the control thread, which writes the journal. Bounded: when nobody empties it the oldest go
 * first, and a notice says how many are missing.
 */
#define MCA_NOTICES_MAX 128

struct mca_notices {
	pthread_mutex_t lock;
	struct mca_notice *slot;   /* MCA_NOTICES_MAX of them, owned */
	unsigned first, count;
	uint64_t lost;
};

/* 0 or -ENOMEM. Thread: control. */
int mca_notices_init(struct mca_notices *notices);
void mca_notices_done(struct mca_notices *notices);

/* Append a copy. Thread: any. */
void mca_notices_post(struct mca_notices *notices, const struct mca_notice *notice);

/* Take the oldest; false when there is none. Thread: any. */
bool mca_notices_take(struct mca_notices *notices, struct mca_notice *notice);

/* Copy text into a field, cut to fit at a whole UTF-8 character. Thread: any. */
void mca_notice_copy(char *field, size_t size, const char *text);

#endif
