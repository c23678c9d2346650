/* SPDX-License-Identifier: MIT */
#ifndef MCA_CLOCK_H
#define MCA_CLOCK_H

#include <stdint.h>

/*
 * Time that only goes forward, from the start of the machine: for deadlines and durations, which
 * must not move when somebody sets the date. It stands still while the machine sleeps.
 */
#define MCA_MS_NS 1000000ull
#define MCA_S_NS 1000000000ull

/* Nanoseconds (CLOCK_MONOTONIC; no system call where the kernel has a vDSO). Thread: any. */
uint64_t mca_monotonic_ns(void);

/* The same in whole milliseconds. Thread: any. */
uint64_t mca_monotonic_ms(void);

#endif
