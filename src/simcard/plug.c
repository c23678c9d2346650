/* SPDX-License-Identifier: MIT */
/*
 * Layout of the word: generation in the low 24 bits (16 million replugs), time of return in the
 * upper 40 (ms, 34 years). Both in one word, so that no reader can pair one unplug with the return
 * of another.
 */
#include "plug.h"

#include "crystal.h"

#define GENERATION_BITS 24
#define GENERATION_MASK ((1u << GENERATION_BITS) - 1)
#define NS_A_MS 1000000u

static uint32_t generation_of(uint64_t word)
{
	return (uint32_t)word & GENERATION_MASK;
}

static uint32_t generation_after(uint64_t word)
{
	return (generation_of(word) + 1) & GENERATION_MASK;
}

void mca_simplug_init(struct mca_simplug *plug, bool present)
{
	atomic_init(&plug->word, present ? 0 : 1);
}

uint32_t mca_simplug_generation(struct mca_simplug *plug)
{
	uint64_t word = atomic_load(&plug->word);
	uint64_t back_ms = word >> GENERATION_BITS;

	if (back_ms && mca_simclock_wall() / NS_A_MS >= back_ms) {
		/* A failed exchange means that somebody else moved on: looking once more is enough.
		 */
		atomic_compare_exchange_strong(&plug->word, &word, generation_after(word));
		word = atomic_load(&plug->word);
	}
	return generation_of(word);
}

void mca_simplug_pull(struct mca_simplug *plug, uint64_t away_ns)
{
	uint64_t back_ms = away_ns ? (mca_simclock_wall() + away_ns) / NS_A_MS + 1 : 0;
	uint64_t word = atomic_load(&plug->word);
	uint64_t wanted;

	do {
		uint32_t away = word & 1 ? generation_of(word) : generation_after(word);

		wanted = back_ms << GENERATION_BITS | away;
	} while (!atomic_compare_exchange_weak(&plug->word, &word, wanted));
}

void mca_simplug_push(struct mca_simplug *plug)
{
	uint64_t word = atomic_load(&plug->word);

	while (word & 1) {
		if (atomic_compare_exchange_weak(&plug->word, &word, generation_after(word)))
			return;
	}
}
