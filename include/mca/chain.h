/* SPDX-License-Identifier: MIT */
#ifndef MCA_CHAIN_H
#define MCA_CHAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "mca/comp.h"
#include "mca/gate.h"
#include "mca/highpass.h"
#include "mca/input_gain.h"
#include "mca/limiter.h"
#include "mca/meter.h"
#include "mca/ramp.h"

struct mca_diag;

/*
 * The sound of one logical channel: compressor, limiter, push-to-talk ramp and meters, as a pure
 * function of (parameters, state, samples). One gain, one rounding, no latency but look-ahead:
 *
 *     out = clamp(round(h * 2^(input gain - GRg + makeup - GRc - GRl) * ramp), -C, +C)
 *
 * with the input h behind the high-pass and the attenuations GRg of the noise gate, GRc of the
 * compressor and GRl of the limiter.
 *
 * Topology: Giannoulis, Massberg, Reiss, "Digital Dynamic Range Compressor Design", JAES 60(6)
 * 2012: feed-forward, sample peak over all lanes (always linked), smooth decoupled detector after
 * the gain computer. Fixed point throughout: levels Q5.26 octaves, coefficients Q62, gain Q16;
 * identical bytes on every compiler, on every processor and for every partition of the stream
 * into blocks.
 *
 * No output sample exceeds C, for any input and any parameters: the limiter has no attack time, and
 * an integer clamp follows it. After silence of 12 x (attack + release)
 * everything is exactly as in the beginning, and what stays below threshold and ceiling passes
 * untouched.
 */

#define MCA_RATE_HZ_MIN 8000
#define MCA_RATE_HZ_MAX 192000

/*
 * The stages in the order of the signal. Each is an object with parameters, cooked parameters,
 * state and the six verbs of src/dsp/stage.h; this list is the only place that names them all.
 */
#define MCA_STAGES(STAGE) \
	STAGE(input_gain) \
	STAGE(highpass) \
	STAGE(gate) \
	STAGE(comp) \
	STAGE(limiter) \
	STAGE(ramp)

/* What a user sets, in user units; ranges in mca/chain_rows.h. */
struct mca_chain_params {
	unsigned rate_hz;       /* MCA_RATE_HZ_MIN..MCA_RATE_HZ_MAX */
	unsigned lanes;         /* 1 or 2 samples a frame */
	double input_gain_db;
	double highpass_hz;     /* 0 = off */
	struct mca_gate_params gate;
	struct mca_comp_params comp;
	struct mca_limiter_params limiter;
	double ptt_ramp_ms;     /* raised cosine between closed and open */
	bool true_peak;         /* measure it */
};

/* The same, cooked into fixed point; plain data without padding, to be handed over by copy. */
struct mca_chain_cooked {
#define MCA_STAGE_COOKED(name) struct mca_##name##_cooked name;
	MCA_STAGES(MCA_STAGE_COOKED)
	int64_t ease_q62;         /* no smoother is faster than this while a change is fresh */
	uint32_t ease_frames;     /* length of a stage of easing, see src/dsp/ease.c */
	uint32_t rate_hz;
	uint32_t lanes;
	uint32_t true_peak;       /* 1 = measure it */
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
#define MCA_STAGE_STATE(name) struct mca_##name name;
	MCA_STAGES(MCA_STAGE_STATE)
	uint32_t shut_left;       /* frames for which a closed ramp may not open yet */
	uint32_t reserved;
	uint32_t ease_left;       /* frames for which the last change is still fresh */
	uint32_t path;            /* enum mca_path; set by init, may be set lower after it */
	struct mca_meter meter;
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
 * The ceiling in force glides to another one, or to and from a limiter that is off, within 20 ms
 * (src/dsp/ceiling.c). No sample exceeds the ceiling in force, which is never above the higher of
 * the old and the new one. Everything else glides, too: makeup slews by 24 dB in 100 ms; the curve
 * (threshold, ratio, knee, a compressor going on or off) glides within 120 ms. For so long the
 * smoothers (attack and release of the compressor, release of the limiter) are no faster than 5
 * ms, even where they are set to 0, and within another 60 ms they are as fast as they are set to.
 * A compressor that goes off releases with its own release. The push-to-talk ramp goes on from
 * where it is.
 *
 * With look-ahead every change travels with the sound that came in after it: the ceiling is the new
 * one for all that leaves 30 ms after the change. Thread: RT.
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
