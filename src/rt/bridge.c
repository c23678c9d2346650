/* SPDX-License-Identifier: MIT */
/*
 * The level is the sum of what waits in both rings, seen at one moment: a late wake-up moves frames
 * from one ring to the other and changes nothing, so only the clocks can change it. It is counted
 * in playback frames; the resamplers hold a constant number of frames and a fraction of one.
 */
#include "mca/bridge.h"

#include <assert.h>

#define MILLION 1e6

void mca_bridge_restart(struct mca_bridge *bridge)
{
	if (bridge->in.memory)
		mca_resampler_reset(&bridge->in);
	mca_resampler_reset(&bridge->out);
	mca_clock_control_hold(&bridge->control);
}

void mca_bridge_see_level(struct mca_bridge *bridge, long captured, long queued,
			  unsigned elapsed_frames)
{
	double level = (double)queued + (double)captured * bridge->out_per_in;
	unsigned elapsed = (unsigned)(elapsed_frames * bridge->out_per_in + 0.5);

	bridge->error_frames = level - bridge->target_frames;
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
