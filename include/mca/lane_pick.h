/* SPDX-License-Identifier: MIT */
#ifndef MCA_LANE_PICK_H
#define MCA_LANE_PICK_H

#include <stdbool.h>

/*
 * Which lanes of a device the engine's are, counted from 1. One of a stereo engine: it feeds both
 * lanes, or takes their average; two of a mono engine: likewise the other way round.
 */
#define MCA_LANE_MAX 256

struct mca_lane_pick {
	unsigned count;      /* 0: not said: the first two, or the one there is */
	unsigned lane[2];    /* 1..MCA_LANE_MAX; 0 beyond count */
};

static inline bool mca_lane_pick_equal(const struct mca_lane_pick *a,
				       const struct mca_lane_pick *b)
{
	return a->count == b->count && a->lane[0] == b->lane[0] && a->lane[1] == b->lane[1];
}

#endif
