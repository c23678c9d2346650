/* SPDX-License-Identifier: MIT */
#ifndef MCA_CLI_PROGRESS_H
#define MCA_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

/*
 * How far a long command is: one line on stderr that rewrites itself, shown only when stderr is a
 * terminal and the work has taken more than a second. Embedded by value; begin with
 * mca_progress_init(), end with mca_progress_done(). Thread: control.
 */
struct mca_progress {
	const char *what;   /* "process" */
	bool terminal;
	bool shown;
	uint64_t begin_ms, next_ms;
};

void mca_progress_init(struct mca_progress *progress, const char *what);
/* done of all, in `unit`; cheap to call often. */
void mca_progress_show(struct mca_progress *progress, double done, double all, const char *unit);
void mca_progress_done(struct mca_progress *progress);

#endif
