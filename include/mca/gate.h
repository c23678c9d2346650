/* SPDX-License-Identifier: MIT */
#ifndef MCA_GATE_H
#define MCA_GATE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The noise gate: a stage of the chain (mca/chain.h), not the push-to-talk gate. It attenuates by
 * range_db what stays below the threshold. Ranges, defaults and units: mca/chain_rows.h.
 */
struct mca_gate_params {
	bool enabled;
	double threshold_dbfs;    /* sample peak, behind input gain and high-pass: opens */
	double hysteresis_db;     /* stays open down to threshold - hysteresis */
	double range_db;          /* attenuation when closed */
	double attack_ms;         /* from closed to 1 dB below open */
	double hold_ms;           /* stays open so long after the last frame that was loud enough */
	double release_ms;        /* then to 63.2 % of the range, in dB */
};

struct mca_gate_cooked {
	int64_t range_q58;        /* octaves with 32 bits below Q26; 0 = off */
	int64_t attack_q62;       /* 1 - a of each pole */
	int64_t release_q62;
	int32_t open_q26;         /* threshold, octaves relative to full scale */
	int32_t close_q26;        /* threshold - hysteresis */
	uint32_t hold_frames;
	uint32_t enabled;         /* 0 or 1 */
};

struct mca_gate {
	int64_t wanted_q58;       /* attenuation behind the release pole, 0..range */
	int64_t reduction_q58;    /* attenuation in force, behind both poles, 0..range */
	uint32_t hold_left;       /* frames, while open */
	uint32_t open;            /* 0 or 1 */
};

#endif
