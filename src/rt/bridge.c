/* SPDX-License-Identifier: MIT */
/*
 * The level is the sum of what waits in both rings, seen at one moment: a late wake-up moves frames
 * from one ring to the other and changes nothing, so only the clocks can change it. It is counted
 * in playback frames; the resamplers hold a constant number of frames and a fraction of one.
 *
 * On one clock at other rates than the engine's both ratios are fixed, and the level stays where it
 * began. Not for ever: a step is rounded to 2^-32 input frames, which makes up to four frames a day
 * at 192 kHz. A hundredth of a millionth is more than that, and less than any ear or meter finds.
 */
#include "mca/bridge.h"

#include <assert.h>

#define NUDGE_PPM 0.01
#define NUDGE_FROM_FRAMES 8 /* beyond what the rounding of positions shows */

void mca_bridge_restart(struct mca_bridge *bridge)
{
	if (bridge->in.memory)
		mca_resampler_reset(&bridge->in);
	mca_resampler_reset(&bridge->out);
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
		mca_resampler_set_ppm(&bridge->out, nudge_ppm(bridge->error_frames));
		return;
	}
	mca_resampler_set_ppm(&bridge->out, mca_clock_control_update(&bridge->control,
								     bridge->error_frames,
								     elapsed));
}

const int16_t *mca_bridge_take(struct mca_bridge *bridge, const int16_t *frames, unsigned count,
			       unsigned *engine_frames)
{
	unsigned used;

	*engine_frames = count;
	if (!bridge->in.memory)
		return frames;
	mca_resampler_process(&bridge->in, frames, count, &used, bridge->before,
			      bridge->room_frames, engine_frames);
	assert(used == count);
	return bridge->before;
}
