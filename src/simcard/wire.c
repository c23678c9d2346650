/* SPDX-License-Identifier: MIT */
/*
 * The ring is published by its write position alone: frames are stored relaxed, the position with
 * release. A reader that starts a whole ring behind could see frames of two rounds; the slack keeps
 * it a quarter of a ring away from the writer instead of checking twice.
 */
#include "wire.h"

#include <stdlib.h>
#include <string.h>

#define MASK (MCA_SIMWIRE_FRAMES - 1)
#define SLACK (MCA_SIMWIRE_FRAMES / 4)

struct mca_simwire *mca_simwire_new(void)
{
	struct mca_simwire *wire = malloc(sizeof(*wire));

	if (!wire)
		return NULL;
	atomic_init(&wire->written, 0);
	for (uint32_t i = 0; i < MCA_SIMWIRE_FRAMES; i++)
		atomic_init(&wire->frame[i], 0);
	return wire;
}

void mca_simwire_put(struct mca_simwire *wire, const int16_t *samples, unsigned frames,
		     unsigned lanes)
{
	uint64_t at = atomic_load_explicit(&wire->written, memory_order_relaxed);

	for (unsigned i = 0; i < frames; i++, samples += lanes) {
		uint32_t word = (uint16_t)samples[0] | (uint32_t)(uint16_t)samples[lanes - 1] << 16;

		atomic_store_explicit(&wire->frame[(at + i) & MASK], word, memory_order_relaxed);
	}
	atomic_store_explicit(&wire->written, at + frames, memory_order_release);
}

void mca_simwire_read(struct mca_simwire *wire, int64_t from, int16_t *samples, unsigned frames,
		      unsigned lanes)
{
	int64_t written = (int64_t)atomic_load_explicit(&wire->written, memory_order_acquire);
	int64_t oldest = written - (int64_t)(MCA_SIMWIRE_FRAMES - SLACK);

	for (unsigned i = 0; i < frames; i++, samples += lanes) {
		int64_t at = from + i;
		uint32_t word = 0;

		if (at >= 0 && at >= oldest && at < written)
			word = atomic_load_explicit(&wire->frame[at & MASK], memory_order_relaxed);
		samples[0] = (int16_t)(uint16_t)word;
		if (lanes > 1)
			samples[1] = (int16_t)(uint16_t)(word >> 16);
	}
}
