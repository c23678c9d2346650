/* SPDX-License-Identifier: MIT */
/* Pauses of the control thread, and CPU time against monotonic time once a second. */
#include "clock.h"

static uint64_t nanoseconds(const struct timespec *time)
{
	return (uint64_t)time->tv_sec * MCA_S_NS + (uint64_t)time->tv_nsec;
}

void mca_pause_ms(unsigned ms)
{
	struct timespec pause = { .tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000 };

	/* Cut short by a signal is fine: whoever pauses looks again. */
	clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
}

void mca_cpu_update(struct mca_cpu *cpu, clockid_t clock, uint64_t now_ns)
{
	struct timespec used;
	uint64_t used_ns;

	if (cpu->at_ns && now_ns - cpu->at_ns < MCA_S_NS)
		return;
	if (clock_gettime(clock, &used))
		return;
	used_ns = nanoseconds(&used);
	if (cpu->at_ns && used_ns >= cpu->used_ns)
		cpu->percent = 100.0 * (double)(used_ns - cpu->used_ns) /
			       (double)(now_ns - cpu->at_ns);
	cpu->used_ns = used_ns;
	cpu->at_ns = now_ns;
}
