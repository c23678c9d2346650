/* SPDX-License-Identifier: MIT */
#ifndef MCA_DSP_TABLES_H
#define MCA_DSP_TABLES_H

#include <stdint.h>

/*
 * The constant tables of this room. Their one source is tables_gen.c, which the build runs to
 * write tables.c; every reader interpolates linearly between two neighbours, hence the entry past
 * the end.
 */
#define MCA_TABLE_OCTAVES 256 /* intervals in an octave */
#define MCA_TABLE_COSINE 512  /* intervals in half a turn */

/* log2(1 + i/256), Q26 octaves. Error of the chord: 2.75e-6 octaves, always too low. */
extern const int32_t mca_table_log2_q26[MCA_TABLE_OCTAVES + 1];

/* 2^(i/256), Q24. Relative error of the chord: 9.2e-7, always too high. */
extern const int32_t mca_table_exp2_q24[MCA_TABLE_OCTAVES + 1];

/* cos(pi i/512), Q30; [513] is there for the interpolation at exactly half a turn. */
extern const int32_t mca_table_cosine_q30[MCA_TABLE_COSINE + 2];

#endif
