/* SPDX-License-Identifier: MIT */
/*
 * Frames from the capture window to the playback window. The chain runs at the output's rate and
 * clock: on captured frames where both directions share them, else on what the bridge made of them.
 * How the stream is cut into windows changes no sample.
 */
#include <string.h>

#include "run.h"

/* Over what is written behind a queue that is fading (stop.c). */
static void fade(struct mca_rt_run *run, struct mca_duplex_window *out, unsigned frames)
{
	if (run->fading)
		mca_chain_process(&run->fader, out->frames, out->frames, frames, false);
}

static void run_chain(struct mca_rt_run *run, const int16_t *in, int16_t *out, unsigned frames,
		      bool open)
{
	run->report.tone_left = mca_cycle_process(&run->cycle, in, out, frames, open);
}

/*
 * Run the chain over frames at the output's rate, into as many playback windows as it takes. What a
 * bridge made is ours to write: where the ring ends within it, all of it goes through the chain in
 * its place first, since a few frames cost the chain as much as many.
 */
static int play(struct mca_rt_run *run, const int16_t *frames, unsigned count, bool open)
{
	const struct mca_bridge *bridge = run->channel->bridge;
	struct mca_duplex *duplex = run->channel->duplex;
	unsigned lanes = run->cycle.chain.cooked.lanes;
	bool done = false;

	while (count > 0) { /* each window has at least one frame */
		struct mca_duplex_window out;
		int err = mca_duplex_playback_begin(duplex, count, &out);

		if (err < 0)
			return err;
		if (bridge && !done && out.count < count) {
			run_chain(run, bridge->frames, bridge->frames, count, open);
			done = true;
		}
		if (done)
			memcpy(out.frames, frames, (size_t)out.count * lanes * sizeof(*frames));
		else
			run_chain(run, frames, out.frames, out.count, open);
		fade(run, &out, out.count);
		err = mca_duplex_playback_end(duplex, out.count);
		if (err < 0)
			return err;
		frames += (size_t)out.count * lanes;
		count -= out.count;
		run->report.frames += out.count;
		run->written += out.count;
	}
	return 0;
}

int mca_rt_pass(struct mca_rt_run *run, unsigned left, bool open)
{
	struct mca_bridge *bridge = run->channel->bridge;
	struct mca_duplex *duplex = run->channel->duplex;
	struct mca_duplex_window in;
	int err = mca_duplex_capture_begin(duplex, left, &in);

	if (err < 0)
		return err;
	if (bridge) {
		mca_meter_hear_card(&run->cycle.chain.meter, in.frames, in.count);
		err = play(run, bridge->frames, mca_bridge_convert(bridge, in.frames, in.count),
			   open);
	} else {
		err = play(run, in.frames, in.count, open);
	}
	if (err == 0)
		err = mca_duplex_capture_end(duplex, in.count);
	if (err < 0)
		return err;
	run->passed_at = run->written;
	return (int)in.count;
}

static void note_clock(struct mca_rt_report *report, const struct mca_bridge *bridge)
{
	uint64_t state = bridge->shared_clock ? MCA_CLOCK_LOCKED
					      : mca_clock_control_state(&bridge->control);
	int64_t error = (int64_t)bridge->error_frames;

	if (state == MCA_CLOCK_LOCKED) {
		bool first = report->clock_state != MCA_CLOCK_LOCKED;

		report->drift_known = !bridge->shared_clock;
		report->level_low = first || error < report->level_low ? error : report->level_low;
		report->level_high = first || error > report->level_high ? error
									 : report->level_high;
	}
	report->clock_state = state;
	report->drift_ppb = (int64_t)(bridge->control.drift_ppm * 1000);
	report->level_target = bridge->target_frames;
	report->level_error = error;
}

void mca_rt_see_level(struct mca_rt_run *run)
{
	const struct mca_rt_channel *channel = run->channel;
	struct mca_bridge *bridge = channel->bridge;
	long captured, queued;

	if (!bridge || mca_duplex_measure(channel->duplex, &captured, &queued) < 0)
		return;
	mca_bridge_see_level(bridge, captured, queued, channel->block_frames);
	note_clock(&run->report, bridge);
}

double mca_rt_latency_frames(const struct mca_rt_channel *channel)
{
	double frames = mca_duplex_latency_frames(channel->duplex);

	if (channel->bridge)
		frames += channel->bridge->delay_frames;
	return frames + channel->cooked.limiter.lookahead_frames;
}
