/* SPDX-License-Identifier: MIT */
#ifndef MCA_API_ORIGIN_H
#define MCA_API_ORIGIN_H

#include <pthread.h>

#include "mca/place.h"

struct mca_faults;

/*
 * Where the live configuration came from and what was wrong with the last one that was refused.
 * Written by the control thread, read by whoever answers /status, under its own lock.
 */
#define MCA_LAST_ERROR_MAX 600

struct mca_origin_view {
	enum mca_source source;
	char path[PATH_MAX];                 /* "" = none */
	char note[MCA_PLACE_NOTE_MAX];       /* why this one, "" = nothing to say */
	char last_error[MCA_LAST_ERROR_MAX]; /* "" = none */
};

struct mca_origin {
	pthread_mutex_t lock;
	struct mca_origin_view view;
};

/* The built-in example, and no error yet. 0 or negative errno. Thread: control. */
int mca_origin_init(struct mca_origin *origin);
void mca_origin_done(struct mca_origin *origin); /* Thread: control. */

/* Copied out whole. Thread: any. */
void mca_origin_read(struct mca_origin *origin, struct mca_origin_view *view);

/* Another configuration is live; the last error is forgotten. Strings are copied. Thread:
 * control. */
void mca_origin_live(struct mca_origin *origin, enum mca_source source, const char *path,
		     const char *note);

/* A configuration was refused: keep the first fault and the number of the others. Thread:
 * control. */
void mca_origin_refused(struct mca_origin *origin, const struct mca_faults *faults);

#endif
