/* SPDX-License-Identifier: MIT */
#ifndef MCA_TEST_SIMCARD_PAIR_H
#define MCA_TEST_SIMCARD_PAIR_H

#include <stdbool.h>
#include <stdint.h>

#include "mca/simcard.h"

/*
 * A duplex pair served by plain alsa-lib calls, the way any mmap application would: playback two
 * blocks ahead, capture clocks the loop, whatever is captured is handed to a callback that also
 * says what to play.
 */
struct pair {
	snd_pcm_t *pcm[2];
	struct mca_simclock clock;
	unsigned block, lanes, rate;
	snd_pcm_uframes_t buffer[2];
	uint64_t captured, played;      /* frames since start */
	uint64_t windows, shortest;     /* capture windows granted; the shortest one */
	/* frames from capture (`in`) to playback (`out`); default: copy */
	void (*process)(struct pair *pair, const int16_t *in, int16_t *out, unsigned frames);
	void *context;
};

/* Open cards `in` and `out`, configure, share one clock. 0 or negative errno. */
int pair_open(struct pair *pair, struct mca_simrack *rack, unsigned in, unsigned out, unsigned rate,
	      unsigned block);
void pair_close(struct pair *pair);

/* Prepare, fill two blocks of silence, start playback then capture. */
int pair_start(struct pair *pair);

/* Wait until a block can be captured and handle it. 0 or the negative errno that any call answered;
 * a bad state counts as its errno. -ETIMEDOUT after timeout_ms. */
int pair_cycle(struct pair *pair, int timeout_ms);

/* Cycles until `frames` more frames were captured. */
int pair_run(struct pair *pair, uint64_t frames);

/* One direction only. */
int open_one(snd_pcm_t **pcm, struct mca_simrack *rack, unsigned card, snd_pcm_stream_t stream,
	     unsigned rate, unsigned lanes, unsigned block, struct mca_simclock *clock);

/* Poll once, with descriptors fetched freshly; the demangled events, 0 = time-out. */
unsigned poll_once(snd_pcm_t *pcm, int timeout_ms);

/* A fresh folder, and a path in it (static memory, one at a time). */
const char *scratch(const char *name);
void scratch_done(void);

#endif
