/* SPDX-License-Identifier: MIT */
#ifndef MCA_DSP_COOK_H
#define MCA_DSP_COOK_H

#include <stdint.h>

/*
 * What the stages share to turn user units into fixed point. Thread: control (uses libm).
 */

/* dB as Q26 octaves. */
int32_t mca_cook_log2_q26(double db);

/* 1 - a of a one-pole smoother that needs time_ms to 63.2 % of a step, Q62; exactly 1 for 0. */
int64_t mca_cook_pole_q62(double time_ms, unsigned rate_hz);

/* The step per frame that covers `octaves` in time_ms, Q26, rounded up. */
int32_t mca_cook_slew_q26(double octaves, double time_ms, unsigned rate_hz);

#endif
