/* SPDX-License-Identifier: MIT */
#ifndef MCA_ENGINE_XRUNS_H
#define MCA_ENGINE_XRUNS_H

#include <stdbool.h>
#include <stdint.h>

#include "mca/event_ring.h"
#include "mca/pcm.h"

struct mca_notices;

/*
 * What of a channel's xruns and suspends goes to the journal, and how much of it was not logged
 * yet. A notice speaks of one direction; when both have news they take turns. When a notice may go
 * out is up to notices.h. Counting itself happens elsewhere and misses none. Thread: control.
 */
struct mca_xrun_count {
	uint64_t xruns, xruns_told;   /* since the engine started; of those, in notices already */
	uint64_t lost, lost_told;     /* frames, likewise */
	uint64_t lost_before;         /* of streams that have ended */
	unsigned suspends;            /* since the last notice */
	bool short_commit;            /* one came from a device that took less than it granted */
};

struct mca_xrun_log {
	struct mca_xrun_count stream[2];  /* by enum mca_pcm_direction */
	unsigned next;                    /* whose turn it is */
};

/* Who the notices speak of. */
struct mca_xrun_source {
	unsigned channel;
	const char *device[2];
};

/* A direction has had `xruns` xruns since the engine started (never less than before), and this
 * run of its stream has lost `run_lost` frames. */
void mca_xrun_log_count(struct mca_xrun_log *log, unsigned stream, uint64_t xruns,
			uint64_t run_lost);

/* The direction was suspended and has resumed; as above. */
void mca_xrun_log_suspend(struct mca_xrun_log *log, unsigned stream, uint64_t run_lost);

/* A run of the stream has ended; it had lost so many frames in all. */
void mca_xrun_log_end_run(struct mca_xrun_log *log, const uint64_t run_lost[2]);

/* Post what may come out now. */
void mca_xrun_log_flush(struct mca_xrun_log *log, const struct mca_xrun_source *source,
			struct mca_notices *notices);

/* Post all that was not logged yet: nothing comes after it. */
void mca_xrun_log_end(struct mca_xrun_log *log, const struct mca_xrun_source *source,
		      struct mca_notices *notices);

#endif
