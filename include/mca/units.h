/* SPDX-License-Identifier: MIT */
#ifndef MCA_UNITS_H
#define MCA_UNITS_H

/*
 * Units of sound, at the edges of the program only: the block path is integer.
 * dBFS counts a full-scale square wave as 0 (dBov of ITU-T G.100.1), so a full-scale sine is -3.01.
 * Thread: any; pure functions.
 */

#define MCA_DBFS_FLOOR (-60.0) /* what a meter shows for silence */

/* 20 log10: amplitude ratio <-> dB. A ratio <= 0 gives -INFINITY. */
double mca_db_from_ratio(double ratio);
double mca_ratio_from_db(double db);

/* Milliseconds <-> frames at rate_hz; frames are rounded to nearest. */
unsigned mca_frames_from_ms(double ms, unsigned rate_hz);
double mca_ms_from_frames(double frames, unsigned rate_hz);

/* Clamp a level to what meters show: [-60, 0] dBFS; NaN and -INFINITY become -60. */
double mca_dbfs_clamp(double dbfs);

#endif
