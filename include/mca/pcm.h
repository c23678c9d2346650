/* SPDX-License-Identifier: MIT */
#ifndef MCA_PCM_H
#define MCA_PCM_H

#include <stdbool.h>
#include <stdint.h>

#include "mca/device_name.h"
#include "mca/lane_pick.h"

struct mca_diag;
struct mca_simrack;

/*
 * One PCM direction: opened by name, configured to the engine's shape, then read or written in
 * windows. ALSA handles and areas never leave this room; others see interleaved int16 frames of the
 * engine's lanes, whatever format and lanes the device has, mmap'ed or served by read/write.
 *
 * Life: open -> configure -> [duplex: start ... stop] -> configure again, or close.
 * Opening, configuring and closing happen on the control thread, everything that moves audio
 * happens in struct mca_duplex (mca/duplex.h) on one real-time thread; the two never overlap.
 */
enum mca_pcm_direction { MCA_CAPTURE = 0, MCA_PLAYBACK = 1 };

/* How frames get in and out. */
enum mca_pcm_access { MCA_ACCESS_MMAP, MCA_ACCESS_RW };

#define MCA_PCM_NAME MCA_DEVICE_TEXT

/* What the engine wants. A device that does not offer it is agreed with on something else (see
 * src/pcm/choose.c): formats and lanes are converted to the engine's in each window. Rates stay the
 * devices' own: a channel runs at its output's rate, behind a resampler if the input's differs. */
struct mca_pcm_shape {
	unsigned rate_hz;
	unsigned lanes;
	unsigned block_frames;    /* the engine's block: wake-up granularity that is asked for */
	struct mca_lane_pick pick;       /* of the device's lanes */
};

/* What a device is and what was agreed with it; plain data. */
struct mca_pcm_info {
	char name[MCA_PCM_NAME];         /* what it was opened by, in canonical form */
	char card_name[MCA_PCM_NAME];    /* for people */
	int card;                        /* ALSA index, -1 unknown; simulated: 1000 + number */
	unsigned rate_hz;                /* its own, as all that follows; 0 = not configured */
	unsigned lanes;
	char format[16];                 /* "S16_LE" */
	struct mca_lane_pick pick;       /* which of the lanes are used */
	char adapted[160];               /* to the engine, for people; "" = nothing. Of a rate: by
					  * mca_pcm_note_rates() */
	unsigned block_frames;           /* the engine's block, rounded up */
	unsigned period_frames;
	unsigned buffer_frames;
	enum mca_pcm_access access;
};

struct mca_pcm;

/*
 * Open the device that `text` names (hw: or sim:, see mca/device_name.h), non-blocking and
 * exclusive. alsa-lib gets the canonical form, never the text. `rack` serves sim: names and may be
 * NULL.
 * Returns 0, -EINVAL (no such name), -ENODEV / -ENOENT (not there), -EBUSY (diag names the holder
 * where it can be known), or another negative errno, always with diag. Thread: control.
 */
int mca_pcm_open(struct mca_pcm **pcm, const char *text, enum mca_pcm_direction direction,
		 struct mca_simrack *rack, struct mca_diag *diag);

/* Agree on hardware and software parameters, reading back what was got. May be called again while
 * stopped. -EINVAL with diag listing what the device offers when it cannot be had; the previous
 * configuration is lost then. Thread: control. */
int mca_pcm_configure(struct mca_pcm *pcm, const struct mca_pcm_shape *shape,
		      struct mca_diag *diag);

/* Forget what was agreed: a card that has one rate for both directions is bound by it as long as
 * either of them holds to it. Thread: control, while stopped. */
void mca_pcm_release(struct mca_pcm *pcm);

void mca_pcm_close(struct mca_pcm *pcm); /* NULL is fine. Thread: control. */

/* Add to the `adapted` of both directions of a channel, by enum mca_pcm_direction, what becomes of
 * rates that are not wanted_hz: "44100 Hz resampled to 48000", "the channel runs at 48000 Hz".
 * Thread: control. */
void mca_pcm_note_rates(struct mca_pcm_info info[2], unsigned wanted_hz);

const struct mca_pcm_info *mca_pcm_info(const struct mca_pcm *pcm);

#endif
