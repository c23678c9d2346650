/* SPDX-License-Identifier: MIT */
#ifndef MCA_SNAPSHOT_H
#define MCA_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Seqlock of atomic words: one writer publishes a value that any number of readers copy whole.
 * The writer never waits; a reader retries a bounded number of times. Every word is an atomic and
 * ordering comes from release stores and acquire loads, no fences, so ThreadSanitizer understands
 * it.
 */
#define MCA_SNAPSHOT_WORDS 64

struct mca_snapshot {
	_Atomic uint64_t sequence; /* even = stable, odd = being written */
	size_t words;
	_Atomic uint64_t word[MCA_SNAPSHOT_WORDS];
};

/* Prepare for values of `bytes` (a multiple of 8, at most 8 * MCA_SNAPSHOT_WORDS), all zero.
 * Thread: control, before sharing. */
void mca_snapshot_init(struct mca_snapshot *snapshot, size_t bytes);

/* Publish a copy of *value. Thread: the one writer (RT). Wait-free. */
void mca_snapshot_publish(struct mca_snapshot *snapshot, const void *value);

/* Copy the newest whole value out. Returns false, value untouched, if the writer kept overtaking
 * through every retry (keep the value you had). Thread: any. Lock-free, bounded. */
bool mca_snapshot_read(const struct mca_snapshot *snapshot, void *value);

#endif
