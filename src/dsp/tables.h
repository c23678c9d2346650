/* SPDX-License-Identifier: MIT */
#ifndef MCA_DSP_TABLES_H
#define MCA_DSP_TABLES_H

#include <stdint.h>

/*
 * The constant tables of this room. Their one source is tables_gen.c, which the build runs to
 * write tables.c; every reader interpolates linearly on the chord of an interval.
 */
#define MCA_TABLE_OCTAVES 256 /* intervals in an octave */
#define MCA_TABLE_COSINE 512  /* intervals in half a turn */

/* One interval: its value at the left end, and how far the chord rises. Eight bytes, so that
 * both parts of an interval share a cache line. */
struct mca_table_chord {
	int32_t base, rise;
};

/* log2(1 + i/256), Q26 octaves; rise per 1/128 of the interval, rounded up. A chord is too low, by
 * 2.75e-6 octaves at most, and rounding lifts it by up to 1.9e-6. */
extern const struct mca_table_chord mca_table_log2_q26[MCA_TABLE_OCTAVES];

/* 2^(i/256), Q24; rise per interval. Relative error of the chord: 9.2e-7, always too high. */
extern const struct mca_table_chord mca_table_exp2_q24[MCA_TABLE_OCTAVES];

/* cos(pi i/512), Q30; [513] is there for the interpolation at exactly half a turn. */
extern const int32_t mca_table_cosine_q30[MCA_TABLE_COSINE + 2];

#endif
