/* SPDX-License-Identifier: MIT */
#ifndef MCA_PCM_OFFER_H
#define MCA_PCM_OFFER_H

#include <alsa/asoundlib.h>
#include <stddef.h>

/*
 * What a device offers before anything was agreed: the ranges that `devices` prints and that a
 * refusal lists. Thread: control.
 */
struct mca_pcm_offer {
	unsigned rate_min, rate_max;       /* Hz */
	unsigned lanes_min, lanes_max;
	unsigned period_min, period_max;   /* frames */
	char formats[96];                  /* "S16_LE S24_3LE", "" = none of the usual ones */
};

/* Read the ranges of an open PCM that is not running. 0 or negative errno. */
int mca_pcm_offer_read(struct mca_pcm_offer *offer, snd_pcm_t *handle);

/* As text: "8000 to 192000 Hz, S16_LE S32_LE, 1 to 2 channels, periods of 16 to 8192 frames". */
void mca_pcm_offer_print(const struct mca_pcm_offer *offer, char *text, size_t size);

#endif
