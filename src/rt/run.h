/* SPDX-License-Identifier: MIT */
/*
 * What the files of this room share: one run of a channel's thread.
 */
#ifndef MCA_RT_RUN_H
#define MCA_RT_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "mca/cycle.h"
#include "mca/rt_channel.h"

/* One run of the thread, on its stack. Thread: RT. */
struct mca_rt_run {
	struct mca_rt_channel *channel;
	struct mca_cycle cycle;
	struct mca_rt_report report;
	unsigned failures;        /* recoveries since the last whole block */
	unsigned restarts;        /* in a row, each soon after the one before; and */
	uint64_t restarted_at;    /* the frame of the last one */
	uint64_t passed_at;       /* of `written`, what came from whole capture windows */
	uint64_t late_after;      /* no further MCA_EVENT_LATE before this frame */
	uint64_t written;         /* playback frames, over restarts */
	bool stopping;
	uint64_t written_then;    /* when the stop was seen; of what was written since, */
	uint64_t silent_frames;   /* these are exact zeros at the end */
	unsigned stop_waited_ms;  /* for blocks that did not come, since then */
	bool fading;              /* the fade went into the queue: */
	struct mca_chain fader;   /* it goes on over what is written after it */
	unsigned queued, to_play; /* frames queued then, and of these until the fade is out */
};

/* Tell the control side (notices.c). Each pushes one event. */
void mca_rt_tell(struct mca_rt_run *run, enum mca_event_kind kind,
		 enum mca_pcm_direction direction, int64_t value, uint32_t frames_lost);

/*
 * As many frames as the windows grant, at most left (pass.c). Returns how many were taken from
 * capture, or -errno.
 */
int mca_rt_pass(struct mca_rt_run *run, unsigned left, bool open);

/* At a wake-up: look at both rings, for the bridge's clock control; nothing without a bridge. */
void mca_rt_see_level(struct mca_rt_run *run);

/* Note how late a wake-up was: `frames` stood ready. */
void mca_rt_note_wakeup(struct mca_rt_run *run, unsigned frames);

/*
 * The duplex failed with err: recover it, or find that it cannot be (recover.c). Returns 0 when
 * audio runs again, else the negative errno that ends the run; link->fault... are set by then.
 */
int mca_rt_recover(struct mca_rt_run *run, int err);

/* Stopping (stop.c). begin: the stop was seen; a second time it does nothing. count: a block of so
 * many played frames has passed, before which the ramp was closed or not. is_over: end now. waited:
 * that long in vain for a block; returns whether to end now. */
void mca_rt_begin_stop(struct mca_rt_run *run);
void mca_rt_count_stop(struct mca_rt_run *run, bool closed_before, uint64_t frames);
bool mca_rt_stop_is_over(struct mca_rt_run *run);
bool mca_rt_stop_waited(struct mca_rt_run *run, unsigned ms);

#endif
