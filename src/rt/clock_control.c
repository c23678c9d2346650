/* SPDX-License-Identifier: MIT */
/*
 * The loop. With e the error in frames, f the rate and w = 2 pi B:
 *     d(drift)/dt = -w^2 e / f,     ppm = drift - 2 z w e / f
 * which has the natural frequency w and the damping z. The level integrates the difference of the
 * clocks by itself, so a constant difference leaves no error, and one that wanders by a per second
 * leaves f a / w^2 frames: at B = 0.006 Hz and 50 ppm to and fro in an hour, three frames.
 *
 * The bandwidth falls with 1/age, as that of an estimate which gives each moment the same weight.
 * Noise of the level of s frames makes about 2 z w s / f of noise in the ratio before it is
 * smoothed: 1.6 ppm a frame at 0.006 Hz, which the poles at POLES times w bring down to a
 * thirtieth, for noise that is new at each look of 12 ms.
 *
 * What the loop leaves over says whether it is too narrow: a crystal leaves a frame or two, but a
 * clock that is made of software may run fast and slow by hundreds of millionths from one second
 * to the next. The mean square of the smoothed error, over UNREST_S, holds the age down in its
 * proportion, and lets go again when the clock is steady. Steps of age would shake the level more
 * than they repair.
 */
#include "mca/clock_control.h"

#include <assert.h>

#define TWO_PI 6.283185307179586
#define MILLION 1e6

#define BANDWIDTH_AGE 0.75    /* Hz times seconds of age */
#define AGE_MIN_S 1.5         /* 0.5 Hz */
#define AGE_MAX_S 120.0       /* 0.006 Hz */
#define AGE_RESTARTED_S 5.0   /* no younger by a restart, or by unrest */
#define UNREST_S 10.0         /* over which unrest is averaged */
#define AT_REST_S 0.000065    /* rms that leaves the age alone: 3 frames of 44100 Hz */
#define DAMPING 0.9
#define POLES 12.0

#define HOLD_S 0.25
#define LOCKED_S 0.0005       /* the level's bounds */
#define QUIET_S 3.0           /* within them for so long */

#define DRIFT_MAX_PPM 1100.0
#define ORDER_MAX_PPM 1250.0
#define SLEW_PPM_S 600.0

static double clamp(double value, double most)
{
	if (value > most)
		return most;
	return value < -most ? -most : value;
}

void mca_clock_control_init(struct mca_clock_control *control, unsigned rate_hz,
			    double limit_frames)
{
	assert(rate_hz > 0 && limit_frames > 0);
	*control = (struct mca_clock_control) {
		.rate_hz = rate_hz, .limit_frames = limit_frames, .age_s = AGE_MIN_S,
	};
}

static void grow_older(struct mca_clock_control *control, double passed_s)
{
	double bound = LOCKED_S * control->rate_hz, rest = AT_REST_S * control->rate_hz;
	double error = control->smooth[1], most = AGE_MAX_S;

	control->unrest += (error * error - control->unrest) * passed_s / UNREST_S;
	if (control->unrest > rest * rest)
		most *= rest * rest / control->unrest;
	if (most < AGE_RESTARTED_S)
		most = AGE_RESTARTED_S;
	control->age_s += passed_s;
	if (control->age_s > most)
		control->age_s = most;
	control->quiet_s += passed_s;
	if (error > bound || error < -bound)
		control->quiet_s = 0;
}

static void order(struct mca_clock_control *control, double wanted_ppm, double passed_s)
{
	double step = clamp(wanted_ppm, ORDER_MAX_PPM) - control->ppm;

	control->ppm += clamp(step, SLEW_PPM_S * passed_s);
}

double mca_clock_control_update(struct mca_clock_control *control, double error_frames,
				unsigned elapsed_frames)
{
	double passed_s = elapsed_frames / control->rate_hz;
	double w = TWO_PI * BANDWIDTH_AGE / control->age_s;
	double pole = POLES * w * passed_s / (1 + POLES * w * passed_s);
	double *smooth = control->smooth, pull_ppm, drift_ppm;

	if (control->hold_s > 0) {
		control->hold_s -= passed_s;
		order(control, control->drift_ppm, passed_s);
		return control->ppm;
	}
	smooth[0] += pole * (clamp(error_frames, control->limit_frames) - smooth[0]);
	smooth[1] += pole * (smooth[0] - smooth[1]);
	pull_ppm = MILLION * 2 * DAMPING * w * smooth[1] / control->rate_hz;
	drift_ppm = control->drift_ppm - MILLION * w * w * smooth[1] / control->rate_hz * passed_s;
	/* An order at its bound must not go on learning in that direction. */
	if (control->drift_ppm - pull_ppm < ORDER_MAX_PPM || drift_ppm < control->drift_ppm)
		if (control->drift_ppm - pull_ppm > -ORDER_MAX_PPM ||
		    drift_ppm > control->drift_ppm)
			control->drift_ppm = clamp(drift_ppm, DRIFT_MAX_PPM);
	order(control, control->drift_ppm - pull_ppm, passed_s);
	grow_older(control, passed_s);
	return control->ppm;
}

void mca_clock_control_hold(struct mca_clock_control *control)
{
	control->hold_s = HOLD_S;
	control->smooth[0] = control->smooth[1] = 0;
	control->unrest = 0;
	control->quiet_s = 0;
	if (control->age_s > AGE_RESTARTED_S)
		control->age_s = AGE_RESTARTED_S;
}

enum mca_clock_state mca_clock_control_state(const struct mca_clock_control *control)
{
	if (control->hold_s > 0)
		return MCA_CLOCK_HELD;
	return control->quiet_s >= QUIET_S ? MCA_CLOCK_LOCKED : MCA_CLOCK_ACQUIRING;
}
