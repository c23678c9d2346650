/* SPDX-License-Identifier: MIT */
#ifndef MCA_SIMCARD_CRYSTAL_H
#define MCA_SIMCARD_CRYSTAL_H

#include <stdbool.h>
#include <stdint.h>

/*
 * A card's crystal: how many frames pass in a time, exactly. Its frequency is held in nanoframes
 * per second (rate * (10^9 + error in 10^-9)); products are 128 bits wide, so that a position
 * computed from the stream's start is right to the frame after any number of days: nothing is
 * summed up, nothing drifts. Thread: RT; pure functions.
 *
 * With temperature the frequency wanders: by wander_ppm * sin(2 pi t / wander_period_s) at time t
 * after the epoch. Its integral is known in closed form, so that nothing is summed up here either.
 */
struct mca_simcrystal {
	uint64_t nanoframes_s; /* 0 = not agreed yet */
	double swing_ns;       /* half of how far the wander takes the clock away; 0 = steady */
	double turn_ns;
	uint64_t epoch_ns;
};

/* A steady one; ppm is rounded to 0.001. */
void mca_simcrystal_init(struct mca_simcrystal *crystal, unsigned rate_hz, double ppm);

/* Let it wander: |ppm| <= 1000, period_s > 0. */
void mca_simcrystal_wander(struct mca_simcrystal *crystal, double ppm, double period_s,
			   uint64_t epoch_ns);

/* Do both run at one frequency, always? */
bool mca_simcrystal_same(const struct mca_simcrystal *a, const struct mca_simcrystal *b);

/* Of a steady crystal. floor(ns * frequency): frames that have passed; and the first nanosecond at
 * which `frames` frames have passed. */
uint64_t mca_simcrystal_frames(const struct mca_simcrystal *crystal, uint64_t ns);
uint64_t mca_simcrystal_ns(const struct mca_simcrystal *crystal, uint64_t frames);

/* The same of any crystal, in moments: frames between two (0 when `to` is the earlier one), and the
 * first moment at which `frames` have passed since `from`. */
uint64_t mca_simcrystal_between(const struct mca_simcrystal *crystal, uint64_t from_ns,
				uint64_t to_ns);
uint64_t mca_simcrystal_when(const struct mca_simcrystal *crystal, uint64_t from_ns,
			     uint64_t frames);

struct mca_simclock;

/* What time it is on a pair's clock. */
uint64_t mca_simclock_now(const struct mca_simclock *clock);

/* CLOCK_MONOTONIC in ns. */
uint64_t mca_simclock_wall(void);

#endif
