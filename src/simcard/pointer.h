/* SPDX-License-Identifier: MIT */
#ifndef MCA_SIMCARD_POINTER_H
#define MCA_SIMCARD_POINTER_H

#include <stdint.h>

struct mca_simstream;

/*
 * What a card tells of the position that its engine has reached. A good card tells it as it is. A
 * batch card tells whole periods, each when its end has passed; a jittery one tells a position late
 * by a random time below its jitter. What is told never goes back and never runs ahead. The random
 * numbers are made from the card, the direction and a count, so that every run has the same.
 * Thread: RT.
 */

/* Set stream->told, and with it the time stamp in the stream's clock. After every move. */
void mca_simpointer_look(struct mca_simstream *stream);

/* The moment from which on `position` or more is told. */
uint64_t mca_simpointer_due(const struct mca_simstream *stream, uint64_t position);

#endif
