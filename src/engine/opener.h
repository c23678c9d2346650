/* SPDX-License-Identifier: MIT */
#ifndef MCA_ENGINE_OPENER_H
#define MCA_ENGINE_OPENER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "device.h"
#include "mca/pcm_list.h"

struct mca_diag;
struct mca_simrack;

/*
 * The one thread that opens, configures and closes devices, one call after the other: several at
 * once upset some hardware. A driver may hang in any of these calls, so the control thread only
 * orders them and asks now and then what came of it.
 *
 * Ownership. A device that is handed over (begin, close) belongs to the opener until
 * mca_opener_poll() gives it back.
 *
 * Time limit. A call that has not returned after MCA_OPENER_LIMIT_MS is abandoned: its thread keeps
 * the job and the device, and a fresh thread takes over the queue. While the old call is stuck, the
 * same device and direction is refused at once, so that retries cost nothing and add no thread.
 * When the old call returns after all, its thread ends. If the device is open then, it is kept for
 * MCA_OPENER_KEEP_MS: a slow device serves the next attempt instead of being too slow every time.
 * After that it is closed.
 *
 * Thread: control, all functions; mca_opener_new() with every signal blocked.
 */
struct mca_opener;

/* USB cards take up to 300 ms to open, and the contract names a fault within a second: the limit
 * leaves one tick of 50 ms to notice and one to tell. */
#define MCA_OPENER_LIMIT_MS 900u
/* Longer than the longest pause between attempts. */
#define MCA_OPENER_KEEP_MS 3000u

enum mca_opener_call {
	MCA_CALL_OPEN,       /* and then CONFIGURE, when a shape is given */
	MCA_CALL_CONFIGURE,
	MCA_CALL_RELEASE,    /* forget what was configured */
	MCA_CALL_CLOSE,      /* mca_opener_close() */
	MCA_CALL_LIST,       /* mca_opener_list() */
};

/* 0, or negative errno with diag. `rack` (borrowed, may be NULL) serves sim: names. */
int mca_opener_new(struct mca_opener **opener, struct mca_simrack *rack, struct mca_diag *diag);

/* Close everything that was handed over, wait for that until deadline_ns, end the thread. What is
 * stuck then is left to the end of the process. Afterwards nothing may be begun. */
void mca_opener_stop(struct mca_opener *opener, uint64_t deadline_ns);

/* After mca_opener_stop(). A stuck thread keeps what it needs. NULL is fine. */
void mca_opener_free(struct mca_opener *opener);

/* Readable when a call has returned; mca_opener_poll() and mca_opener_lost() make it unreadable. */
int mca_opener_fd(const struct mca_opener *opener);

/*
 * Begin OPEN (of device->name and direction; the rest of *device is empty), CONFIGURE or RELEASE.
 * One at a time: the last one must have been answered or dropped. `shape` may be NULL but for
 * CONFIGURE. 0 and *device handed over; or negative errno with diag and *device untouched:
 * -ETIMEDOUT, an earlier call is still stuck; no memory, no thread.
 */
int mca_opener_begin(struct mca_opener *opener, enum mca_opener_call call,
		     struct mca_device *device, const struct mca_pcm_shape *shape,
		     struct mca_diag *diag);

/* Has the call returned, or is its time up? True: *device (not open, name kept, when it is lost or
 * could not be opened), *code and diag are the answer. -ETIMEDOUT: abandoned. */
bool mca_opener_poll(struct mca_opener *opener, struct mca_device *device, int *code,
		     struct mca_diag *diag);

/* Nobody wants the answer of the last begin any more: its device is closed. */
void mca_opener_drop(struct mca_opener *opener);

/* Order the close; fine when the device is not open. *device is not open afterwards. */
void mca_opener_close(struct mca_opener *opener, struct mca_device *device);

/* Is a call on that device stuck? Then -ETIMEDOUT with diag (may be NULL) that names the call, else
 * 0. */
int mca_opener_check(struct mca_opener *opener, const char *name,
		     enum mca_pcm_direction direction, struct mca_diag *diag);

/*
 * List the simulated cards (`rack`) or the real ones (NULL), as mca_pcm_list_read() does, or with
 * shape NULL mca_pcm_list_names(). The time limit counts for each device; one that is known to hang
 * is left out and shown as busy. 0, or negative errno with diag: -ETIMEDOUT, a device hangs;
 * -ESHUTDOWN. turn() is called again and again meanwhile and has to look after the opener; false:
 * give up.
 */
int mca_opener_list(struct mca_opener *opener, struct mca_simrack *rack,
		    const struct mca_pcm_shape *shape, struct mca_pcm_list *list,
		    bool (*turn)(void *context), void *context, struct mca_diag *diag);

/* Look after the calls that nobody polls for, several times within a time limit. True, once, with
 * the device's name and the sentence: such a call (a close) was abandoned. */
bool mca_opener_lost(struct mca_opener *opener, struct mca_device *device, struct mca_diag *diag);

#endif
