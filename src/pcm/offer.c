/* SPDX-License-Identifier: MIT */
/*
 * A device's hardware parameter space, projected onto the few axes that matter to people. The axes
 * depend on each other (a card may offer 192 kHz in stereo only); each range here is the widest.
 */
#include "offer.h"

#include <stdio.h>
#include <string.h>

static const snd_pcm_format_t usual_formats[] = {
	SND_PCM_FORMAT_S16_LE, SND_PCM_FORMAT_S24_LE, SND_PCM_FORMAT_S24_3LE, SND_PCM_FORMAT_S32_LE,
	SND_PCM_FORMAT_FLOAT_LE, SND_PCM_FORMAT_U8, SND_PCM_FORMAT_S16_BE, SND_PCM_FORMAT_S32_BE,
};

static void list_formats(struct mca_pcm_offer *offer, snd_pcm_t *handle,
			 snd_pcm_hw_params_t *params)
{
	size_t used = 0;

	offer->formats[0] = '\0';
	for (size_t i = 0; i < sizeof(usual_formats) / sizeof(usual_formats[0]); i++) {
		const char *name = snd_pcm_format_name(usual_formats[i]);

		if (snd_pcm_hw_params_test_format(handle, params, usual_formats[i]) < 0)
			continue;
		if (used + strlen(name) + 2 > sizeof(offer->formats))
			return;
		used += (size_t)snprintf(offer->formats + used, sizeof(offer->formats) - used,
					 "%s%s", used ? " " : "", name);
	}
}

/* Periods are reported for 48 or 44.1 kHz where the card can, since they may be given in time. */
static void read_periods(struct mca_pcm_offer *offer, snd_pcm_t *handle,
			 snd_pcm_hw_params_t *params)
{
	snd_pcm_uframes_t low = 0, high = 0;
	int direction = 0;

	if (snd_pcm_hw_params_test_rate(handle, params, 44100, 0) == 0)
		snd_pcm_hw_params_set_rate(handle, params, 44100, 0);
	else if (snd_pcm_hw_params_test_rate(handle, params, 48000, 0) == 0)
		snd_pcm_hw_params_set_rate(handle, params, 48000, 0);
	snd_pcm_hw_params_get_period_size_min(params, &low, &direction);
	snd_pcm_hw_params_get_period_size_max(params, &high, &direction);
	offer->period_min = (unsigned)low;
	offer->period_max = (unsigned)high;
}

int mca_pcm_offer_read(struct mca_pcm_offer *offer, snd_pcm_t *handle)
{
	snd_pcm_hw_params_t *params;
	int direction = 0, err;

	memset(offer, 0, sizeof(*offer));
	snd_pcm_hw_params_alloca(&params);
	err = snd_pcm_hw_params_any(handle, params);
	if (err < 0)
		return err;
	snd_pcm_hw_params_set_rate_resample(handle, params, 0);
	snd_pcm_hw_params_get_rate_min(params, &offer->rate_min, &direction);
	snd_pcm_hw_params_get_rate_max(params, &offer->rate_max, &direction);
	snd_pcm_hw_params_get_channels_min(params, &offer->lanes_min);
	snd_pcm_hw_params_get_channels_max(params, &offer->lanes_max);
	list_formats(offer, handle, params);
	read_periods(offer, handle, params);
	return 0;
}

static void print_range(char *text, size_t size, unsigned low, unsigned high)
{
	if (low == high)
		snprintf(text, size, "%u", low);
	else
		snprintf(text, size, "%u to %u", low, high);
}

void mca_pcm_offer_print(const struct mca_pcm_offer *offer, char *text, size_t size)
{
	char rates[32], lanes[32], periods[32];

	print_range(rates, sizeof(rates), offer->rate_min, offer->rate_max);
	print_range(lanes, sizeof(lanes), offer->lanes_min, offer->lanes_max);
	print_range(periods, sizeof(periods), offer->period_min, offer->period_max);
	snprintf(text, size, "%s Hz, %s, %s channel%s, periods of %s frames", rates,
		 offer->formats[0] ? offer->formats : "no usual format", lanes,
		 offer->lanes_max == 1 ? "" : "s", periods);
}
