/* SPDX-License-Identifier: MIT */
/*
 * The high-pass in fixed point. Butterworth of second order by the bilinear transform (Zoelzer,
 * DAFX, ch. 2), K = tan(pi f / fs), n = 1 / (1 + sqrt(2) K + K^2):
 *
 *     b0 = n (1, -2, 1)    1 - a2 = 2 sqrt(2) K n    1 + a1 + a2 = 4 K^2 n
 *
 * The last two are what the coefficients differ by from a double pole at 1. Written so, a corner of
 * 20 Hz at 192 kHz keeps all digits of its frequency.
 */
#include <math.h>

#include "cook.h"
#include "mca/q.h"
#include "stage.h"

#define PI 3.14159265358979323846
#define FADE_MS 30.0

/* The longest tail, from a step of full scale to less than a 256th of a sample, in periods of the
 * corner frequency: e^(-2 pi n / sqrt(2)) < 2^-24 from n = 3.75 on. */
#define SETTLE_PERIODS 4.0

void mca_highpass_cook(struct mca_highpass_cooked *cooked, const struct mca_chain_params *params)
{
	double rate_hz = params->rate_hz, corner_hz = params->highpass_hz;
	double k = tan(PI * corner_hz / rate_hz);
	double n = 1.0 / (1.0 + sqrt(2.0) * k + k * k), q = 4.0 * k * k * n;

	cooked->fade_step_q31 = (uint32_t)ceil(ldexp(1000.0 / (FADE_MS * rate_hz), 31));
	if (corner_hz <= 0.0)
		return;
	while (ldexp(q, 33 + (int)cooked->q_shift) < ldexp(1.0, 31))
		cooked->q_shift++;
	cooked->q = llround(ldexp(q, 32 + (int)cooked->q_shift));
	cooked->b0_q32 = llround(ldexp(n, 32));
	cooked->k_q32 = llround(ldexp(2.0 * sqrt(2.0) * k * n, 32));
	cooked->settle_frames = (uint32_t)ceil(SETTLE_PERIODS * rate_hz / corner_hz);
}
