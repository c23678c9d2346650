/* SPDX-License-Identifier: MIT */
/*
 * Frames <-> nanoseconds in exact arithmetic. floor() one way and ceil() the other, so that at the
 * very nanosecond mca_simcrystal_ns(n) says, mca_simcrystal_frames() answers n, never n - 1: a
 * wake-up that is armed for a position always finds it reached.
 */
#include "crystal.h"

#include <math.h>
#include <time.h>

#include "mca/simcard.h"

/* ISO C has no 128-bit integer; both compilers of the project do on every 64-bit machine. */
__extension__ typedef unsigned __int128 wide;

#define NANO 1000000000u
static const wide ns_nanoframes = (wide)NANO * NANO;

void mca_simcrystal_init(struct mca_simcrystal *crystal, unsigned rate_hz, double ppm)
{
	long long billionths = llround(ppm * 1000.0);

	crystal->nanoframes_s = rate_hz * (uint64_t)((long long)NANO + billionths);
}

uint64_t mca_simcrystal_frames(const struct mca_simcrystal *crystal, uint64_t ns)
{
	return (uint64_t)((wide)ns * crystal->nanoframes_s / ns_nanoframes);
}

uint64_t mca_simcrystal_ns(const struct mca_simcrystal *crystal, uint64_t frames)
{
	wide top = (wide)frames * ns_nanoframes;

	return (uint64_t)((top + crystal->nanoframes_s - 1) / crystal->nanoframes_s);
}

uint64_t mca_simclock_wall(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NANO + (uint64_t)now.tv_nsec;
}

uint64_t mca_simclock_now(const struct mca_simclock *clock)
{
	return clock->free_running ? clock->now_ns : mca_simclock_wall();
}
