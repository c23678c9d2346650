/* SPDX-License-Identifier: MIT */
#ifndef MCA_SIMCARD_WIRE_H
#define MCA_SIMCARD_WIRE_H

#include <stdatomic.h>
#include <stdint.h>

/*
 * The line output of a card: the last second of what it played, for cards that are wired to it. One
 * writer (whoever moves the playback stream), any readers. Frames are stereo words that are atomics
 * one by one, so reading while the writer overtakes gives old or new frames, never torn ones.
 */
#define MCA_SIMWIRE_FRAMES (1u << 18) /* 1.37 s at 192 kHz */

struct mca_simwire {
	_Atomic uint64_t written;             /* frames ever played */
	_Atomic uint32_t frame[MCA_SIMWIRE_FRAMES];
};

/* An empty wire with its memory touched; NULL without memory. free() it. Thread: control. */
struct mca_simwire *mca_simwire_new(void);

/* Append frames of 1 or 2 lanes (one lane feeds both). Thread: the one writer. */
void mca_simwire_put(struct mca_simwire *wire, const int16_t *samples, unsigned frames,
		     unsigned lanes);

/* Read frames [from, from + frames) of all ever played; what is not there (any more, or yet) reads
 * as silence. Thread: any. */
void mca_simwire_read(struct mca_simwire *wire, int64_t from, int16_t *samples, unsigned frames,
		      unsigned lanes);

#endif
