/* SPDX-License-Identifier: MIT */
#ifndef MCA_SIMCARD_LAYOUT_H
#define MCA_SIMCARD_LAYOUT_H

#include <alsa/asoundlib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Where samples lie in alsa-lib's ring and what they look like there: any of the four formats that
 * a card can have, up to eight lanes, interleaved or each by itself.
 */
#define MCA_SIM_LANES 8

struct mca_simlayout {
	unsigned bytes;              /* of a sample */
	unsigned shift;              /* brings its highest bit to bit 31 */
	unsigned lanes;
	bool plain;                  /* int16, 1 or 2 lanes, interleaved: a ring of plain frames */
	unsigned char *at[MCA_SIM_LANES];     /* the ring's first sample of each; NULL: no ring */
	size_t step[MCA_SIM_LANES];           /* bytes to the next one */
};

/* The format of what was agreed. false: not one of ours. Thread: control. */
bool mca_simlayout_init(struct mca_simlayout *layout, snd_pcm_format_t format, unsigned lanes);

/* Find the ring, NULL = there is none (any more). Thread: RT. */
void mca_simlayout_find(struct mca_simlayout *layout, const snd_pcm_channel_area_t *areas);

/*
 * Put frames of 1 or 2 lanes into lanes `lane` (and the next one) of the ring, from frame `at` on.
 * Wider formats hear a little noise besides, less than half of a 16-bit step, and what S24_LE does
 * not use of its four bytes holds anything. `seed`: of the noise. Thread: RT.
 */
void mca_simlayout_scatter(const struct mca_simlayout *layout, uint64_t at, unsigned lane,
			   const int16_t *samples, unsigned frames, unsigned lanes, uint64_t seed);

/* All lanes of frames of the ring, left-justified in 32 bits. Thread: RT. */
void mca_simlayout_gather(const struct mca_simlayout *layout, uint64_t at, int32_t *words,
			  unsigned frames);

#endif
