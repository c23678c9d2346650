/* SPDX-License-Identifier: MIT */
#ifndef MCA_SIMCARD_PLUG_H
#define MCA_SIMCARD_PLUG_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * Whether a card is plugged in, and since when: one atomic word holds a generation (odd = away)
 * and, while away, the wall time in ms at which the card comes back by itself (0 = it does not).
 * Nobody waits for that moment: whoever looks after it has passed turns the generation on. A stream
 * remembers the generation it was opened in; any other one means that its card is gone for good,
 * even if a card is there again. Thread: any; lock-free.
 */
struct mca_simplug {
	_Atomic uint64_t word;
};

void mca_simplug_init(struct mca_simplug *plug, bool present);

/* The generation now; even = present. */
uint32_t mca_simplug_generation(struct mca_simplug *plug);

/* Take the card away; back after away_ns of wall time, 0 = stays away. A card that is away already
 * takes over the new time. */
void mca_simplug_pull(struct mca_simplug *plug, uint64_t away_ns);

/* Put it back; nothing happens if it is there. */
void mca_simplug_push(struct mca_simplug *plug);

#endif
