/* SPDX-License-Identifier: MIT */
/*
 * Frames from the capture's window to the playback's: straight, when both run on one clock at the
 * engine's rate; else over a bridge. Either way the sound sees the same frames one after another,
 * and how they are cut into windows changes nothing.
 */
#include "run.h"

/* Over what is written behind a queue that is fading (stop.c). */
static void fade(struct mca_rt_run *run, struct mca_duplex_window *out, unsigned frames)
{
	if (run->fading)
		mca_chain_process(&run->fader, out->frames, out->frames, frames, false);
}

static int pass_straight(struct mca_rt_run *run, unsigned left, bool open)
{
	struct mca_duplex *duplex = run->channel->duplex;
	struct mca_duplex_window in, out;
	int err = mca_duplex_capture_begin(duplex, left, &in);

	if (err < 0)
		return err;
	err = mca_duplex_playback_begin(duplex, in.count, &out);
	if (err < 0)
		return err;
	run->report.tone_left = mca_cycle_process(&run->cycle, in.frames, out.frames, out.count,
						  open);
	fade(run, &out, out.count);
	err = mca_duplex_playback_end(duplex, out.count);
	if (err == 0)
		err = mca_duplex_capture_end(duplex, out.count);
	if (err < 0)
		return err;
	run->report.frames += out.count;
	run->written += out.count;
	return (int)out.count;
}

/* Resample bridge->after into as many windows as it takes. */
static int play(struct mca_rt_run *run, unsigned frames)
{
	struct mca_bridge *bridge = run->channel->bridge;
	struct mca_duplex *duplex = run->channel->duplex;
	unsigned left = mca_resampler_yield(&bridge->out, frames), done = 0, used, made;
	struct mca_duplex_window out = { 0 };

	while (left > 0) { /* each window has at least one frame */
		int err = mca_duplex_playback_begin(duplex, left, &out);

		if (err < 0)
			return err;
		mca_resampler_process(&bridge->out, bridge->after + (size_t)done * bridge->lanes,
				      frames - done, &used, out.frames, out.count, &made);
		fade(run, &out, made);
		err = mca_duplex_playback_end(duplex, made);
		if (err < 0)
			return err;
		done += used;
		left -= made;
		run->written += made;
	}
	/* What makes no frame yet. */
	mca_resampler_process(&bridge->out, bridge->after + (size_t)done * bridge->lanes,
			      frames - done, &used, out.frames, 0, &made);
	return 0;
}

static int pass_bridge(struct mca_rt_run *run, unsigned left, bool open)
{
	struct mca_bridge *bridge = run->channel->bridge;
	struct mca_duplex *duplex = run->channel->duplex;
	struct mca_duplex_window in;
	const int16_t *frames;
	unsigned count;
	int err = mca_duplex_capture_begin(duplex, left, &in);

	if (err < 0)
		return err;
	frames = mca_bridge_take(bridge, in.frames, in.count, &count);
	run->report.tone_left = mca_cycle_process(&run->cycle, frames, bridge->after, count, open);
	err = play(run, count);
	if (err == 0)
		err = mca_duplex_capture_end(duplex, in.count);
	if (err < 0)
		return err;
	run->report.frames += count;
	return (int)in.count;
}

int mca_rt_pass(struct mca_rt_run *run, unsigned left, bool open)
{
	return run->channel->bridge ? pass_bridge(run, left, open) : pass_straight(run, left, open);
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

unsigned mca_rt_latency_frames(const struct mca_rt_channel *channel)
{
	unsigned frames = mca_duplex_latency_frames(channel->duplex);
	unsigned ahead = channel->cooked.lookahead_frames; /* at the engine's rate */
	double out_per_engine;

	if (!channel->bridge)
		return frames + ahead;
	out_per_engine = channel->bridge->out_per_in * channel->rate_hz / channel->cooked.rate_hz;
	return frames + channel->bridge->delay_frames + (unsigned)(ahead * out_per_engine + 0.5);
}
