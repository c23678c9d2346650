/* SPDX-License-Identifier: MIT */
#ifndef MCA_DSP_CHUNK_H
#define MCA_DSP_CHUNK_H

#include <stdbool.h>
#include <stdint.h>

#include "mca/chain.h"

/*
 * The block path works in passes over a chunk of bounded length that lives on the stack: each
 * pass is one short loop over arrays, either free of dependencies between frames (a compiler can
 * do several frames at a time) or a bare recursion. A chunk never spans the end of a meter window
 * or of a stage of easing, so that within it every coefficient is constant.
 */
#define MCA_CHUNK_FRAMES 128u

struct mca_chunk {
	unsigned frames;
	int32_t level_q26[MCA_CHUNK_FRAMES];   /* log2 of the peak over all lanes, -15..0 octaves */
	int32_t makeup_q26[MCA_CHUNK_FRAMES];  /* as it slews */
	int32_t comp_q26[MCA_CHUNK_FRAMES];    /* first what the curve asks for, then GRc */
	int32_t limiter_q26[MCA_CHUNK_FRAMES]; /* first what the ceiling asks for, then GRl */
	int32_t gain_q16[MCA_CHUNK_FRAMES];
};

/*
 * Gain reduction below which a smoother without a target rests at exactly zero: 4e-5 octaves, the
 * size of one step of the Q16 gain, so nobody hears it arrive. 30 dB of gain reduction fall so
 * far in 11.8 time constants, which makes silence bring back the state of the beginning in
 * bounded time.
 */
#define MCA_REST_Q57 ((int64_t)2560 << 31)

/* level.c */
void mca_level_measure(struct mca_chunk *chunk, const int16_t *in, unsigned lanes);

/* compressor.c */
void mca_compressor_ask(struct mca_chunk *chunk, const struct mca_chain_cooked *cooked);
void mca_compressor_smooth(struct mca_chunk *chunk, struct mca_chain *chain, uint32_t fastest_q31);

/* limiter.c */
void mca_limiter_ask(struct mca_chunk *chunk, int32_t ceiling_q26);
void mca_limiter_hold(struct mca_chunk *chunk, struct mca_chain *chain, uint32_t fastest_q31);

/* gain.c */
void mca_gain_slew_makeup(struct mca_chunk *chunk, struct mca_chain *chain);
void mca_gain_combine(struct mca_chunk *chunk);
uint32_t mca_gain_apply(const struct mca_chunk *chunk, const int16_t *in, int16_t *out,
			unsigned lanes, int32_t ceiling);

/* ease.c: bound_frames cuts a chunk at the end of its stage */
void mca_ease_begin(struct mca_chain *chain);
unsigned mca_ease_bound_frames(const struct mca_chain *chain, unsigned frames);
uint32_t mca_ease_fastest_q31(const struct mca_chain *chain);
void mca_ease_advance(struct mca_chain *chain, unsigned frames);

/* ramp.c */
void mca_ramp_apply(struct mca_chunk *chunk, struct mca_chain *chain, bool open);

/* meter.c: window handling for the chain; `left` frames of a chunk never span a window's end. */
void mca_meter_init(struct mca_meter *meter, unsigned rate_hz, unsigned lanes);
void mca_meter_hear_input(struct mca_meter *meter, const int16_t *in, unsigned frames);
void mca_meter_hear_output(struct mca_meter *meter, const int16_t *out, unsigned frames);
void mca_meter_see_reduction(struct mca_meter *meter, const struct mca_chunk *chunk);
void mca_meter_advance(struct mca_meter *meter, unsigned frames);

#endif
