/* SPDX-License-Identifier: MIT */
/*
 * Choosing of what a device offers. Control thread. What costs most to miss is chosen first, since
 * some devices offer one thing only together with another.
 *
 * Lanes: as many as the engine has; else the fewest above, else the most below. Where lanes are
 * named, the fewest that have them.
 *
 * The rate: the engine's own. Else the lowest offered above it, which
 * keeps the whole band; else, where all are below, the highest. Only what the resampler carries
 * counts (8000 to 192000 Hz).
 *
 * The format: 16 bit as they are; else the narrowest that carries them.
 */
#include "choose.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define RATE_MIN_HZ 8000u
#define RATE_MAX_HZ 192000u

static const struct mca_pcm_format formats[] = {
	{ SND_PCM_FORMAT_S16_LE, 2, 16 },
	{ SND_PCM_FORMAT_S24_3LE, 3, 8 },
	{ SND_PCM_FORMAT_S24_LE, 4, 8 },
	{ SND_PCM_FORMAT_S32_LE, 4, 0 },
};

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

static unsigned highest(const struct mca_lane_pick *pick)
{
	return pick->count == 2 && pick->lane[1] > pick->lane[0] ? pick->lane[1] : pick->lane[0];
}

static int set_lanes_above(snd_pcm_t *handle, snd_pcm_hw_params_t *params, unsigned lanes)
{
	int err = snd_pcm_hw_params_set_channels_min(handle, params, &lanes);

	return err < 0 ? err : snd_pcm_hw_params_set_channels_first(handle, params, &lanes);
}

/* The first two lanes, or the one there is. */
static void pick_first(struct mca_lane_pick *pick, unsigned lanes)
{
	pick->count = lanes > 1 ? 2 : 1;
	pick->lane[0] = 1;
	pick->lane[1] = lanes > 1 ? 2 : 0;
}

static int choose_lanes(struct mca_pcm_choice *choice, snd_pcm_t *handle,
			snd_pcm_hw_params_t *params, const struct mca_pcm_shape *shape)
{
	unsigned most;
	int err;

	choice->pick = shape->pick;
	if (shape->pick.count) {
		err = set_lanes_above(handle, params, highest(&shape->pick));
	} else {
		err = snd_pcm_hw_params_set_channels(handle, params, shape->lanes);
		if (err < 0)
			err = set_lanes_above(handle, params, shape->lanes);
		if (err < 0)
			err = snd_pcm_hw_params_set_channels_last(handle, params, &most);
	}
	if (err == 0)
		err = snd_pcm_hw_params_get_channels(params, &choice->lanes);
	if (err == 0 && !shape->pick.count)
		pick_first(&choice->pick, choice->lanes);
	return err;
}

static int choose_format(struct mca_pcm_choice *choice, snd_pcm_t *handle,
			 snd_pcm_hw_params_t *params)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		choice->format = &formats[i];
		if (snd_pcm_hw_params_set_format(handle, params, formats[i].format) == 0)
			return 0;
	}
	return -EINVAL;
}

int mca_pcm_choose(struct mca_pcm_choice *choice, snd_pcm_t *handle, snd_pcm_hw_params_t *params,
		   const struct mca_pcm_shape *shape, const char **what)
{
	int err;

	*what = shape->pick.count ? "lanes of these numbers" : "any number of channels";
	err = choose_lanes(choice, handle, params, shape);
	if (err < 0)
		return err;
	*what = "any rate from 8000 to 192000 Hz";
	err = choose_rate(choice, handle, params, shape->rate_hz);
	if (err < 0)
		return err;
	*what = "S16_LE, S24_3LE, S24_LE and S32_LE";
	err = choose_format(choice, handle, params);
	if (err < 0)
		return err;
	*what = NULL;
	return 0;
}

bool mca_pcm_choice_reshapes(const struct mca_pcm_choice *choice, const struct mca_pcm_shape *shape)
{
	if (choice->format->format != SND_PCM_FORMAT_S16_LE || choice->lanes != shape->lanes)
		return true;
	return choice->pick.lane[0] != 1 || (choice->pick.count == 2 && choice->pick.lane[1] != 2);
}

static void __attribute__((format(printf, 3, 4)))
add(char *text, size_t size, const char *format, ...)
{
	size_t used = strlen(text);
	va_list args;

	if (used + 3 > size)
		return;
	if (used > 0) {
		strcpy(text + used, "; ");
		used += 2;
	}
	va_start(args, format);
	vsnprintf(text + used, size - used, format, args);
	va_end(args);
}

static void add_lanes(const struct mca_pcm_choice *choice, unsigned lanes,
		      enum mca_pcm_direction direction, char *text, size_t size)
{
	const struct mca_lane_pick *pick = &choice->pick;
	bool in = direction == MCA_CAPTURE;
	char names[48], of[24] = "";

	if (pick->count == 2)
		snprintf(names, sizeof(names), "lanes %u and %u", pick->lane[0], pick->lane[1]);
	else
		snprintf(names, sizeof(names), "lane %u", pick->lane[0]);
	if (choice->lanes > pick->count)
		snprintf(of, sizeof(of), " of %u", choice->lanes);
	if (pick->count == lanes)
		add(text, size, "%s%s", names, of);
	else if (lanes == 2)
		add(text, size, in ? "%s%s feeds both lanes" : "both lanes averaged to %s%s",
		    names, of);
	else
		add(text, size, in ? "%s%s averaged" : "one lane fed to %s%s", names, of);
}

void mca_pcm_choice_print(const struct mca_pcm_choice *choice, const struct mca_pcm_shape *shape,
			  enum mca_pcm_direction direction, char *text, size_t size)
{
	bool in = direction == MCA_CAPTURE;
	bool first_lanes = choice->pick.lane[0] == 1 && choice->pick.lane[1] != 1 &&
			   choice->pick.lane[1] <= 2;

	text[0] = '\0';
	if (choice->format->format != SND_PCM_FORMAT_S16_LE)
		add(text, size, in ? "%s rounded to 16 bit" : "16 bit widened to %s",
		    snd_pcm_format_name(choice->format->format));
	if (choice->lanes != shape->lanes || choice->pick.count != shape->lanes || !first_lanes)
		add_lanes(choice, shape->lanes, direction, text, size);
}
