/* SPDX-License-Identifier: MIT */
/*
 * Frames <-> nanoseconds in exact arithmetic. floor() one way and ceil() the other, so that at the
 * very nanosecond mca_simcrystal_ns(n) says, mca_simcrystal_frames() answers n, never n - 1: a
 * wake-up that is armed for a position always finds it reached.
 *
 * A wandering crystal is a steady one that reads a bent time. The bend is rounded to nanoseconds,
 * which keeps bent time monotonic: its slope is far below one.
 */
#include "crystal.h"

#include <math.h>
#include <time.h>

#include "mca/simcard.h"

/* ISO C has no 128-bit integer; both compilers of the project do on every 64-bit machine. */
__extension__ typedef unsigned __int128 wide;

#define NANO 1000000000u
#define TWO_PI 6.283185307179586
#define ROUNDS_MAX 8 /* each brings the next digits: the bend's slope is at most 0.001 */
static const wide ns_nanoframes = (wide)NANO * NANO;

void mca_simcrystal_init(struct mca_simcrystal *crystal, unsigned rate_hz, double ppm)
{
	long long billionths = llround(ppm * 1000.0);

	*crystal = (struct mca_simcrystal) {
		.nanoframes_s = rate_hz * (uint64_t)((long long)NANO + billionths),
	};
}

void mca_simcrystal_wander(struct mca_simcrystal *crystal, double ppm, double period_s,
			   uint64_t epoch_ns)
{
	crystal->turn_ns = period_s * NANO;
	crystal->swing_ns = ppm * 1e-6 * crystal->turn_ns / TWO_PI;
	crystal->epoch_ns = epoch_ns;
}

bool mca_simcrystal_same(const struct mca_simcrystal *a, const struct mca_simcrystal *b)
{
	return a->nanoframes_s == b->nanoframes_s && a->swing_ns == b->swing_ns &&
	       (a->swing_ns == 0 || a->turn_ns == b->turn_ns);
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

/* The integral of the wander, from the epoch to a moment. */
static int64_t bend_ns(const struct mca_simcrystal *crystal, uint64_t moment_ns)
{
	double turns = ((double)moment_ns - (double)crystal->epoch_ns) / crystal->turn_ns;

	return llround(crystal->swing_ns * (1 - cos(TWO_PI * (turns - floor(turns)))));
}

uint64_t mca_simcrystal_between(const struct mca_simcrystal *crystal, uint64_t from_ns,
				uint64_t to_ns)
{
	int64_t passed_ns;

	if (to_ns <= from_ns)
		return 0;
	passed_ns = (int64_t)(to_ns - from_ns);
	if (crystal->swing_ns != 0)
		passed_ns += bend_ns(crystal, to_ns) - bend_ns(crystal, from_ns);
	return mca_simcrystal_frames(crystal, passed_ns > 0 ? (uint64_t)passed_ns : 0);
}

uint64_t mca_simcrystal_when(const struct mca_simcrystal *crystal, uint64_t from_ns,
			     uint64_t frames)
{
	uint64_t straight_ns = from_ns + mca_simcrystal_ns(crystal, frames);
	uint64_t moment_ns = straight_ns, before_ns = 0;
	int64_t from_bend_ns;

	if (crystal->swing_ns == 0 || frames == 0)
		return straight_ns;
	from_bend_ns = bend_ns(crystal, from_ns);
	for (unsigned i = 0; i < ROUNDS_MAX && moment_ns != before_ns; i++) {
		before_ns = moment_ns;
		moment_ns = (uint64_t)((int64_t)straight_ns -
				       (bend_ns(crystal, moment_ns) - from_bend_ns));
	}
	/* Rounding may leave it beside the first one by a nanosecond. */
	while (mca_simcrystal_between(crystal, from_ns, moment_ns) < frames)
		moment_ns++;
	while (moment_ns > from_ns + 1 &&
	       mca_simcrystal_between(crystal, from_ns, moment_ns - 1) >= frames)
		moment_ns--;
	return moment_ns;
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
