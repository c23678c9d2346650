/* SPDX-License-Identifier: MIT */
#ifndef MCA_SIMCARD_SOURCE_H
#define MCA_SIMCARD_SOURCE_H

#include <stddef.h>
#include <stdint.h>

#include "mca/simcard.h"
#include "mca/wav.h"

struct mca_diag;

/*
 * What a card hears, as a function of the position on its tape: the count of frames it has captured
 * since the rack was built. Everything is computed before the stream runs; rendering only copies or
 * looks up. A wired source is not made here (see tap.h).
 */
#define MCA_SIMSOURCE_SINE 1024 /* table entries a turn */

struct mca_simsource {
	const struct mca_sim_source *spec;  /* borrowed */
	unsigned card;
	unsigned rate_hz;                   /* what the tables were made for, 0 = not yet */
	int16_t *programme;                 /* speech: one loop */
	size_t programme_frames;
	struct mca_wav wav;
	uint32_t tone_step_q32;
	int32_t sine_q16[MCA_SIMSOURCE_SINE + 1];
	int64_t noise_peak;                 /* may exceed full scale: clamped, the RMS still fits */
};

/* Prove that the source can be had (the file is there, 16-bit, short enough). 0 or negative errno
 * with diag. Thread: control. */
int mca_simsource_init(struct mca_simsource *source, const struct mca_sim_source *spec,
		       unsigned card, struct mca_diag *diag);
void mca_simsource_done(struct mca_simsource *source);

/* Read the file, when the capture direction is opened. Thread: control. */
int mca_simsource_open(struct mca_simsource *source, struct mca_diag *diag);
void mca_simsource_close(struct mca_simsource *source);

/* The rate that the source dictates, 0 = any. Thread: control. */
unsigned mca_simsource_rate(const struct mca_simsource *source);

/* Make the tables for a rate. 0, -EINVAL (a file of another rate) or -ENOMEM. Thread: control. */
int mca_simsource_agree(struct mca_simsource *source, unsigned rate_hz);

/* Frames [at, at + frames) of the tape. Thread: RT. */
void mca_simsource_render(const struct mca_simsource *source, uint64_t at, int16_t *samples,
			  unsigned frames, unsigned lanes);

#endif
