/* SPDX-License-Identifier: MIT */
#ifndef MCA_COMP_H
#define MCA_COMP_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The compressor: a stage of the chain (mca/chain.h). Feed-forward, level detection after the gain
 * computer with a smooth decoupled detector; then makeup gain. Ranges, defaults and units of the
 * parameters: mca/chain_rows.h.
 */
struct mca_comp_params {
	bool enabled;
	double ratio;             /* input dB over output dB */
	double threshold_dbfs;    /* sample peak relative to full scale */
	double knee_db;           /* width of the quadratic knee */
	double attack_ms;         /* to 63.2 % of a step in dB */
	double release_ms;        /* until 1/e of the reduction is left; not below attack_ms */
	double makeup_db;
};

struct mca_comp_cooked {
	int64_t attack_q62;       /* 1 - a of the attack pole, exactly 1 = no smoothing */
	int64_t release_q62;      /* 1 - a of the solved release pole */
	int32_t threshold_q26;    /* octaves relative to full scale, -10..0 */
	int32_t knee_half_q26;    /* octaves, half the knee's width; 0 = hard knee */
	uint32_t knee_shift;      /* brings the knee's width to 2^31..2^32 - 1 */
	uint32_t knee_inverse;    /* 2^63 / (the width so shifted) */
	uint32_t slope_q31;       /* 1 - 1/ratio, 0..1; 0 = compressor off */
	int32_t makeup_q26;       /* octaves, 0..4 */
	int32_t makeup_step_q26;  /* per frame, while it slews */
	uint32_t reserved;        /* 0 */
};

/* What of the curve glides from one set of parameters to the next. */
struct mca_comp_curve {
	int32_t threshold_q26, knee_half_q26;
	uint32_t slope_q31, reserved;
};

struct mca_comp {
	int64_t detector_q58;     /* y1: Q5.26 octaves and 32 bits below */
	int64_t reduction_q58;    /* GRc >= 0, likewise */
	int32_t makeup_q26;       /* slews towards the cooked one: a change makes no step */
	uint32_t fresh;           /* a change is: the curve glides, or has just arrived */
	struct mca_comp_curve from;
	struct mca_comp_cooked now; /* while a change is fresh: cooked, with the curve of now */
};

#endif
