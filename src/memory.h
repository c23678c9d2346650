/* SPDX-License-Identifier: MIT */
#ifndef MCA_MEMORY_H
#define MCA_MEMORY_H

struct mca_engine_options;

/*
 * Make sure that no real-time thread ever waits for a page: what was touched stays in memory, and
 * the program itself has been touched. Says in options whether that could be had, and if not, why.
 * Thread: main, before any other exists.
 */
void mca_memory_lock(struct mca_engine_options *options);

#endif
