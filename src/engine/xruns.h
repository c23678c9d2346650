/* SPDX-License-Identifier: MIT */
#ifndef MCA_ENGINE_XRUNS_H
#define MCA_ENGINE_XRUNS_H

#include <stdbool.h>
#include <stdint.h>

#include "mca/event_ring.h"
#include "mca/pcm.h"

struct mca_notices;

/*
 * What of a channel's xruns and suspends goes to the journal: the first at once, then at most
 * one summary a second that counts all that came since. Counting itself happens elsewhere and
 * misses none. Thread: control.
 */
struct mca_xrun_log {
	uint64_t quiet_until_ns;
	uint64_t total[2];            /* since the engine started, by enum mca_pcm_direction */
	uint64_t told[2];             /* of those, in notices already */
	uint64_t frames_lost[2];      /* since the last notice */
	unsigned suspends[2];         /* since the last notice */
	bool short_commit;            /* one came from a device that took less than it granted */
};

/* Who the notices speak of. */
struct mca_xrun_source {
	unsigned channel;
	const char *device[2];
};

/* The count of a stream since the engine started is now `total` (never less than it was), and so
 * many more frames are lost. */
void mca_xrun_log_count(struct mca_xrun_log *log, unsigned stream, uint64_t total,
			uint64_t frames_lost);

/* The stream was suspended and has resumed. */
void mca_xrun_log_suspend(struct mca_xrun_log *log, unsigned stream, uint64_t frames_lost);

/* Post what is due. */
void mca_xrun_log_flush(struct mca_xrun_log *log, const struct mca_xrun_source *source,
			uint64_t now_ns, struct mca_notices *notices);

#endif
