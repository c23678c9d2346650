/* SPDX-License-Identifier: MIT */
/*
 * When the duplex fails. Xruns and suspends are recovered on the spot, since every millisecond
 * counts and nothing needs to be opened; a stalled or vanished device is the control thread's
 * business.
 *
 * A device that fails again and again before it gave one whole block would keep this thread, the
 * highest on its core, in a circle: after FAILURES_MAX such rounds it is given up and reopened
 * later.
 */
#include <errno.h>
#include <stdatomic.h>
#include <time.h>

#include "run.h"

enum { FAILURES_MAX = 8 };

static uint64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000u;
}

static int give_up(struct mca_rt_run *run, int err, enum mca_duplex_fault fault,
		   enum mca_pcm_direction direction)
{
	struct mca_rt_link *link = run->channel->link;

	if (fault == MCA_FAULT_STALLED)
		mca_rt_tell(run, MCA_EVENT_STALLED, direction, run->channel->timeout_ms, 0);
	else
		mca_rt_tell(run, MCA_EVENT_LOST, direction, err, 0);
	atomic_store_explicit(&link->fault, (int)fault, memory_order_relaxed);
	atomic_store_explicit(&link->fault_errno, err, memory_order_relaxed);
	atomic_store_explicit(&link->fault_direction, (int)direction, memory_order_relaxed);
	return err;
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

/* Say what happened, with what recovery found out about it. */
static void tell_failure(struct mca_rt_run *run, enum mca_duplex_fault fault,
			 enum mca_pcm_direction direction, bool was_short, int recovered)
{
	uint32_t lost = recovered > 0 ? (uint32_t)recovered : 0;

	if (fault == MCA_FAULT_SUSPENDED) {
		mca_rt_tell(run, MCA_EVENT_SUSPENDED, direction, 0, lost);
		return;
	}
	if (was_short)
		mca_rt_tell(run, MCA_EVENT_SHORT, direction, 0, 0);
	mca_rt_tell(run, MCA_EVENT_XRUN, direction, (int64_t)run->report.xruns[direction], lost);
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

		if (!is_recoverable(run, fault, direction))
			return give_up(run, err, fault, direction);
		recovered = mca_duplex_recover(duplex);
		tell_failure(run, fault, direction, was_short, recovered);
		if (recovered >= 0) {
			mca_chain_close_ramp(&run->cycle.chain);
			if (run->channel->bridge)
				mca_bridge_restart(run->channel->bridge);
			mca_rt_tell(run, MCA_EVENT_RECOVERED, direction,
				    (int64_t)(now_us() - failed_us), 0);
			return 0;
		}
		err = recovered;
	}
}
