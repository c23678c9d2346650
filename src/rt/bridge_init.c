/* SPDX-License-Identifier: MIT */
/* Making a bridge: its resamplers, its arrays. Control thread. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mca/bridge.h"
#include "mca/diag.h"

static int16_t *make_array(unsigned frames, unsigned lanes)
{
	size_t bytes = (size_t)frames * lanes * sizeof(int16_t);
	int16_t *array = malloc(bytes);

	/* Touched now: not in the first block, and not as one page of zeros for all. */
	return array ? memset(array, 1, bytes) : NULL;
}

static unsigned delay_frames(const struct mca_bridge *bridge, const struct mca_bridge_plan *plan)
{
	double seconds = (double)mca_resampler_delay_frames(&bridge->out) / plan->engine_hz;

	if (bridge->in.memory)
		seconds += (double)mca_resampler_delay_frames(&bridge->in) / plan->capture_hz;
	return (unsigned)(seconds * plan->playback_hz + 0.999);
}

int mca_bridge_init(struct mca_bridge *bridge, const struct mca_bridge_plan *plan,
		    struct mca_diag *diag)
{
	int err = 0;

	memset(bridge, 0, sizeof(*bridge));
	if (plan->capture_hz != plan->engine_hz)
		err = mca_resampler_init(&bridge->in, plan->capture_hz, plan->engine_hz,
					 plan->lanes, diag);
	if (err == 0)
		err = mca_resampler_init(&bridge->out, plan->engine_hz, plan->playback_hz,
					 plan->lanes, diag);
	if (err < 0) {
		mca_bridge_done(bridge);
		return err;
	}
	bridge->lanes = plan->lanes;
	bridge->shared_clock = plan->shared_clock;
	bridge->target_frames = plan->target_frames;
	bridge->out_per_in = (double)plan->playback_hz / plan->capture_hz;
	bridge->delay_frames = delay_frames(bridge, plan);
	bridge->room_frames = 2 + (unsigned)((uint64_t)plan->block_frames * plan->engine_hz /
					     plan->capture_hz);
	bridge->before = make_array(bridge->room_frames, plan->lanes);
	bridge->after = make_array(bridge->room_frames, plan->lanes);
	if (!bridge->before || !bridge->after) {
		mca_bridge_done(bridge);
		return mca_diag_set(diag, -ENOMEM, "no memory to join two clocks");
	}
	mca_clock_control_init(&bridge->control, plan->playback_hz, plan->target_frames);
	return 0;
}

void mca_bridge_done(struct mca_bridge *bridge)
{
	mca_resampler_done(&bridge->in);
	mca_resampler_done(&bridge->out);
	free(bridge->before);
	free(bridge->after);
	memset(bridge, 0, sizeof(*bridge));
}
