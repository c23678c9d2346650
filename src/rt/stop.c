/* SPDX-License-Identifier: MIT */
/*
 * The end of a stream that was asked to stop: no step, and over within STOP_MS.
 *
 * With short blocks the chain's ramp closes; then as many exact zeros follow as playback has
 * queued, so that the fade has left the connector when the streams are dropped.
 *
 * Where blocks or the device's periods are so long that this takes longer than STOP_MS, the fade
 * cannot wait at the end of the queue: it goes into the queue, over what is written there already,
 * as soon after the connector as the device lets us, and what is written after it passes through
 * the same fade. The fade is a chain of its own that does nothing else, so the two ramps cannot
 * meet half-way. A ring that is not mapped cannot be changed: its queue is dropped when the time is
 * over.
 *
 * Everything counts in played frames, the chain's own.
 */
#include <errno.h>

#include "run.h"

enum { STOP_MS = 200 };

/* As long as the chain's ramp takes now, in played frames. */
static unsigned ramp_frames(const struct mca_rt_run *run)
{
	uint64_t step_q31 = run->cycle.chain.cooked.ramp.step_q31;

	return step_q31 ? (unsigned)(((UINT64_C(1) << 31) + step_q31 - 1) / step_q31) : 0;
}

/* How long the last frame is on its way, in played frames. */
static unsigned drain_frames(const struct mca_rt_channel *channel)
{
	return (unsigned)(mca_rt_latency_frames(channel) + 0.999);
}

static unsigned limit_frames(const struct mca_rt_channel *channel)
{
	return (unsigned)((uint64_t)channel->cooked.rate_hz * STOP_MS / 1000);
}

/* Rounded up to whole blocks, in played frames. */
static unsigned whole_blocks(const struct mca_rt_channel *channel, unsigned frames)
{
	uint64_t stretched = (uint64_t)channel->block_frames * channel->cooked.rate_hz;
	unsigned block = (unsigned)((stretched + channel->rate_hz - 1) / channel->rate_hz);

	return (frames + block - 1) / block * block;
}

/* Is there time for the ramp and the whole queue after it? */
static bool is_short(const struct mca_rt_run *run)
{
	const struct mca_rt_channel *channel = run->channel;

	return whole_blocks(channel, ramp_frames(run)) +
	       whole_blocks(channel, drain_frames(channel)) <= limit_frames(channel);
}

/* Returns whether the queue could be reached. */
static bool fade_queue(struct mca_rt_run *run)
{
	struct mca_duplex *duplex = run->channel->duplex;
	unsigned fetched = mca_duplex_fetched_frames(duplex), left;
	int queued = mca_duplex_queued(duplex);

	if (queued < 0)
		return false;
	left = (unsigned)queued > fetched ? (unsigned)queued - fetched : 0;
	while (left > 0) {
		struct mca_duplex_window window;

		if (mca_duplex_queue_window(duplex, left, &window) < 0 || window.count == 0)
			return false;
		mca_chain_process(&run->fader, window.frames, window.frames, window.count, false);
		mca_duplex_queue_end(duplex, window.count);
		left -= window.count;
	}
	run->queued = (unsigned)queued;
	run->to_play = fetched + ramp_frames(run);
	return true;
}

void mca_rt_begin_stop(struct mca_rt_run *run)
{
	struct mca_chain_cooked fade = run->channel->fade;

	if (run->stopping)
		return;
	run->stopping = true;
	run->written_then = run->written;
	if (is_short(run) || fade.rate_hz == 0)
		return;
	fade.ramp.step_q31 = run->cycle.chain.cooked.ramp.step_q31;
	mca_chain_init(&run->fader, &fade, true);
	run->fading = fade_queue(run);
}

void mca_rt_count_stop(struct mca_rt_run *run, bool closed_before, uint64_t frames)
{
	if (run->stopping && closed_before)
		run->silent_frames += frames;
}

bool mca_rt_stop_is_over(struct mca_rt_run *run)
{
	const struct mca_rt_channel *channel = run->channel;
	uint64_t written = run->written - run->written_then;
	int queued;

	if (!run->stopping)
		return false;
	if (!run->fading)
		return run->silent_frames >= drain_frames(channel) ||
		       written + whole_blocks(channel, 1) > limit_frames(channel);
	queued = mca_duplex_queued(channel->duplex);
	return queued < 0 || run->queued + written >= run->to_play + (uint64_t)queued;
}

bool mca_rt_stop_waited(struct mca_rt_run *run, unsigned ms)
{
	run->stop_waited_ms += ms;
	return run->stop_waited_ms >= STOP_MS || (run->fading && mca_rt_stop_is_over(run));
}
