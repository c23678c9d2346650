/* SPDX-License-Identifier: MIT */
#ifndef MCA_SIMCARD_PROGRAMME_H
#define MCA_SIMCARD_PROGRAMME_H

#include <stddef.h>
#include <stdint.h>

/*
 * A speech-like programme: a loop of phrases made of syllables (about four a second: a hiss or a
 * pop, then a vowel of pulses through three formants) with pauses between them. Every voice (card
 * number) has its own pitch, tempo and text. The same voice sounds alike at any rate and is the
 * same each time.
 */

/* Frames of one loop at a rate. Thread: any. */
size_t mca_simprogramme_frames(unsigned rate_hz);

/*
 * Make one loop, mono, scaled so that its RMS is level_dbfs (peaks are clamped to full scale, which
 * only programmes above about -16 dBFS ever reach). Returns a malloc'ed array of
 * mca_simprogramme_frames(), NULL without memory. Thread: control (libm, tens of ms).
 */
int16_t *mca_simprogramme_new(unsigned voice, unsigned rate_hz, double level_dbfs);

#endif
