/* SPDX-License-Identifier: MIT */
#ifndef MCA_SIMCARD_WAKE_H
#define MCA_SIMCARD_WAKE_H

#include <stdbool.h>

struct mca_simstream;

/*
 * Waking who polls. The port's timer is armed for the moment at which avail reaches avail_min, or
 * expires at once when there is something to tell now. With a free-running clock time jumps there
 * instead. Thread: RT.
 */

/* Arm the timer (jump the clock). Called before every poll. */
void mca_simwake_arm(struct mca_simstream *stream);

/* Is there data (room) enough, and no late wake-up pending? */
bool mca_simwake_ready(struct mca_simstream *stream);

#endif
