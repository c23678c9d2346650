/* SPDX-License-Identifier: MIT */
#ifndef MCA_BRIDGE_H
#define MCA_BRIDGE_H

#include <stdbool.h>
#include <stdint.h>

#include "mca/clock_control.h"
#include "mca/resampler.h"

struct mca_diag;

/*
 * Joins a capture and a playback that differ in clock or rate, with one resampler in front of the
 * chain:
 *
 *     capture -> resampler -> frames at the output's rate and clock -> chain -> playback
 *                    ^ ratio
 *       clock control <- level of frames
 *
 * A pair of one clock and one rate has no bridge. All memory is allocated before the stream runs.
 */
struct mca_bridge {
	struct mca_resampler resampler;
	struct mca_clock_control control;
	bool shared_clock;            /* only rates differ: nothing to control */
	double out_per_in;            /* playback frames a capture frame, by the rates */
	unsigned target_frames;       /* the level to hold, playback frames */
	double delay_frames;          /* of the resampler, playback frames */
	unsigned block_frames;        /* most capture frames converted at once */
	unsigned room_frames;         /* of the array: what they make at most */
	int16_t *frames;              /* owned array, at the output's rate; the chain works in it */
	double error_frames;          /* of the level when it was last measured */
};

struct mca_bridge_plan {
	unsigned capture_hz, playback_hz;
	bool shared_clock;            /* of capture and playback */
	unsigned lanes;
	unsigned block_frames;        /* most capture frames converted at once */
	unsigned target_frames;
};

/* 0 or negative errno with diag. Free with mca_bridge_done(). Thread: control. */
int mca_bridge_init(struct mca_bridge *bridge, const struct mca_bridge_plan *plan,
		    struct mca_diag *diag);
void mca_bridge_done(struct mca_bridge *bridge); /* {0} is fine. Thread: control. */

/* The streams were started anew: clear the resampler, hold the control. Thread: RT. */
void mca_bridge_restart(struct mca_bridge *bridge);

/* `captured` frames wait in the capture ring and `queued` in the playback ring, both measured at
 * one moment, elapsed capture frames after the last measurement. Sets the ratio. Thread: RT. */
void mca_bridge_see_level(struct mca_bridge *bridge, long captured, long queued,
			  unsigned elapsed_frames);

/* Convert `count` captured frames (at most block_frames), all of them, into bridge->frames. Returns
 * how many frames they became, at most room_frames. Thread: RT. */
unsigned mca_bridge_convert(struct mca_bridge *bridge, const int16_t *frames, unsigned count);

#endif
