/* SPDX-License-Identifier: MIT */
/*
 * When the duplex fails. Xruns and suspends are recovered on the spot, since every millisecond
 * counts and nothing needs to be opened; a stalled or vanished device is the control thread's
 * business.
 *
 * Two kinds of failure would keep this thread, the highest on its core, in a circle. A device that
 * fails again and again before it gave one whole block is given up after FAILURES_MAX such rounds.
 * Blocks too short for a card that tells its position late give a few blocks between two xruns, for
 * ever: MCA_RT_LOOP restarts in a row, each with less than a LOOP_DIVISORth of a second of sound
 * before it, are a loop. So a loop is found within five seconds, and one restart a tenth of a
 * second is none.
 */
#include <errno.h>
#include <stdatomic.h>
#include <time.h>

#include "run.h"

enum { FAILURES_MAX = 8, LOOP_DIVISOR = 20 };

static uint64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000u;
}

static int give_up(struct mca_rt_run *run, int err, enum mca_duplex_fault fault,
		   enum mca_pcm_direction direction, unsigned lost)
{
	struct mca_rt_link *link = run->channel->link;

	if (fault == MCA_FAULT_STALLED)
		mca_rt_tell(run, MCA_EVENT_STALLED, direction, run->channel->timeout_ms, lost);
	else
		mca_rt_tell(run, MCA_EVENT_LOST, direction, err, lost);
	atomic_store_explicit(&link->fault, (int)fault, memory_order_relaxed);
	atomic_store_explicit(&link->fault_errno, err, memory_order_relaxed);
	atomic_store_explicit(&link->fault_direction, (int)direction, memory_order_relaxed);
	atomic_store_explicit(&link->fault_frames_lost, lost, memory_order_relaxed);
	return err;
}

/* The card to blame for a loop: the one that told its position later, if half a block late. */
static enum mca_pcm_direction blame(const struct mca_rt_run *run, enum mca_pcm_direction failed)
{
	const struct mca_rt_channel *channel = run->channel;
	unsigned capture_us = mca_duplex_lag_us(channel->duplex, MCA_CAPTURE);
	unsigned playback_us = mca_duplex_lag_us(channel->duplex, MCA_PLAYBACK);
	enum mca_pcm_direction later = playback_us > capture_us ? MCA_PLAYBACK : MCA_CAPTURE;
	unsigned late_us = playback_us > capture_us ? playback_us : capture_us;

	if ((uint64_t)late_us * channel->rate_hz < UINT64_C(500000) * channel->block_frames)
		return failed;
	atomic_store_explicit(&channel->link->fault_lag_us, late_us, memory_order_relaxed);
	return later;
}

static int give_up_loop(struct mca_rt_run *run, enum mca_pcm_direction failed, unsigned xruns)
{
	atomic_store_explicit(&run->channel->link->fault_xruns, xruns, memory_order_relaxed);
	return give_up(run, -EPIPE, MCA_FAULT_XRUN, blame(run, failed), 0);
}

/* Count a restart; returns whether it is one too many. */
static bool is_loop(struct mca_rt_run *run)
{
	uint64_t passed = run->report.frames - run->restarted_at;

	run->restarted_at = run->report.frames;
	if (passed >= run->channel->cooked.rate_hz / LOOP_DIVISOR)
		run->restarts = 0;
	return ++run->restarts >= MCA_RT_LOOP;
}

static bool is_recoverable(struct mca_rt_run *run, enum mca_duplex_fault fault,
			   enum mca_pcm_direction direction)
{
	if (fault == MCA_FAULT_XRUN)
		run->report.xruns[direction]++;
	else if (fault != MCA_FAULT_SUSPENDED)
		return false;
	return ++run->failures <= FAILURES_MAX;
}

/*
 * All that is lost with what the duplex dropped, at the capture's rate: also what the resampler
 * holds. Playback frames of a capture window that was not ended count in both rings.
 */
static uint32_t all_lost(struct mca_rt_run *run, unsigned dropped)
{
	const struct mca_bridge *bridge = run->channel->bridge;
	double twice = (double)(run->written - run->passed_at), lost = dropped;

	run->passed_at = run->written;
	if (bridge) {
		twice /= bridge->out_per_in;
		lost += mca_resampler_delay_frames(&bridge->resampler);
	}
	return lost > twice ? (uint32_t)(lost - twice + 0.5) : 0;
}

/* Say what happened, with what recovery found out about it. */
static void tell_failure(struct mca_rt_run *run, enum mca_duplex_fault fault,
			 enum mca_pcm_direction direction, bool was_short, uint32_t lost)
{
	run->report.frames_lost[direction] += lost;
	if (fault == MCA_FAULT_SUSPENDED) {
		mca_rt_tell(run, MCA_EVENT_SUSPENDED, direction, 0, lost);
		return;
	}
	if (was_short)
		mca_rt_tell(run, MCA_EVENT_SHORT, direction, 0, 0);
	mca_rt_tell(run, MCA_EVENT_XRUN, direction, (int64_t)run->report.xruns[direction], lost);
}

static void begin_anew(struct mca_rt_run *run, enum mca_pcm_direction direction, uint64_t failed_us)
{
	mca_chain_close_ramp(&run->cycle.chain);
	if (run->channel->bridge)
		mca_bridge_restart(run->channel->bridge);
	mca_rt_tell(run, MCA_EVENT_RECOVERED, direction, (int64_t)(now_us() - failed_us), 0);
}

int mca_rt_recover(struct mca_rt_run *run, int err)
{
	struct mca_duplex *duplex = run->channel->duplex;
	uint64_t failed_us = now_us();

	for (;;) {
		enum mca_pcm_direction direction;
		enum mca_duplex_fault fault = mca_duplex_fault(duplex, &direction);
		bool was_short = mca_duplex_short_commit(duplex);
		int recovered;

		if (!is_recoverable(run, fault, direction)) {
			uint32_t lost = all_lost(run, mca_duplex_drop(duplex));

			if (fault != MCA_FAULT_XRUN)
				return give_up(run, err, fault, direction, lost);
			tell_failure(run, fault, direction, was_short, lost);
			return give_up_loop(run, direction, run->failures);
		}
		recovered = mca_duplex_recover(duplex);
		tell_failure(run, fault, direction, was_short,
			     recovered >= 0 ? all_lost(run, (unsigned)recovered) : 0);
		if (recovered >= 0 && fault == MCA_FAULT_XRUN && is_loop(run))
			return give_up_loop(run, direction, run->restarts);
		if (recovered >= 0) {
			begin_anew(run, direction, failed_us);
			return 0;
		}
		err = recovered;
	}
}
