/* SPDX-License-Identifier: MIT */
/* Making a bridge: its resampler, its array. Control thread. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mca/bridge.h"
#include "mca/diag.h"

/* Frames that a block becomes at most: the control orders 1.25 thousandths more, the rounding of
 * positions makes one more. */
static unsigned bridge_room_frames(const struct mca_bridge_plan *plan)
{
	uint64_t frames = (uint64_t)plan->block_frames * plan->playback_hz / plan->capture_hz + 1;

	return (unsigned)(frames + frames / 512 + 2);
}

static int16_t *bridge_make_array(unsigned frames, unsigned lanes)
{
	size_t bytes = (size_t)frames * lanes * sizeof(int16_t);
	int16_t *array = malloc(bytes);

	/* Touched now: not in the first block, and not as one page of zeros for all. */
	return array ? memset(array, 1, bytes) : NULL;
}

int mca_bridge_init(struct mca_bridge *bridge, const struct mca_bridge_plan *plan,
		    struct mca_diag *diag)
{
	int err;

	memset(bridge, 0, sizeof(*bridge));
	err = mca_resampler_init(&bridge->resampler, plan->capture_hz, plan->playback_hz,
				 plan->lanes, diag);
	if (err < 0)
		return err;
	bridge->shared_clock = plan->shared_clock;
	bridge->target_frames = plan->target_frames;
	bridge->out_per_in = (double)plan->playback_hz / plan->capture_hz;
	bridge->delay_frames = mca_resampler_delay_frames(&bridge->resampler) * bridge->out_per_in;
	bridge->block_frames = plan->block_frames;
	bridge->room_frames = bridge_room_frames(plan);
	bridge->frames = bridge_make_array(bridge->room_frames, plan->lanes);
	if (!bridge->frames) {
		mca_bridge_done(bridge);
		return mca_diag_set(diag, -ENOMEM, "no memory to join two clocks");
	}
	mca_clock_control_init(&bridge->control, plan->playback_hz, plan->target_frames);
	return 0;
}

void mca_bridge_done(struct mca_bridge *bridge)
{
	mca_resampler_done(&bridge->resampler);
	free(bridge->frames);
	memset(bridge, 0, sizeof(*bridge));
}
