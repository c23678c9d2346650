/* SPDX-License-Identifier: MIT */
#ifndef MCA_DSP_STAGE_H
#define MCA_DSP_STAGE_H

#include "chunk.h"
#include "mca/chain.h"

/*
 * The verbs of a stage. Every stage in MCA_STAGES has all six, declared here and called by the
 * chain for each of them: a stage that lacks one does not link.
 *
 * cook     user units into fixed point; all parameters are inside their ranges by then.
 *          Thread: control (in a file of its own, NAME_cook.c: it computes with doubles).
 * init     the state before the first frame; `open` is the push-to-talk target. Thread: any.
 * set      new parameters between two blocks, before they take effect. Thread: RT.
 * process  the next chunk->frames frames. Thread: RT.
 * rests    true when silence in is silence out and changes nothing of the state but what skip
 *          advances; skip then does what process would do with silence. Thread: RT.
 * skip     advance by chunk->frames frames of silence, at rest. Thread: RT.
 */
#define MCA_STAGE_VERBS(name) \
	void mca_##name##_cook(struct mca_##name##_cooked *cooked, \
			       const struct mca_chain_params *params); \
	void mca_##name##_init(struct mca_##name *name, \
			       const struct mca_##name##_cooked *cooked, bool open); \
	void mca_##name##_set(struct mca_##name *name, const struct mca_##name##_cooked *now, \
			      const struct mca_##name##_cooked *next); \
	void mca_##name##_process(struct mca_##name *name, \
				  const struct mca_##name##_cooked *cooked, \
				  struct mca_chunk *chunk); \
	bool mca_##name##_rests(const struct mca_##name *name, \
				const struct mca_##name##_cooked *cooked, \
				const struct mca_chunk *chunk); \
	void mca_##name##_skip(struct mca_##name *name, \
			       const struct mca_##name##_cooked *cooked, \
			       const struct mca_chunk *chunk);
MCA_STAGES(MCA_STAGE_VERBS)

#endif
