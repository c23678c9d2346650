/* SPDX-License-Identifier: MIT */
#ifndef MCA_SIMCARD_RAW_H
#define MCA_SIMCARD_RAW_H

#include <stdbool.h>
#include <stdint.h>

struct mca_diag;

/*
 * Bare samples (S16 in the machine's order) into a file, or into a pipe for another program.
 * Thread: control, or a self-draining writer.
 */

/* A file is created or emptied; a pipe must have its reader already. waits: a full pipe makes the
 * writer wait, else it takes less. A descriptor, or negative errno with diag. */
int mca_simraw_open(const char *path, bool waits, struct mca_diag *diag);

/* Samples written, fewer when a pipe is full, or negative errno. */
int64_t mca_simraw_write(int fd, const int16_t *samples, uint64_t count);

#endif
