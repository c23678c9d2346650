/* SPDX-License-Identifier: MIT */
#ifndef MCA_TEST_DSP_MODEL_H
#define MCA_TEST_DSP_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "mca/chain.h"

/*
 * The chain once more, in double precision and decibels, frame by frame from the formulas of the
 * literature: what the fixed-point chain is measured against. It takes the same parameters and
 * shares nothing else with it.
 */
/* The ceiling in force, and how it gets to another one: the level is held for 10 ms, then the
 * ceiling glides for 10 ms on 3 s^2 - 2 s^3 in dB, as far as the held level is above it. */
struct model_ceiling {
	double now_db, ordered_db;  /* in force for the next frame; of the parameters */
	double frame_db;            /* in force for the last one */
	double from_db, to_db;      /* of the glide, */
	double for_db;              /* and the ceiling that was ordered when it began */
	double held_db;
	unsigned hold_left, glide_left, part_frames;
};

/* The gain computer's parameters as they glide. */
struct model_curve {
	double threshold_db, knee_db, slope;
};

struct model {
	struct mca_chain_params params;
	double keep_attack, keep_release, keep_limiter; /* a of each pole, when nothing is fresh */
	double b0, a1, a2;          /* of the high-pass; b0 = 1, a1 = -2, a2 = 1: off */
	double x1[MCA_LANES_MAX], x2[MCA_LANES_MAX], y1[MCA_LANES_MAX], y2[MCA_LANES_MAX];
	double keep_gate_attack, keep_gate_release;
	double gate_wanted_db, gate_db;
	unsigned gate_hold;
	bool gate_open;
	unsigned fresh_frames;      /* since the last change, for easing; from far on, none */
	struct model_ceiling ceiling;
	struct model_curve curve, curve_from;
	double makeup_db;           /* as it slews */
	double detector_db, comp_db, limiter_db;
	double ramp_frames, ramp;
	unsigned ahead, now;        /* D; the present frame in rings of D + 1 */
	struct {
		double limiter_db, held_db;
		double gain_db;     /* all but the limiter's */
		double ceiling_db;  /* in force for this frame */
		double in[MCA_LANES_MAX];
	} ring[MCA_LOOKAHEAD_FRAMES_MAX + 1];
};

/* Ready to run, from silence, ramp open or closed. */
void model_init(struct model *model, const struct mca_chain_params *params, bool open);

/* New parameters; rate, lanes, look-ahead and ramp are the same. */
void model_set(struct model *model, const struct mca_chain_params *params);

/* The largest magnitude that the frame which left last may have: its ceiling in force, as the next
 * integer above; 32768 at most. */
double model_bound(const struct model *model);

/* One frame in: what leaves, clamped but not rounded. */
void model_frame(struct model *model, const int16_t *in, double *out, bool open);

/* The gain computer alone: gain reduction in dB for a steady peak level in dBFS. */
double model_curve(const struct mca_chain_params *params, double level_db);

/* The release pole in ms that gives release_ms behind an attack pole of attack_ms. */
double model_release_pole(double attack_ms, double release_ms);

/* C, the largest magnitude that may leave. */
double model_ceiling(const struct mca_chain_params *params);

#endif
