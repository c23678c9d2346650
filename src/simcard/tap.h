/* SPDX-License-Identifier: MIT */
#ifndef MCA_SIMCARD_TAP_H
#define MCA_SIMCARD_TAP_H

#include <stdint.h>

struct mca_simstream;

/*
 * A capture stream whose source is another card's playback.
 *
 * Both in one pair (one clock, one thread): exact. A frame is captured at the moment at which it is
 * played; when the two start together, captured frame i is played frame i. Cards of different
 * frequency slip a frame now and then, as a converter without a resampler would.
 *
 * In different pairs: as good as can be. The offset is fixed when the tap first finds sound, a
 * little behind what has been played, and taken anew when it runs out of the wire's last second.
 */

/* Before capture moves: bring the playback of the same pair up to now. Thread: RT. */
void mca_simtap_follow(struct mca_simstream *capture);

/* Frames [first, first + frames) counted from the capture stream's start. Thread: RT. */
void mca_simtap_render(struct mca_simstream *capture, uint64_t first, int16_t *samples,
		       unsigned frames);

#endif
