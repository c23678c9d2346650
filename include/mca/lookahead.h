/* SPDX-License-Identifier: MIT */
#ifndef MCA_LOOKAHEAD_H
#define MCA_LOOKAHEAD_H

#include <stdint.h>

#include "mca/meter.h"

/*
 * Memory of a limiter that looks ahead by D frames: embedded in its chain, sized for the longest
 * look-ahead at the highest rate, so that nobody allocates. D = 0 leaves all of it zero and
 * untouched. What stands in the rings depends on the stream alone, not on the caller's blocks.
 */
#define MCA_LOOKAHEAD_MS_MAX 10
#define MCA_LOOKAHEAD_FRAMES_MAX 1920 /* 10 ms at 192 kHz */

/* Sliding maximum over D + 1 values in constant time; see src/dsp/lookahead.c. */
struct mca_lookahead_hold {
	uint32_t half;            /* frames in a segment: (D + 1) / 2, rounded down */
	uint32_t even;            /* 1 when D + 1 is even */
	uint32_t step;            /* of the segment being filled, 0..half - 1 */
	uint32_t current;         /* which of the two is being filled */
	int32_t most;             /* of the segment being filled, so far */
	int32_t most_before;      /* of the whole segment before it */
	int32_t most_behind;      /* of the part of that segment already gone over, from its end */
	int32_t reserved;
	/* One more than a segment needs: what lies behind its end asks for nothing. */
	int32_t segment[2][MCA_LOOKAHEAD_FRAMES_MAX / 2 + 2];
};

/* Wide samples (mca/highpass.h) while wide_left > 0, else whole ones and zeros behind them. */
union mca_lookahead_samples {
	int32_t wide[MCA_LOOKAHEAD_FRAMES_MAX * MCA_LANES_MAX];
	int16_t whole[MCA_LOOKAHEAD_FRAMES_MAX * MCA_LANES_MAX];
};

struct mca_lookahead {
	uint32_t frames;          /* D */
	uint32_t place;           /* the oldest frame of every ring, 0..D - 1 */
	int32_t newest_makeup_q26; /* of the last frame that came in */
	uint32_t wide_left;       /* frames until no sample in the ring has a fraction */
	int64_t inverse_q62;      /* 1 / (D + 1), rounded up */
	int64_t held_sum;         /* of the ring of held values */
	struct mca_lookahead_hold hold;
	/* Rings of the last D frames: */
	int32_t held_q26[MCA_LOOKAHEAD_FRAMES_MAX];    /* GRl, held */
	int32_t comp_q26[MCA_LOOKAHEAD_FRAMES_MAX];    /* GRc */
	int32_t makeup_q26[MCA_LOOKAHEAD_FRAMES_MAX];
	union mca_lookahead_samples samples;
};

#endif
