/* SPDX-License-Identifier: MIT */
/*
 * Seqlock without fences. Why it holds:
 *  - A reader that saw any word of a newer value acquired that word's release store, and with it
 *    the odd sequence stored before it: its second look at the sequence cannot show the old number.
 *  - A reader that saw the even sequence acquired every word stored before it.
 * On x86-64 each of these is a plain move.
 */
#include "mca/snapshot.h"

#include <assert.h>
#include <stdatomic.h>
#include <string.h>

/* The writer is busy for some dozen stores once in a block; sixteen tries only fail if a reader is
 * interrupted in each of them. */
enum { READ_TRIES = 16 };

void mca_snapshot_init(struct mca_snapshot *snapshot, size_t bytes)
{
	assert(bytes >= 8 && bytes % 8 == 0 && bytes <= 8 * MCA_SNAPSHOT_WORDS);
	snapshot->words = bytes / 8;
	for (size_t i = 0; i < MCA_SNAPSHOT_WORDS; i++)
		atomic_init(&snapshot->word[i], 0);
	atomic_init(&snapshot->sequence, 0);
}

void mca_snapshot_publish(struct mca_snapshot *snapshot, const void *value)
{
	const unsigned char *bytes = value;
	uint64_t sequence = atomic_load_explicit(&snapshot->sequence, memory_order_relaxed);

	atomic_store_explicit(&snapshot->sequence, sequence + 1, memory_order_relaxed);
	for (size_t i = 0; i < snapshot->words; i++) {
		uint64_t word;

		memcpy(&word, bytes + 8 * i, 8);
		atomic_store_explicit(&snapshot->word[i], word, memory_order_release);
	}
	atomic_store_explicit(&snapshot->sequence, sequence + 2, memory_order_release);
}

static bool read_once(const struct mca_snapshot *snapshot, uint64_t *copy)
{
	uint64_t before = atomic_load_explicit(&snapshot->sequence, memory_order_acquire);

	if (before & 1)
		return false;
	for (size_t i = 0; i < snapshot->words; i++)
		copy[i] = atomic_load_explicit(&snapshot->word[i], memory_order_acquire);
	return atomic_load_explicit(&snapshot->sequence, memory_order_relaxed) == before;
}

bool mca_snapshot_read(const struct mca_snapshot *snapshot, void *value)
{
	uint64_t copy[MCA_SNAPSHOT_WORDS];

	for (int i = 0; i < READ_TRIES; i++) {
		if (!read_once(snapshot, copy))
			continue;
		memcpy(value, copy, 8 * snapshot->words);
		return true;
	}
	return false;
}
