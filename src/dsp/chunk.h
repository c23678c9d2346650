/* SPDX-License-Identifier: MIT */
#ifndef MCA_DSP_CHUNK_H
#define MCA_DSP_CHUNK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mca/chain.h"

/*
 * The block path works in passes over a chunk of bounded length that lives on the stack: each
 * pass is one short loop over arrays, either free of dependencies between frames (so that several
 * frames can be done at a time) or a bare recursion. A chunk never spans the end of a meter window
 * or of a stage of easing, so that within it every coefficient is constant.
 */
#define MCA_CHUNK_FRAMES 256u

struct mca_chunk {
	/* Set by the chain: */
	unsigned frames;
	unsigned lanes;
	bool open;                            /* push-to-talk target of these frames */
	const int16_t *in;                    /* the input; with look-ahead the delayed input */
	int16_t *out;                         /* may be `in` */
	const struct mca_passes *passes;
	struct mca_meter *meter;
	struct mca_meter_reading *sum;        /* meter window being filled */
	int64_t fastest_q62;                  /* no smoother is faster: see ease.c */
	unsigned stages_left;                 /* of easing, this one too; 0 = no change is fresh */
	/* Set by the stages in front of the compressor: */
	bool is_wide;                         /* the samples are in `wide`, not in `in` */
	bool lifted;                          /* lift_q26 is in use */
	bool levelled;                        /* level_q26 is in use */
	_Alignas(32) int32_t wide[MCA_CHUNK_FRAMES * MCA_LANES_MAX]; /* MCA_WIDE_BITS finer */
	_Alignas(32) int32_t lift_q26[MCA_CHUNK_FRAMES];     /* their gain, octaves */
	_Alignas(32) int32_t level_q26[MCA_CHUNK_FRAMES];    /* peak behind them, octaves */
	/* Set by the compressor and the limiter, for their shared loops: */
	struct mca_comp *comp;
	const struct mca_comp_cooked *comp_cooked;
	int32_t ceiling_q26, ceiling;
	unsigned makeup_filled;               /* frames of makeup_q26 with the settled makeup */
	bool amplifies;                       /* some gain may exceed 1 */
	bool limits;                          /* some over_q58 is above zero */
	_Alignas(32) int32_t makeup_q26[MCA_CHUNK_FRAMES];   /* as it slews */
	_Alignas(32) int32_t gain_q16[MCA_CHUNK_FRAMES];     /* of the whole chain */
	/* The reduction of the curve; from mca_dynamics_smooth on the whole reduction, GRc + GRl.
	 * With look-ahead it is GRc, and over_q58 GRl, until mca_lookahead_pass joins them. */
	_Alignas(32) int64_t reduction_q58[MCA_CHUNK_FRAMES];
	/* Below this a detector snaps to its target: see MCA_REST_Q26. */
	_Alignas(32) int64_t floor_q58[MCA_CHUNK_FRAMES];
	/* Level and makeup together above the ceiling, without any reduction. */
	_Alignas(32) int64_t over_q58[MCA_CHUNK_FRAMES];
};

/*
 * Gain reduction below which a smoother without a target rests at exactly zero: 4e-5 octaves, the
 * size of one step of the Q16 gain, so that the snap is inaudible. 30 dB of gain reduction fall so
 * far in 11.8 time constants, which makes silence bring back the state of the beginning in
 * bounded time.
 */
#define MCA_REST_Q26 INT32_C(2560)

/*
 * The passes that exist once for each path (passes.c, avx2.c), in the order in which they run.
 * hear: the input to the meter; returns the largest magnitude of the chunk. level: peaks of the
 * input to level_q26. ask: level_q26 to reduction_q58, floor_q58 and over_q58. measure: all
 * three in one, where no stage needs the levels.
 * weigh: makeup and reduction to gain, and the largest
 * reduction to the meter. fade: the ramp, a phase and its step, to so many gains. apply: gain to
 * samples, and the output to the meter; in and out may be the same. level_wide and apply_wide
 * are those of a chunk that is wide. oversample: raise peaks to the
 * true peaks of the output, before whose frames MCA_METER_TAIL_FRAMES more can be read.
 */
struct mca_passes {
	uint32_t (*hear)(const struct mca_chunk *chunk);
	void (*level)(struct mca_chunk *chunk);
	void (*level_wide)(struct mca_chunk *chunk);
	void (*ask)(struct mca_chunk *chunk);
	uint32_t (*measure)(struct mca_chunk *chunk);
	void (*weigh)(struct mca_chunk *chunk);
	void (*fade)(int32_t *gain_q16, unsigned frames, uint32_t phase_q31, uint32_t move_q31);
	void (*apply)(const struct mca_chunk *chunk);
	void (*apply_wide)(const struct mca_chunk *chunk);
	void (*oversample)(uint32_t *peak_q13, const int16_t *heard, unsigned frames,
			   unsigned lanes);
};

/* path.c: the one place where a path is chosen */
const struct mca_passes *mca_passes_of(uint32_t path);

/* chunk.c. find_levels: fill level_q26, once a chunk. ask: hear the input, and fill reduction_q58,
 * floor_q58 and over_q58 with what compressor and limiter are asked for.
 * lift: begin to use lift_q26, at 0 where no stage has. add_lift: makeup_q26 becomes the whole
 * gain but for the reductions. bound_gain: and the gain with them stays in range. */
void mca_chunk_find_levels(struct mca_chunk *chunk);
void mca_chunk_ask(struct mca_chunk *chunk);
void mca_chunk_lift(struct mca_chunk *chunk);
void mca_chunk_add_lift(struct mca_chunk *chunk);
void mca_chunk_bound_gain(struct mca_chunk *chunk);

/* passes.c: the portable passes, from frame `from` of the chunk on. */
uint32_t mca_hear_from(const struct mca_chunk *chunk, unsigned from);
void mca_level_from(struct mca_chunk *chunk, unsigned from);
void mca_ask_from(struct mca_chunk *chunk, unsigned from);
uint32_t mca_measure_from(struct mca_chunk *chunk, unsigned from);
void mca_weigh_from(struct mca_chunk *chunk, unsigned from);
void mca_apply_from(const struct mca_chunk *chunk, unsigned from);

/* wide.c: the passes for wide samples, likewise. */
void mca_level_wide_from(struct mca_chunk *chunk, unsigned from);
void mca_apply_wide_from(const struct mca_chunk *chunk, unsigned from);

/* ramp.c: the portable pass */
void mca_fade(int32_t *gain_q16, unsigned frames, uint32_t phase_q31, uint32_t move_q31);

/* true_peak.c: the portable pass; and its use when the meter is on. rests: no sound is left in it,
 * so that silence changes nothing but that the peak is known. */
void mca_oversample(uint32_t *peak_q13, const int16_t *heard, unsigned frames, unsigned lanes);
void mca_true_peak_pass(struct mca_chain *chain, const int16_t *out, unsigned frames);
bool mca_true_peak_rests(struct mca_chain *chain);

/* ease.c: bound_frames cuts a chunk at the end of its stage. During the first MCA_EASE_STAGES_SLOW
 * the bound of the smoothers does not move. */
#define MCA_EASE_STAGES 36u
#define MCA_EASE_STAGES_SLOW 24u
void mca_ease_begin(struct mca_chain *chain);
unsigned mca_ease_bound_frames(const struct mca_chain *chain, unsigned frames);
unsigned mca_ease_stages_left(const struct mca_chain *chain);
int64_t mca_ease_fastest_q62(const struct mca_chain *chain);
void mca_ease_advance(struct mca_chain *chain, unsigned frames);

/* meter.c: window handling for the chain, and clipping of the input, whose largest magnitude is
 * `peak`; `left` frames of a chunk never span a window's end. */
void mca_meter_init(struct mca_meter *meter, unsigned rate_hz, unsigned lanes);
void mca_meter_advance(struct mca_meter *meter, unsigned frames);
void mca_meter_count(struct mca_meter *meter, const struct mca_chunk *chunk, uint32_t peak);

#endif
