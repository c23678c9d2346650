/* SPDX-License-Identifier: MIT */
#ifndef MCA_DUPLEX_H
#define MCA_DUPLEX_H

#include <stdbool.h>
#include <stdint.h>

#include "mca/pcm.h"

/*
 * A capture and a playback direction joined for one real-time thread. Capture clocks the loop;
 * playback is only checked. Playback is pre-filled with silence to the target level before an
 * explicit start, so a frame captured at position p leaves at position p + target.
 *
 *     start; while (wait > 0) { capture_begin; playback_begin; ...; playback_end; capture_end; }
 *
 * Borrows both PCMs, which are closed after it. Free with mca_duplex_free().
 */
struct mca_duplex;

struct mca_duplex_window {
	int16_t *frames;   /* interleaved; capture windows must not be written */
	unsigned count;    /* frames granted, may be fewer than wanted (wrap, short window) */
};

/* What went wrong, in the words of the field. */
enum mca_duplex_fault {
	MCA_FAULT_NONE = 0,
	MCA_FAULT_XRUN,       /* EPIPE, a short commit, no room where room must be */
	MCA_FAULT_SUSPENDED,  /* ESTRPIPE */
	MCA_FAULT_STALLED,    /* time-out without progress */
	MCA_FAULT_GONE,       /* ENODEV, ENOTTY, EIO, EBADFD, POLLHUP, a DISCONNECTED state */
};

/* Join two PCMs configured for one engine; their rates may differ. block_frames counts at the
 * capture's rate (its info.block_frames), target_frames at playback's: its level before each cycle,
 * at least two blocks, raised where the cards' periods need more, lowered where a ring is too short
 * (see mca_duplex_latency_frames()). A ring that should be longer is agreed on anew.
 * Returns 0 or negative errno with diag. Thread: control. */
int mca_duplex_new(struct mca_duplex **duplex, struct mca_pcm *capture, struct mca_pcm *playback,
		   unsigned block_frames, unsigned target_frames, struct mca_diag *diag);
void mca_duplex_free(struct mca_duplex *duplex); /* stops; leaves the PCMs open. Thread: control. */

/* One clock for both directions (one card, or simulated cards of equal error)? Where not, frames
 * have to be added or taken away by a resampler, and playback keeps room for them.
 * Thread: any after new. */
bool mca_duplex_shared_clock(const struct mca_duplex *duplex);

/* One clock and one rate: every captured frame is a frame to play, and no resampler is needed.
 * Thread: any after new. */
bool mca_duplex_is_straight(const struct mca_duplex *duplex);

/* Frames to pass at once: the block that was asked for, or less where a ring is too short for it.
 * Thread: any after new. */
unsigned mca_duplex_block_frames(const struct mca_duplex *duplex);

/* Frames between a sound at the capture and at the playback connector, by construction; counted
 * at playback's rate. Thread: any after new. */
unsigned mca_duplex_latency_frames(const struct mca_duplex *duplex);

/* Frames that a punctual wake-up finds at most; what it finds beyond them is how late it was.
 * Thread: any after new. */
unsigned mca_duplex_wakeup_frames(const struct mca_duplex *duplex);

/* Everything below runs on the one RT thread. No allocation, lock, log or file.
 * Negative results are -errno; mca_duplex_fault() then says which fault, in which direction. */

/* Prepare, pre-fill with silence, start both. 0 or negative errno. Thread: RT. */
int mca_duplex_start(struct mca_duplex *duplex);

/* Sleep until a whole block can be captured, and played. Returns the frames that can be captured
 * now (>= block), or negative errno; -ETIMEDOUT after timeout_ms without one (fault STALLED),
 * unless playback was seen to be gone. Bounded spurious wake-ups. Thread: RT. */
int mca_duplex_wait(struct mca_duplex *duplex, unsigned timeout_ms);

/* How many frames wait to be taken and to be played, at one moment and as exactly as the devices
 * know: where one tells its position a period at a time, with what its time stamps say of the time
 * since. After each wait. 0, or negative errno where they do not know; that is no fault.
 * Thread: RT. */
int mca_duplex_measure(struct mca_duplex *duplex, long *captured, long *queued);

/* A window of at most `want` frames. 0 frames granted where frames must be is an xrun. 0 or
 * negative errno. Thread: RT, all four. */
int mca_duplex_capture_begin(struct mca_duplex *duplex, unsigned want,
			     struct mca_duplex_window *window);
int mca_duplex_capture_end(struct mca_duplex *duplex, unsigned frames);
int mca_duplex_playback_begin(struct mca_duplex *duplex, unsigned want,
			      struct mca_duplex_window *window);
int mca_duplex_playback_end(struct mca_duplex *duplex, unsigned frames);

/* What the last negative result was, and in which direction it was seen.
 * Thread: RT. */
enum mca_duplex_fault mca_duplex_fault(const struct mca_duplex *duplex,
				       enum mca_pcm_direction *direction);

/* Did the last ..._end() fail because the device took fewer frames than it had granted?
 * Thread: RT. */
bool mca_duplex_short_commit(const struct mca_duplex *duplex);

/* Drop both directions and count what is lost with that: frames captured and not taken, and frames
 * of the program written and not played, at the capture's rate. Thread: RT. */
unsigned mca_duplex_drop(struct mca_duplex *duplex);

/* How late a direction told its position at most, since the pair was made, in us: looked at in the
 * first tenth of a second after each start, against the nominal rate. Thread: RT. */
unsigned mca_duplex_lag_us(const struct mca_duplex *duplex, enum mca_pcm_direction direction);

/* Restart after an xrun or a suspend: mca_duplex_drop(), prepare, pre-fill, start; bounded resume
 * attempts. Returns frames lost (>= 0, as mca_duplex_drop() counts them) or negative errno with
 * a fault noted: unless that is an xrun again, the device must be closed and reopened by the
 * control side. Thread: RT. */
int mca_duplex_recover(struct mca_duplex *duplex);

/*
 * Change what is queued for playback already, where it lies. queued: how many frames, as exactly
 * as the device tells, or negative errno with a fault noted. window: onto the last `back` of them
 * (1..queued), fewer where the ring ends, none where it cannot be had (read/write access); end: the
 * first `frames` of it were changed. The first mca_duplex_fetched_frames() of the queue may have
 * left for the connector. Thread: RT.
 */
int mca_duplex_queued(struct mca_duplex *duplex);
int mca_duplex_queue_window(struct mca_duplex *duplex, unsigned back,
			    struct mca_duplex_window *window);
void mca_duplex_queue_end(struct mca_duplex *duplex, unsigned frames);
unsigned mca_duplex_fetched_frames(const struct mca_duplex *duplex);

/* Drop both directions at once. Thread: RT. */
void mca_duplex_stop(struct mca_duplex *duplex);

#endif
