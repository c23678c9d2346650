/* SPDX-License-Identifier: MIT */
#ifndef MCA_API_ORIGIN_H
#define MCA_API_ORIGIN_H

#include <pthread.h>

struct mca_faults;

/*
 * Where the live configuration came from and what was wrong with the last one that was refused.
 * Written by the control thread, read by whoever answers /status, under its own lock.
 */
enum mca_source {
	MCA_SOURCE_EXAMPLE, /* built in */
	MCA_SOURCE_FILE,    /* the file of the command line */
	MCA_SOURCE_STATE,   /* the file in the state directory */
	MCA_SOURCE_API,     /* posted and not saved: a reload or a restart brings the file back */
};
const char *mca_source_name(enum mca_source source); /* "example", "file", ... Thread: any. */

#define MCA_LAST_ERROR_MAX 600

struct mca_origin {
	pthread_mutex_t lock;
	enum mca_source source;
	char *path;                         /* the file a reload reads, NULL = none */
	enum mca_source path_source;        /* what the live configuration is after a reload */
	char last_error[MCA_LAST_ERROR_MAX]; /* "" = none */
};

/* Copied out whole. */
struct mca_origin_view {
	const char *source;                 /* static */
	char path[4096];                    /* "" = none */
	char last_error[MCA_LAST_ERROR_MAX];
};

/* path NULL = none; source "file", "state" or "example". 0 or -ENOMEM. Thread: control. */
int mca_origin_init(struct mca_origin *origin, const char *path, const char *source);
void mca_origin_done(struct mca_origin *origin); /* Thread: control. */

/* Thread: any. */
void mca_origin_read(struct mca_origin *origin, struct mca_origin_view *view);

/* Another configuration is live; the last error is forgotten. Thread: control. */
void mca_origin_posted(struct mca_origin *origin);    /* posted, not saved */
void mca_origin_reloaded(struct mca_origin *origin);  /* read from the path */
/* Posted and saved to path (copied): from now on the file a reload reads. When memory runs out the
 * old path stays. */
void mca_origin_saved(struct mca_origin *origin, const char *path, enum mca_source source);

/* A configuration was refused: keep the first fault and the number of the others. Thread:
 * control. */
void mca_origin_refused(struct mca_origin *origin, const struct mca_faults *faults);

#endif
