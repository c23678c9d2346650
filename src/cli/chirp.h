/* SPDX-License-Identifier: MIT */
#ifndef MCA_CLI_CHIRP_H
#define MCA_CLI_CHIRP_H

#include <stddef.h>
#include <stdint.h>

/*
 * A short sweep that is found again to a fraction of a frame, whatever became of its level: 50 ms
 * from 300 Hz up, softly begun and ended. Thread: control.
 */
struct mca_chirp {
	unsigned rate_hz;
	unsigned frames;
	float *wave;        /* owned; peak 1 */
	double energy;
};

/* 0 or -ENOMEM. Free with mca_chirp_done(); {0} is fine there. */
int mca_chirp_init(struct mca_chirp *chirp, unsigned rate_hz);
void mca_chirp_done(struct mca_chirp *chirp);

/* Write it over interleaved frames, on every lane; peak_dbfs below 0. */
void mca_chirp_put(const struct mca_chirp *chirp, double peak_dbfs, int16_t *frames,
		   unsigned lanes);

/* Where in `count` samples it is: *at, a fraction of a sample included, of its first frame. Returns
 * the likeness of what stands there, 0..1; whoever wants to say "heard" asks for
 * MCA_CHIRP_HEARD. 0 when there are fewer samples than the chirp has. */
#define MCA_CHIRP_HEARD 0.5
double mca_chirp_find(const struct mca_chirp *chirp, const float *samples, size_t count,
		      double *at);

#endif
