/* SPDX-License-Identifier: MIT */
#ifndef MCA_TEST_DSP_SINE_FIT_H
#define MCA_TEST_DSP_SINE_FIT_H

#include <stdint.h>

/* A sine of known frequency in one lane, fitted by least squares over whole periods. */
struct sine_fit {
	double amplitude;    /* peak, in LSB */
	double residue_db;   /* all else (harmonics and noise) relative to it, rms over rms */
};

/* frames * frequency_hz / rate_hz must be an integer. */
struct sine_fit sine_fit(const int16_t *samples, unsigned frames, unsigned lanes, unsigned rate_hz,
			 double frequency_hz);

#endif
