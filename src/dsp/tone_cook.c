/* SPDX-License-Identifier: MIT */
/*
 * A test tone's order from user units. The level is RMS, as the meters show it; the peak of a
 * sine lies 3.01 dB higher.
 */
#include "mca/tone.h"

#include <errno.h>
#include <math.h>

#define FADES_A_SECOND 100 /* a fade takes 10 ms */

static int within(double value, double low, double high)
{
	return value >= low && value <= high; /* false for NaN */
}

int mca_tone_cook(struct mca_tone_order *order, double frequency_hz, double level_dbfs,
		  double seconds, unsigned rate_hz)
{
	double peak = sqrt(2.0) * pow(10.0, level_dbfs / 20.0);

	if (!within(rate_hz, 8000, 192000) || !within(frequency_hz, 10, rate_hz / 2.0 - 1.0))
		return -EINVAL;
	if (!within(level_dbfs, -60, -3.02) || !within(seconds, 0, 3600) || seconds <= 0)
		return -EINVAL;
	/* However short it is, no frames at all would mean a stop. */
	*order = (struct mca_tone_order) {
		.step_q32 = (uint32_t)lround(ldexp(frequency_hz / rate_hz, 32)),
		.amplitude_q15 = (uint32_t)lround(ldexp(peak, 15)),
		.frames = (uint64_t)fmax(1.0, rint(seconds * rate_hz)),
		.fade_frames = rate_hz / FADES_A_SECOND,
	};
	return 0;
}
