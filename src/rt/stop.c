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
 * meet half-way. A device whose ring is not mapped leaves no choice: there the queue is cut off
 * when the time is over.
 */
#include <errno.h>

#include "run.h"

enum { STOP_MS = 200 };

/* As long as the chain's ramp takes now, in frames of another rate. */
static unsigned ramp_frames(const struct mca_rt_run *run, unsigned rate_hz)
{
	const struct mca_chain_cooked *cooked = &run->cycle.chain.cooked;
	uint64_t step_q31 = cooked->ramp_step_q31, frames;

	if (step_q31 == 0)
		return 0;
	frames = ((UINT64_C(1) << 31) + step_q31 - 1) / step_q31;
	return (unsigned)((frames * rate_hz + cooked->rate_hz - 1) / cooked->rate_hz);
}

static unsigned blocks_of(const struct mca_rt_run *run, unsigned frames)
{
	unsigned block = run->channel->block_frames;

	return (frames + block - 1) / block;
}

/* How long the last frame is on its way, counted at the capture's rate. */
static unsigned drain_frames(const struct mca_rt_channel *channel)
{
	unsigned frames = mca_rt_latency_frames(channel);

	return channel->bridge ? (unsigned)(frames / channel->bridge->out_per_in) + 1 : frames;
}

/* Is there time for the ramp and the whole queue after it? */
static bool is_short(const struct mca_rt_run *run)
{
	const struct mca_rt_channel *channel = run->channel;
	uint64_t blocks = blocks_of(run, ramp_frames(run, channel->rate_hz)) +
			  blocks_of(run, drain_frames(channel));

	return blocks * channel->block_frames <= (uint64_t)channel->rate_hz * STOP_MS / 1000;
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
	run->written_then = run->written;
	run->to_play = fetched + ramp_frames(run, run->channel->fade.rate_hz);
	return true;
}

void mca_rt_begin_stop(struct mca_rt_run *run)
{
	struct mca_chain_cooked fade = run->channel->fade;
	unsigned frames;

	if (run->stopping)
		return;
	run->stopping = true;
	if (is_short(run) || fade.rate_hz == 0)
		return;
	frames = ramp_frames(run, fade.rate_hz);
	fade.ramp_step_q31 = frames ? ((UINT32_C(1) << 31) - 1) / frames + 1 : 0;
	mca_chain_init(&run->fader, &fade, true);
	run->fading = fade_queue(run);
}

void mca_rt_count_stop(struct mca_rt_run *run, bool closed_before)
{
	unsigned block = run->channel->block_frames;

	if (!run->stopping)
		return;
	run->stop_frames += block;
	if (closed_before)
		run->silent_frames += block;
}

bool mca_rt_stop_is_over(struct mca_rt_run *run)
{
	const struct mca_rt_channel *channel = run->channel;
	unsigned block = channel->block_frames;
	int queued;

	if (!run->stopping)
		return false;
	if (!run->fading)
		return run->silent_frames >= drain_frames(channel) ||
		       run->stop_frames + block > (uint64_t)channel->rate_hz * STOP_MS / 1000;
	queued = mca_duplex_queued(channel->duplex);
	return queued < 0 || run->queued + (run->written - run->written_then) >=
				     run->to_play + (uint64_t)queued;
}

bool mca_rt_stop_waited(struct mca_rt_run *run, unsigned ms)
{
	run->stop_waited_ms += ms;
	return run->stop_waited_ms >= STOP_MS || (run->fading && mca_rt_stop_is_over(run));
}
