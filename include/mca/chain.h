/* SPDX-License-Identifier: MIT */
#ifndef MCA_CHAIN_H
#define MCA_CHAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "mca/lookahead.h"
#include "mca/meter.h"

struct mca_diag;

/*
 * The sound of one logical channel: compressor, limiter, push-to-talk ramp and meters, as a pure
 * function of (parameters, state, samples). One gain, one rounding, no latency but look-ahead:
 *
 *     out = clamp(round(x * 2^(makeup - GRc - GRl) * ramp), -C, +C)
 *
 * Topology: Giannoulis, Massberg, Reiss, "Digital Dynamic Range Compressor Design", JAES 60(6)
 * 2012: feed-forward, sample peak over all lanes (always linked), smooth decoupled detector after
 * the gain computer. Fixed point throughout: levels Q5.26 octaves, coefficients Q62, gain Q16;
 * identical bytes on every compiler, on every processor and for every partition of the stream
 * into blocks.
 *
 * No output sample ever exceeds C, for any input and any parameters: the limiter has no attack
 * time, and an integer clamp stands behind it. After silence of 12 x (attack + release)
 * everything is exactly as in the beginning, and what stays below threshold and ceiling passes
 * untouched.
 */

/* What a user sets, in user units. */
struct mca_chain_params {
	unsigned rate_hz;       /* 8000..192000 */
	unsigned lanes;         /* 1 or 2 samples a frame */
	struct {
		bool enabled;
		double ratio;          /* 1..INFINITY, input dB over output dB */
		double threshold_dbfs; /* -60..0, sample peak relative to full scale */
		double knee_db;        /* 0..24, width of the quadratic knee */
		double attack_ms;      /* 0..1000, to 63.2 % of a step in dB */
		double release_ms;     /* attack_ms..10000, until 1/e of the reduction is left */
		double makeup_db;      /* 0..24 */
	} comp;
	struct {
		bool enabled;          /* off: only the integer clamp to full scale remains */
		double ceiling_dbfs;   /* -60..0; C = floor(32768 * 10^(dB/20)) is never exceeded */
		double release_ms;     /* 0..10000 */
		double lookahead_ms;   /* 0..10, to whole frames; delays also while it is off */
	} limiter;
	double ptt_ramp_ms;            /* 0..100, raised cosine between closed and open */
	bool true_peak;                /* measure it */
};

/* The same, cooked into fixed point; plain data without padding, to be handed over by copy. */
struct mca_chain_cooked {
	int64_t attack_q62;       /* 1 - a of the attack pole, exactly 1 = no smoothing */
	int64_t release_q62;      /* 1 - a of the solved release pole */
	int64_t limiter_release_q62;
	int64_t ease_q62;         /* no smoother is faster than this while a change is fresh */
	int32_t threshold_q26;    /* octaves relative to full scale, -10..0 */
	int32_t knee_half_q26;    /* octaves, half the knee's width; 0 = hard knee */
	uint32_t knee_shift;      /* brings the knee's width to 2^31..2^32 - 1 */
	uint32_t knee_inverse;    /* 2^63 / (the width so shifted) */
	uint32_t slope_q31;       /* 1 - 1/ratio, 0..1; 0 = compressor off */
	int32_t makeup_q26;       /* octaves, 0..4 */
	int32_t makeup_step_q26;  /* per frame, while it slews */
	int32_t limiter_q26;      /* log2(C / 32768); beyond any level when the limiter is off */
	int32_t ceiling;          /* C, 32..32768 */
	uint32_t ease_frames;     /* length of a stage of easing, see src/dsp/ease.c */
	uint32_t ramp_step_q31;   /* phase per frame of the raised cosine, 1 = the whole ramp */
	uint32_t rate_hz;
	uint32_t lanes;
	uint32_t lookahead_frames; /* 0..1920: latency of the chain */
	uint32_t true_peak;       /* 1 = measure it */
	uint32_t reserved;        /* 0 */
};

/*
 * Builds of the block path. Every one leaves the same bytes; they differ in speed alone.
 * mca_chain_init takes the best that this processor can run.
 */
enum mca_path {
	MCA_PATH_PORTABLE,        /* C that compilers turn into whatever the target has */
	MCA_PATH_AVX2,            /* x86-64 with AVX2 */
};

/* State of one running chain. Embedded by value; nothing to free. Plain data: an equal stream
 * leaves equal bytes, however it was cut into blocks. */
struct mca_chain {
	struct mca_chain_cooked cooked;
	int64_t detector_q58;     /* y1: Q5.26 octaves and 32 bits below */
	int64_t comp_gr_q58;      /* GRc >= 0, likewise */
	int64_t limiter_gr_q58;   /* GRl >= 0, likewise */
	int32_t makeup_q26;       /* slews towards cooked.makeup_q26: a change makes no step */
	uint32_t ramp_phase_q31;  /* 0 = closed, 1 = open */
	uint32_t ease_left;       /* frames for which the last change is still fresh */
	uint32_t path;            /* enum mca_path; set by init, may be set lower after it */
	struct mca_meter meter;
	struct mca_lookahead lookahead;
};

/* The best path that this processor can run. Thread: any. */
enum mca_path mca_path_best(void);

/*
 * Cook params. Returns 0, or -EINVAL with diag (pointer relative to the dsp object, e.g.
 * "/comp/release_ms") for anything outside the ranges above or release_ms < attack_ms.
 * Ownership: none. Thread: control (uses libm).
 */
int mca_chain_cook(struct mca_chain_cooked *cooked, const struct mca_chain_params *params,
		   struct mca_diag *diag);

/* Start from silence with the ramp open or closed. Thread: any, before the stream runs. */
void mca_chain_init(struct mca_chain *chain, const struct mca_chain_cooked *cooked, bool open);

/*
 * New parameters between two blocks, without a step. Rate, lanes, look-ahead must not differ.
 *
 * The ceiling holds from the next sample on. Lowering it under a loud signal therefore pulls the
 * gain down at once, as any onset does: never by more than the signal stands above the new
 * ceiling. Everything else glides: makeup slews by 24 dB in 50 ms; threshold, ratio, knee, a
 * higher ceiling, and compressor or limiter going on or off act through the gain reduction, whose
 * smoothers (attack and release of the compressor, release of the limiter) are for 60 ms no
 * faster than 5 ms, even where they are set to 0, and within another 60 ms as fast as they are
 * set to. A compressor that goes off lets go with its own release. The push-to-talk ramp goes on
 * from where it stands.
 *
 * With look-ahead everything travels with the sound that came after it, with one exception: a
 * lower ceiling holds at once, and cuts off what of the sound under way stands above it.
 * Thread: RT.
 */
void mca_chain_set(struct mca_chain *chain, const struct mca_chain_cooked *cooked);

/* Close the ramp at once, so that the next block fades in; detectors keep their state.
 * Used when a stream restarts after an interruption; with look-ahead it stays closed until
 * what came before has left unheard. Thread: RT. */
void mca_chain_close_ramp(struct mca_chain *chain);

/* True when the ramp has arrived: every further output is exact zero while closed. Thread: RT. */
bool mca_chain_is_closed(const struct mca_chain *chain);

/*
 * Process `frames` frames of interleaved int16, in -> out (may be the same array, no other
 * overlap). open: the push-to-talk target for these frames. Thread: RT; no allocation, lock,
 * float or libm.
 */
void mca_chain_process(struct mca_chain *chain, const int16_t *in, int16_t *out, unsigned frames,
		       bool open);

#endif
