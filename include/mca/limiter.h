/* SPDX-License-Identifier: MIT */
#ifndef MCA_LIMITER_H
#define MCA_LIMITER_H

#include <stdbool.h>
#include <stdint.h>

#include "mca/lookahead.h"

/*
 * The limiter: a stage of the chain (mca/chain.h). No attack time; look-ahead on request. Ranges,
 * defaults and units of the parameters: mca/chain_rows.h.
 */
struct mca_limiter_params {
	bool enabled;             /* off: only the integer clamp to full scale remains */
	double ceiling_dbfs;      /* C = floor(32768 * 10^(dB/20)) is never exceeded */
	double release_ms;
	double lookahead_ms;      /* to whole frames; delays also while the limiter is off */
};

struct mca_limiter_cooked {
	int64_t release_q62;      /* 1 - a of the release pole */
	int32_t ceiling_q26;      /* log2(C / 32768); above any level when the limiter is off */
	int32_t ceiling;          /* C, 32..32768 */
	uint32_t lookahead_frames; /* 0..1920: latency of the chain */
	uint32_t glide_frames;    /* of either part of a change of the ceiling, src/dsp/ceiling.c */
};

/* The ceiling in force; all but in_force, ordered and clamp rest at constants. */
struct mca_ceiling {
	int64_t in_force_q58;     /* log2(ceiling / 32768) */
	int64_t step_q58[3];      /* to the next frame: first, second and third difference */
	int64_t goal_q58;         /* where the glide ends, */
	int64_t held_q58;         /* highest level since the change began */
	int32_t ordered_q26;      /* the ceiling that it is for */
	int32_t clamp;            /* the highest ceiling of any frame under way, as a sample */
	uint32_t hold_left;       /* frames before the glide, */
	uint32_t glide_left;      /* of the glide, */
	uint32_t leave_left;      /* and until the look-ahead is empty of it */
	uint32_t reserved;
};

struct mca_limiter {
	int64_t reduction_q58;    /* GRl >= 0: Q5.26 octaves and 32 bits below */
	struct mca_ceiling ceiling;
	struct mca_lookahead lookahead;
};

#endif
