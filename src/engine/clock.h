/* SPDX-License-Identifier: MIT */
#ifndef MCA_ENGINE_CLOCK_H
#define MCA_ENGINE_CLOCK_H

#include <stdint.h>
#include <time.h>

#include "mca/clock.h"

/*
 * Time as the control thread counts it, and the share of a core that a clock of the CPU time kind
 * (a thread's, the process's) shows against it. Thread: control.
 */
#define MCA_NO_MORE_NS (UINT64_MAX / 2)   /* a moment after everything */

struct mca_cpu {
	uint64_t at_ns;    /* when used_ns was read, 0 = never */
	uint64_t used_ns;
	double percent;    /* of one core, over the last whole second */
};

/* Sleep for a moment while somebody else has to finish. */
void mca_pause_ms(unsigned ms);

/* Read `clock` when a second has gone since the last reading; percent keeps its value otherwise,
 * and when the clock cannot be read (its thread has ended). */
void mca_cpu_update(struct mca_cpu *cpu, clockid_t clock, uint64_t now_ns);

#endif
