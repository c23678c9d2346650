/* SPDX-License-Identifier: MIT */
#ifndef MCA_DSP_AVX2_H
#define MCA_DSP_AVX2_H

#include "chunk.h"

/* The passes for processors with AVX2; see struct mca_passes. Not compiled elsewhere. */
#ifdef __x86_64__
#define MCA_HAVE_AVX2 1

uint32_t mca_hear_avx2(const struct mca_chunk *chunk);
void mca_level_avx2(struct mca_chunk *chunk);
void mca_ask_avx2(struct mca_chunk *chunk);
uint32_t mca_measure_avx2(struct mca_chunk *chunk);
void mca_weigh_avx2(struct mca_chunk *chunk);
void mca_fade_avx2(int32_t *gain_q16, unsigned frames, uint32_t phase_q31, uint32_t move_q31);
void mca_apply_avx2(const struct mca_chunk *chunk);
void mca_oversample_avx2(uint32_t *peak_q13, const int16_t *heard, unsigned frames,
			 unsigned lanes);
#endif

#endif
