/* SPDX-License-Identifier: MIT */
#ifndef MCA_CLOCK_CONTROL_H
#define MCA_CLOCK_CONTROL_H

#include <stdbool.h>

/*
 * Holds the number of frames between two connectors whose crystals differ: from how many there are
 * too many or too few it learns how fast the output's clock runs, and says how many more frames a
 * resampler must make. Numbers only: no device, no time of day; time is told in frames.
 *
 * A delay-locked loop of the second order after Adriaensen, "Controlling adaptive resampling" (LAC
 * 2012), behind two poles that smooth the level. Its bandwidth begins wide and narrows with age, so
 * that it locks within seconds and does not wander afterwards; it stays as wide as the level's
 * unrest asks for. Thread: RT; floating point, no library call.
 */
enum mca_clock_state {
	MCA_CLOCK_ACQUIRING = 0,
	MCA_CLOCK_LOCKED,     /* settled: the level is within half a millisecond */
	MCA_CLOCK_HELD,       /* levels are not looked at just now */
};

struct mca_clock_control {
	double rate_hz;
	double limit_frames;   /* a level further off than this is not believed */
	double age_s;          /* sets the bandwidth */
	double hold_s;         /* left of a hold */
	double smooth[2];      /* the error, frames, behind one and two poles */
	double unrest;         /* mean square of the last, frames squared */
	double drift_ppm;      /* what is known of the clocks: output against input */
	double ppm;            /* what was ordered last */
	double quiet_s;        /* the level has been within bounds for so long */
};

/* limit_frames: the most that the level can be off, > 0. */
void mca_clock_control_init(struct mca_clock_control *control, unsigned rate_hz,
			    double limit_frames);

/*
 * The level stands error_frames above (> 0) or below what it should be, elapsed_frames after the
 * last time. Returns how many millionths more frames are to be made from now on: within +-1250,
 * changing by 600 a second at most.
 */
double mca_clock_control_update(struct mca_clock_control *control, double error_frames,
				unsigned elapsed_frames);

/* The stream was started anew: what is known of the clocks stays, levels are ignored for a quarter
 * of a second, then the loop is as wide as after some seconds. */
void mca_clock_control_hold(struct mca_clock_control *control);

enum mca_clock_state mca_clock_control_state(const struct mca_clock_control *control);

#endif
