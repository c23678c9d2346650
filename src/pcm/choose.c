/* SPDX-License-Identifier: MIT */
/*
 * Choosing of what a device offers. Control thread.
 *
 * The rate: the engine's own, which needs no resampler. Else the lowest offered above it, which
 * keeps the whole band; else, where all are below, the highest. Only what the resampler carries
 * counts (8000 to 192000 Hz).
 */
#include "choose.h"

#include <errno.h>

#define RATE_MIN_HZ 8000u
#define RATE_MAX_HZ 192000u

/* At or above the wanted rate, the lowest. */
static int set_rate_above(snd_pcm_t *handle, snd_pcm_hw_params_t *params, unsigned wanted_hz)
{
	unsigned rate_hz = wanted_hz;
	int side = 0, err = snd_pcm_hw_params_set_rate_min(handle, params, &rate_hz, &side);

	return err < 0 ? err : snd_pcm_hw_params_set_rate_first(handle, params, &rate_hz, &side);
}

/* The highest there is. */
static int set_rate_below(snd_pcm_t *handle, snd_pcm_hw_params_t *params)
{
	unsigned rate_hz;
	int side = 0;

	return snd_pcm_hw_params_set_rate_last(handle, params, &rate_hz, &side);
}

static int choose_rate(struct mca_pcm_choice *choice, snd_pcm_t *handle,
		       snd_pcm_hw_params_t *params, unsigned wanted_hz)
{
	unsigned low_hz = RATE_MIN_HZ, high_hz = RATE_MAX_HZ;
	int low_side = 0, high_side = 0, err;

	err = snd_pcm_hw_params_set_rate_minmax(handle, params, &low_hz, &low_side, &high_hz,
						&high_side);
	if (err < 0)
		return err;
	err = snd_pcm_hw_params_set_rate(handle, params, wanted_hz, 0);
	if (err < 0)
		err = set_rate_above(handle, params, wanted_hz);
	if (err < 0)
		err = set_rate_below(handle, params);
	if (err < 0)
		return err;
	return snd_pcm_hw_params_get_rate(params, &choice->rate_hz, &low_side);
}

int mca_pcm_choose(struct mca_pcm_choice *choice, snd_pcm_t *handle, snd_pcm_hw_params_t *params,
		   const struct mca_pcm_shape *shape, const char **what)
{
	int err;

	*what = "sample_format int16 (S16_LE)";
	err = snd_pcm_hw_params_set_format(handle, params, SND_PCM_FORMAT_S16_LE);
	if (err < 0)
		return err;
	*what = "that number of channels";
	err = snd_pcm_hw_params_set_channels(handle, params, shape->lanes);
	if (err < 0)
		return err;
	*what = "any rate from 8000 to 192000 Hz";
	err = choose_rate(choice, handle, params, shape->rate_hz);
	if (err < 0)
		return err;
	*what = NULL;
	return 0;
}
