/* SPDX-License-Identifier: MIT */
#ifndef MCA_CLI_METER_LOG_H
#define MCA_CLI_METER_LOG_H

#include <jansson.h>
#include <stdint.h>

struct mca_chain;
struct mca_diag;

/*
 * The meter windows of an offline run as a JSON array, one object a window, in the words and units
 * of GET /vu. Thread: control.
 */
struct mca_meter_log {
	json_t *windows;     /* owned */
	char *text;          /* owned; the whole file after mca_meter_log_finish() */
	size_t length;
	unsigned rate_hz;
	uint64_t seen;       /* number of the last window noted */
	uint64_t frames;     /* in the windows noted */
};

/* 0 or -ENOMEM. Free with mca_meter_log_done(). */
int mca_meter_log_init(struct mca_meter_log *log, unsigned rate_hz);
void mca_meter_log_done(struct mca_meter_log *log);

/* Note the window that the chain finished last, once. Call at least once per window. */
int mca_meter_log_look(struct mca_meter_log *log, const struct mca_chain *chain);

/* Write the array into memory, so that mca_meter_log_save() needs none. 0 or -ENOMEM. */
int mca_meter_log_finish(struct mca_meter_log *log);

/* Write the finished array to `path`, whole or not at all. 0 or negative errno with diag. */
int mca_meter_log_save(const struct mca_meter_log *log, const char *path, struct mca_diag *diag);

#endif
