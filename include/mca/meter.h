/* SPDX-License-Identifier: MIT */
#ifndef MCA_METER_H
#define MCA_METER_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Level meters in contiguous windows of rate/10 frames, counted on the stream itself: exactly 10
 * Hz whatever the block size (at a rate such as 11025 Hz windows of 1102 and 1103 frames take
 * turns). Plain RMS and sample peak (IEC 60268-18 for the notion of peak); a full-scale square
 * wave is 0 dBFS (dBov, ITU-T G.100.1). The real-time side keeps integer sums only; whoever reads
 * turns them into dB with the functions below.
 */
#define MCA_LANES_MAX 2
#define MCA_METER_CLIP_RUN 3     /* samples at full scale, one after another, that are clipping */
#define MCA_METER_TAIL_FRAMES 11 /* what the true peak of a frame needs of those before it */

/* One finished window, integers only, a multiple of 8 bytes: fit for a snapshot. */
struct mca_meter_reading {
	uint64_t window;                     /* 1 = first finished window, 0 = none yet */
	uint64_t in_square[MCA_LANES_MAX];   /* sum of x^2 of the input, before every stage */
	uint64_t out_square[MCA_LANES_MAX];  /* sum of x^2 after the chain */
	uint32_t out_peak[MCA_LANES_MAX];    /* max |x|, 0..32768 */
	uint32_t clipped;                    /* output samples that the clamp brought to +-C */
	int32_t gr_max_q26;                  /* largest GRc + GRl in the window, octaves */
	uint32_t frames;                     /* frames in the window */
	uint32_t lanes;
	/* Largest magnitude of the sound at four times its rate (ITU-R BS.1770-4, Annex 2), in
	 * units of 2^-13 samples: full scale is 2^28, and it can lie above. */
	uint32_t true_peak_q13[MCA_LANES_MAX];
	uint32_t true_peak_known;            /* 1 = measured, in all or a part of the window */
	uint32_t in_peak[MCA_LANES_MAX];     /* max |x| of the input, 0..32768 */
	uint32_t in_clipped;                 /* runs of MCA_METER_CLIP_RUN input samples or more
					      * at full scale, that reached that length */
};

struct mca_meter {
	struct mca_meter_reading sum;        /* the window being filled */
	struct mca_meter_reading last;       /* the last finished one */
	uint32_t left;                       /* frames until the window is full, >= 1 */
	uint32_t remainder;                  /* tenths of a frame carried into the next window */
	uint32_t rate_hz;
	uint32_t card_heard;                 /* 1 = mca_meter_hear_card counts the clipping */
	uint32_t in_run[MCA_LANES_MAX];      /* input samples at full scale just before */
	/* The last frames that left, zero while the true peak is not measured. */
	int16_t tail[(MCA_METER_TAIL_FRAMES + 1) * MCA_LANES_MAX];
};

/* The last finished window in user units. */
struct mca_levels {
	uint64_t window;
	double rms_dbfs[MCA_LANES_MAX];
	double peak_dbfs[MCA_LANES_MAX];
	double input_rms_dbfs[MCA_LANES_MAX];
	double input_peak_dbfs[MCA_LANES_MAX];
	double true_peak_dbtp[MCA_LANES_MAX]; /* -60 or more, also above 0; >= peak_dbfs */
	bool true_peak_known;
	double vu_dbfs;                      /* RMS of what leaves, all lanes together */
	double gain_reduction_db;            /* >= 0 */
	uint32_t clipped;                    /* output samples that the clamp reduced */
	uint32_t input_clipped;              /* runs of input samples at full scale */
	unsigned lanes;
};

/*
 * The captured frames of a stream that is resampled in front of the chain, before the resampler:
 * the peak and the clipping of what the card delivers. The chain then measures only the RMS of its
 * input. Call before the frames go to the chain. Thread: RT.
 */
void mca_meter_hear_card(struct mca_meter *meter, const int16_t *frames, unsigned count);

/* Convert a reading; every level is clamped to [-60, 0] dBFS and silence reads -60. The true peak
 * has no upper end: between samples sound can rise above full scale.
 * Thread: control (uses libm). */
void mca_levels_from_reading(struct mca_levels *levels, const struct mca_meter_reading *reading);

#endif
