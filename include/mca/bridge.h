/* SPDX-License-Identifier: MIT */
#ifndef MCA_BRIDGE_H
#define MCA_BRIDGE_H

#include <stdbool.h>
#include <stdint.h>

#include "mca/clock_control.h"
#include "mca/resampler.h"

struct mca_diag;

/*
 * What stands between a capture and a playback that do not run on one clock at the engine's rate:
 *
 *     capture -> [resampler, fixed ratio] -> sound at the engine's rate -> resampler -> playback
 *                  only where the card                                       ^ ratio
 *                  has another rate                        level of frames -> clock control
 *
 * A pair on one clock at the engine's rate has no bridge, and its samples pass untouched. All
 * memory is there before the stream runs.
 */
struct mca_bridge {
	struct mca_resampler in;      /* memory NULL: the capture runs at the engine's rate */
	struct mca_resampler out;
	struct mca_clock_control control;
	bool shared_clock;            /* only rates differ: nothing to control */
	double out_per_in;            /* playback frames a capture frame, by the rates */
	unsigned target_frames;       /* the level to hold, playback frames */
	unsigned delay_frames;        /* of both resamplers, playback frames, rounded up */
	unsigned room_frames;         /* of either array */
	unsigned lanes;
	int16_t *before, *after;      /* owned: frames at the engine's rate, around the sound */
	double error_frames;          /* the level's, as last seen */
};

struct mca_bridge_plan {
	unsigned capture_hz, engine_hz, playback_hz;
	bool shared_clock;            /* of capture and playback */
	unsigned lanes;
	unsigned block_frames;        /* most capture frames passed at once */
	unsigned target_frames;
};

/* 0 or negative errno with diag. Free with mca_bridge_done(). Thread: control. */
int mca_bridge_init(struct mca_bridge *bridge, const struct mca_bridge_plan *plan,
		    struct mca_diag *diag);
void mca_bridge_done(struct mca_bridge *bridge); /* {0} is fine. Thread: control. */

/* The streams were started anew: silence in the resamplers, a hold of the control. Thread: RT. */
void mca_bridge_restart(struct mca_bridge *bridge);

/* At one moment `captured` frames wait to be taken and `queued` wait to be played, elapsed capture
 * frames after the last time. Sets the ratio. Thread: RT. */
void mca_bridge_see_level(struct mca_bridge *bridge, long captured, long queued,
			  unsigned elapsed_frames);

/* Captured frames (at most block_frames) at the engine's rate: themselves, or in bridge->before.
 * Thread: RT. */
const int16_t *mca_bridge_take(struct mca_bridge *bridge, const int16_t *frames, unsigned count,
			       unsigned *engine_frames);

#endif
