/* SPDX-License-Identifier: MIT */
/* The kernel is asked for the time here, and behind the real-time wall; nowhere else. */
#include "mca/clock.h"

#include <time.h>

uint64_t mca_monotonic_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * MCA_S_NS + (uint64_t)now.tv_nsec;
}

uint64_t mca_monotonic_ms(void)
{
	return mca_monotonic_ns() / MCA_MS_NS;
}
