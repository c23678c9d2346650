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
struct model {
	struct mca_chain_params params;
	double keep_attack, keep_release, keep_limiter; /* a of each pole */
	double ceiling;
	double keep_gate_attack, keep_gate_release;
	double gate_wanted_db, gate_db;
	unsigned gate_hold;
	bool gate_open;
	double detector_db, comp_db, limiter_db;
	double ramp_frames, ramp;
	unsigned ahead, now;        /* D; the present frame in rings of D + 1 */
	struct {
		double limiter_db, held_db;
		double gain_db;     /* all but the limiter's */
		int16_t in[MCA_LANES_MAX];
	} ring[MCA_LOOKAHEAD_FRAMES_MAX + 1];
};

/* Ready to run, from silence, ramp open or closed. */
void model_init(struct model *model, const struct mca_chain_params *params, bool open);

/* One frame in: what leaves, clamped but not rounded. */
void model_frame(struct model *model, const int16_t *in, double *out, bool open);

/* The gain computer alone: gain reduction in dB for a steady peak level in dBFS. */
double model_curve(const struct mca_chain_params *params, double level_db);

/* The release pole in ms that gives release_ms behind an attack pole of attack_ms. */
double model_release_pole(double attack_ms, double release_ms);

/* C, the largest magnitude that may leave. */
double model_ceiling(const struct mca_chain_params *params);

#endif
