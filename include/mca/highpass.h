/* SPDX-License-Identifier: MIT */
#ifndef MCA_HIGHPASS_H
#define MCA_HIGHPASS_H

#include <stdint.h>

#include "mca/meter.h"

/*
 * The high-pass: a stage of the chain (mca/chain.h). Second order, Butterworth, by the bilinear
 * transform: -3 dB at highpass_hz, 12 dB an octave below. Its samples have MCA_WIDE_BITS bits below
 * those of int16 and are rounded once, at the end of the chain. Range and default:
 * mca/chain_rows.h.
 */
#define MCA_WIDE_BITS 12

/* y = b0 d + 2 y1 - y2 - k (y1 - y2) - q y1, with d = x - 2 x1 + x2. */
struct mca_highpass_cooked {
	int64_t b0_q32;           /* 0 = the high-pass is off */
	int64_t k_q32;            /* 1 - a2 */
	int64_t q;                /* 1 + a1 + a2, times 2^(32 + q_shift), below 2^31 */
	uint32_t q_shift;
	uint32_t settle_frames;   /* without a change of its input it is silent after so many */
	uint32_t fade_step_q31;   /* of the phase of a cross-fade */
	uint32_t reserved;        /* 0 */
};

struct mca_highpass_filter {
	struct mca_highpass_cooked cooked;
	int32_t x1[MCA_LANES_MAX], x2[MCA_LANES_MAX];   /* input, whole samples */
	int32_t y1[MCA_LANES_MAX], y2[MCA_LANES_MAX];   /* output, wide samples */
	uint32_t e1[MCA_LANES_MAX], e2[MCA_LANES_MAX];  /* what rounding down left, 2^-32 of y */
	uint32_t still;           /* frames with d = 0, up to settle_frames */
	uint32_t reserved;
};

struct mca_highpass {
	struct mca_highpass_filter filter;              /* in force */
	struct mca_highpass_filter before;              /* fading out */
	uint32_t fade_q31;        /* phase of the cross-fade; 1 = none under way */
	uint32_t reserved;
};

#endif
