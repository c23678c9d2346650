/* SPDX-License-Identifier: MIT */
#ifndef MCA_KEEPING_H
#define MCA_KEEPING_H

#include <stdatomic.h>
#include <stdint.h>

#include "mca/engine.h"
#include "mca/keeper.h"
#include "mca/place.h"
#include "mca/talk.h"

/*
 * What a run keeps over its end: mute and gate of every channel, and the configuration that was
 * live. Disks are waited for on two keepers, one for writes that somebody waits for and one for
 * flushes and everything else. Begin with {0}. Thread: control.
 */
struct mca_kept_text {
	struct mca_job job;
	char path[PATH_MAX];
	char *text;                     /* what is written */
	char *live;                     /* the live text that it stands for */
	size_t length;
	struct mca_diag diag;
	atomic_int phase;
};

struct mca_keeping {
	struct mca_keeper *writer, *flusher;
	struct mca_talk *talk;
	struct mca_place *place;        /* borrowed */
	struct mca_kept_text *last_good;
	uint64_t due_ms;                /* of the next attempt after one that failed */
	char trouble[MCA_CONCERN_MAX];  /* as it was said last */
};

/* 0 or negative errno with diag. What is kept and cannot be read is said in the log. */
int mca_keeping_begin(struct mca_keeping *keeping, struct mca_place *place, struct mca_diag *diag);

/* At every tick of the main loop. */
void mca_keeping_tick(struct mca_keeping *keeping, struct mca_engine *engine);

/* After the engine and the API are freed. False: a disk does not answer, and its thread is left
 * behind with what it uses. */
bool mca_keeping_end(struct mca_keeping *keeping);

#endif
