/* SPDX-License-Identifier: MIT */
#ifndef MCA_PCM_CHOOSE_H
#define MCA_PCM_CHOOSE_H

#include <alsa/asoundlib.h>
#include <stdbool.h>

#include "mca/pcm.h"

/*
 * What to take of what a device offers, for an engine of a given shape. Thread: control.
 */
struct mca_pcm_format {
	snd_pcm_format_t format;
	unsigned bytes, shift;           /* see edge.h */
};

struct mca_pcm_choice {
	unsigned rate_hz;
	unsigned lanes;
	const struct mca_pcm_format *format;
	struct mca_lane_pick pick;       /* count is set */
};

/* Choose, and narrow `params` to it. 0, or negative errno and *what words what cannot be had;
 * *what NULL where no single thing is to blame. */
int mca_pcm_choose(struct mca_pcm_choice *choice, snd_pcm_t *handle, snd_pcm_hw_params_t *params,
		   const struct mca_pcm_shape *shape, const char **what);

/* Do frames differ from the engine's in format or lanes? (Rates are the bridge's.) */
bool mca_pcm_choice_reshapes(const struct mca_pcm_choice *choice,
			     const struct mca_pcm_shape *shape);

/* How format and lanes are adapted, for people: "S24_3LE rounded to 16 bit; lane 7 feeds both
 * lanes"; "" = not at all. */
void mca_pcm_choice_print(const struct mca_pcm_choice *choice, const struct mca_pcm_shape *shape,
			  enum mca_pcm_direction direction, char *text, size_t size);

/* Add to it what a device alone can tell of its rate: "runs at 48000 Hz" (rate_note.c). */
void mca_pcm_choice_note_rate(const struct mca_pcm_choice *choice, unsigned wanted_hz, char *text,
			      size_t size);

/* The engine's block at a device's rate, rounded up. */
static inline unsigned mca_pcm_block_frames(const struct mca_pcm_shape *shape, unsigned rate_hz)
{
	uint64_t frames = (uint64_t)shape->block_frames * rate_hz;

	return (unsigned)((frames + shape->rate_hz - 1) / shape->rate_hz);
}

#endif
