/* SPDX-License-Identifier: MIT */
#ifndef MCA_SIMCARD_CRYSTAL_H
#define MCA_SIMCARD_CRYSTAL_H

#include <stdint.h>

/*
 * A card's crystal: how many frames pass in a time, exactly. Its frequency is held in nanoframes
 * per second (rate * (10^9 + error in 10^-9)); products are 128 bits wide, so that a position
 * computed from the stream's start is right to the frame after any number of days: nothing is
 * summed up, nothing drifts. Thread: RT; pure functions.
 */
struct mca_simcrystal {
	uint64_t nanoframes_s; /* 0 = not agreed yet */
};

/* ppm is rounded to 0.001. */
void mca_simcrystal_init(struct mca_simcrystal *crystal, unsigned rate_hz, double ppm);

/* floor(ns * frequency): frames that have passed. */
uint64_t mca_simcrystal_frames(const struct mca_simcrystal *crystal, uint64_t ns);

/* The first nanosecond at which `frames` frames have passed. */
uint64_t mca_simcrystal_ns(const struct mca_simcrystal *crystal, uint64_t frames);

struct mca_simclock;

/* What time it is on a pair's clock. */
uint64_t mca_simclock_now(const struct mca_simclock *clock);

/* CLOCK_MONOTONIC in ns. */
uint64_t mca_simclock_wall(void);

#endif
