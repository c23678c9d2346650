/* SPDX-License-Identifier: MIT */
/*
 * The level is the sum of what waits in both rings, measured at one moment: a late wake-up moves
 * frames from one ring to the other and does not change the sum, so only the clocks can. It counts
 * in playback frames; the resampler holds a constant number of frames and a fraction of one.
 *
 * On one clock the ratio is that of the rates, and the level stays where it began. Not for ever: a
 * step is rounded to 2^-32 input frames, which makes up to four frames a day at 192 kHz. A
 * correction of 0.01 ppm is more than that, and inaudible.
 */
#include "mca/bridge.h"

#include <assert.h>

#define NUDGE_PPM 0.01
#define NUDGE_FROM_FRAMES 8 /* beyond what the rounding of positions shows */

void mca_bridge_restart(struct mca_bridge *bridge)
{
	mca_resampler_reset(&bridge->resampler);
	mca_clock_control_hold(&bridge->control);
}

static double nudge_ppm(double error_frames)
{
	if (error_frames > NUDGE_FROM_FRAMES)
		return -NUDGE_PPM;
	return error_frames < -NUDGE_FROM_FRAMES ? NUDGE_PPM : 0;
}

void mca_bridge_see_level(struct mca_bridge *bridge, long captured, long queued,
			  unsigned elapsed_frames)
{
	double level = (double)queued + (double)captured * bridge->out_per_in;
	unsigned elapsed = (unsigned)(elapsed_frames * bridge->out_per_in + 0.5);

	bridge->error_frames = level - bridge->target_frames;
	if (bridge->shared_clock) {
		mca_resampler_set_ppm(&bridge->resampler, nudge_ppm(bridge->error_frames));
		return;
	}
	mca_resampler_set_ppm(&bridge->resampler,
			      mca_clock_control_update(&bridge->control, bridge->error_frames,
						       elapsed));
}

unsigned mca_bridge_convert(struct mca_bridge *bridge, const int16_t *frames, unsigned count)
{
	unsigned used, made;

	mca_resampler_process(&bridge->resampler, frames, count, &used, bridge->frames,
			      bridge->room_frames, &made);
	assert(used == count);
	return made;
}
