/* SPDX-License-Identifier: MIT */
#ifndef MCA_DSP_LOOKAHEAD_H
#define MCA_DSP_LOOKAHEAD_H

#include <stdbool.h>

#include "chunk.h"
#include "mca/lookahead.h"

/*
 * Look-ahead of the limiter: a pass between mca_dynamics_smooth and weigh. Thread: RT, init any.
 */

/* From silence; frames 0..MCA_LOOKAHEAD_FRAMES_MAX. */
void mca_lookahead_init(struct mca_lookahead *ahead, unsigned frames);

/*
 * Only with a look-ahead of 1 frame or more: exchange the chunk's samples, makeup and reductions
 * (compressor in reduction_q58, limiter in over_q58, as mca_dynamics_smooth leaves them then) for
 * those of D frames ago, the limiter's held and eased. reduction_q58 is the whole reduction then.
 */
void mca_lookahead_pass(struct mca_lookahead *ahead, struct mca_chunk *chunk);

/* True when nothing is under way but silence, at the makeup of the newest frame. As long as that
 * makeup stays, rest does what pass would do with silence. */
bool mca_lookahead_is_at_rest(const struct mca_lookahead *ahead, unsigned lanes);
void mca_lookahead_rest(struct mca_lookahead *ahead, unsigned frames);

#endif
