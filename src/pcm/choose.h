/* SPDX-License-Identifier: MIT */
#ifndef MCA_PCM_CHOOSE_H
#define MCA_PCM_CHOOSE_H

#include <alsa/asoundlib.h>

#include "mca/pcm.h"

/*
 * What to take of what a device offers, for an engine of a given shape. Thread: control.
 */
struct mca_pcm_choice {
	unsigned rate_hz;
};

/* Choose, and narrow `params` to it. 0, or negative errno and *what words what cannot be had;
 * *what NULL where no single thing is to blame. */
int mca_pcm_choose(struct mca_pcm_choice *choice, snd_pcm_t *handle, snd_pcm_hw_params_t *params,
		   const struct mca_pcm_shape *shape, const char **what);

/* The engine's block at a device's rate, rounded up. */
static inline unsigned mca_pcm_block_frames(const struct mca_pcm_shape *shape, unsigned rate_hz)
{
	uint64_t frames = (uint64_t)shape->block_frames * rate_hz;

	return (unsigned)((frames + shape->rate_hz - 1) / shape->rate_hz);
}

#endif
