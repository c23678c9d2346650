/* SPDX-License-Identifier: MIT */
#ifndef MCA_SVC_NOTIFY_H
#define MCA_SVC_NOTIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mca_engine_status;

/*
 * What the service manager is told (sd_notify's protocol), and when. Without a NOTIFY_SOCKET every
 * message goes nowhere. Nothing here waits for the manager: what its socket does not take is kept
 * and sent by mca_notify_retry(), in the order RELOADING, READY, STATUS. Times are CLOCK_MONOTONIC
 * microseconds. Thread: control.
 */
#define MCA_NOTIFY_STATUS_MAX 1024

struct mca_notify {
	uint64_t watchdog_interval_us;  /* 0 = the manager watches nobody */
	uint64_t watchdog_due_us;
	uint64_t status_due_us;         /* not before */
	char status[MCA_NOTIFY_STATUS_MAX];
	bool owes_reloading, owes_ready, owes_status; /* the manager did not take it yet */
	uint64_t reloading_us;
};

void mca_notify_init(struct mca_notify *notify, uint64_t now_us);

/* The one line for people: "3/4 channels running, 0 xruns". */
void mca_notify_describe(const struct mca_engine_status *status, char text[MCA_NOTIFY_STATUS_MAX]);

/* READY=1 with the status line: at the start and at the end of every reload, refused or not. */
void mca_notify_ready(struct mca_notify *notify, const char *status, uint64_t now_us);

/* STATUS=, when it differs from the last one and that is at least a second old. */
void mca_notify_status(struct mca_notify *notify, const char *status, uint64_t now_us);
bool mca_notify_status_due(const struct mca_notify *notify, uint64_t now_us);

/* RELOADING=1 with the time, which tells the manager that what follows is an answer to its
 * request. */
void mca_notify_reloading(struct mca_notify *notify, uint64_t now_us);

/* STOPPING=1, tried once: the end does not wait for the manager. */
void mca_notify_stopping(void);

/* Why the service does not start. Tried once. */
void mca_notify_failed(const char *text);

/* Try again what the manager did not take. Call at each tick. */
void mca_notify_retry(struct mca_notify *notify);

/* True once every interval, and at each tick after a feed that the manager did not take: ask
 * whether the engine is alive, and if so feed. */
bool mca_notify_watchdog_due(struct mca_notify *notify, uint64_t now_us);
void mca_notify_watchdog_feed(struct mca_notify *notify, uint64_t now_us);

#endif
