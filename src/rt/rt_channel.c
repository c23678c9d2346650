/* SPDX-License-Identifier: MIT */
/*
 * The body of a channel's thread: wait for a block, pass it through, report; until asked to stop.
 *
 * Everything it needs was allocated before; it sleeps in exactly one place, mca_duplex_wait()
 * (and in the test hook). Push-to-talk, stop and every restart act through the chain's ramp, so
 * no path to or from silence makes a step.
 */
#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <string.h>

#include "run.h"

_Static_assert(sizeof(struct mca_rt_report) % 8 == 0 &&
	       sizeof(struct mca_rt_report) <= 8 * MCA_SNAPSHOT_WORDS, "fits a snapshot");
_Static_assert(sizeof(struct mca_chain_cooked) <= MCA_MAILBOX_BYTES &&
	       sizeof(struct mca_tone_order) <= MCA_MAILBOX_BYTES, "fit a mailbox");

enum {
	FREEZE_NAP_MS = 10,
	SLICE_MS = 50, /* of a long wait, so that a stop is seen before the block is full */
	STOP_SLICE_MS = 5, /* when stopping: to see the end of the fade */
	STACK_BYTES = 160 * 1024, /* two chains, and more than anything below us uses besides */
};

void mca_rt_link_init(struct mca_rt_link *link, _Atomic bool *gate_open, _Atomic bool *mute)
{
	mca_mailbox_init(&link->params, sizeof(struct mca_chain_cooked));
	mca_mailbox_init(&link->tone, sizeof(struct mca_tone_order));
	mca_snapshot_init(&link->report, sizeof(struct mca_rt_report));
	mca_event_ring_init(&link->events);
	link->gate_open = gate_open;
	link->mute = mute;
	atomic_init(&link->stop, false);
	atomic_init(&link->freeze, false);
	atomic_init(&link->phase, MCA_RT_IDLE);
	atomic_init(&link->fault, MCA_FAULT_NONE);
	atomic_init(&link->fault_errno, 0);
	atomic_init(&link->fault_direction, MCA_CAPTURE);
	atomic_init(&link->fault_frames_lost, 0);
	atomic_init(&link->fault_xruns, 0);
	atomic_init(&link->fault_lag_us, 0);
	atomic_init(&link->frames, 0);
}

static void set_phase(struct mca_rt_run *run, enum mca_rt_phase phase)
{
	atomic_store_explicit(&run->channel->link->phase, (int)phase, memory_order_release);
}

/* Let the kernel provide the pages now that will be used later. */
static __attribute__((noinline)) void touch_stack(void)
{
	unsigned char stack[STACK_BYTES];

	memset(stack, 0, sizeof(stack));
	__asm__ volatile("" : : "r"(stack) : "memory"); /* keep the memset */
}

static void freeze_in_place(const struct mca_rt_link *link)
{
	while (atomic_load_explicit(&link->freeze, memory_order_relaxed) &&
	       !atomic_load_explicit(&link->stop, memory_order_relaxed))
		poll(NULL, 0, FREEZE_NAP_MS);
}

/* New parameters, a new tone, the stop; between two blocks. */
static void read_orders(struct mca_rt_run *run)
{
	struct mca_rt_link *link = run->channel->link;
	struct mca_chain_cooked cooked;
	struct mca_tone_order order;

	if (mca_mailbox_read(&link->params, &cooked))
		mca_chain_set(&run->cycle.chain, &cooked);
	if (mca_mailbox_read(&link->tone, &order))
		mca_tone_start(&run->cycle.tone, &order);
	if (atomic_load_explicit(&link->stop, memory_order_relaxed))
		mca_rt_begin_stop(run);
}

static bool may_pass(const struct mca_rt_run *run)
{
	const struct mca_rt_link *link = run->channel->link;

	/* The fader closes behind a chain that goes on as it was. */
	if (run->stopping && !run->fading)
		return false;
	return atomic_load_explicit(link->gate_open, memory_order_relaxed) &&
	       !atomic_load_explicit(link->mute, memory_order_relaxed);
}

static void publish(struct mca_rt_run *run)
{
	struct mca_rt_link *link = run->channel->link;

	run->report.meter = run->cycle.chain.meter.last;
	run->report.closed = mca_chain_is_closed(&run->cycle.chain);
	mca_snapshot_publish(&link->report, &run->report);
	atomic_store_explicit(&link->frames, run->report.frames, memory_order_relaxed);
}

static int pass_block(struct mca_rt_run *run)
{
	unsigned block = run->channel->block_frames, left = block;
	uint64_t written = run->written;
	bool closed_before, open;

	read_orders(run);
	closed_before = mca_chain_is_closed(&run->cycle.chain);
	open = may_pass(run);
	while (left > 0) { /* each window has at least one frame */
		int passed = mca_rt_pass(run, left, open);

		if (passed < 0)
			return passed;
		left -= (unsigned)passed;
	}
	run->report.blocks++;
	run->failures = 0;
	if (run->report.blocks == 1)
		set_phase(run, MCA_RT_RUNNING);
	mca_rt_count_stop(run, closed_before, run->written - written);
	publish(run);
	return 0;
}

static bool is_over(struct mca_rt_run *run)
{
	const struct mca_rt_channel *channel = run->channel;

	if (channel->limit_frames > 0 && run->report.frames >= channel->limit_frames)
		return true;
	return mca_rt_stop_is_over(run);
}

static int wait_for_block(struct mca_rt_run *run)
{
	const struct mca_rt_channel *channel = run->channel;
	unsigned left_ms = channel->timeout_ms;

	for (;;) {
		unsigned most_ms = run->stopping ? STOP_SLICE_MS : SLICE_MS;
		unsigned slice_ms = left_ms < most_ms ? left_ms : most_ms;
		int frames = mca_duplex_wait(channel->duplex, slice_ms);

		left_ms -= slice_ms;
		if (frames != -ETIMEDOUT || left_ms == 0)
			return frames;
		if (run->stopping && mca_rt_stop_waited(run, slice_ms))
			return frames;
		if (atomic_load_explicit(&channel->link->stop, memory_order_relaxed))
			mca_rt_begin_stop(run);
	}
}

/* One turn: 0 or -errno. */
static int turn(struct mca_rt_run *run)
{
	struct mca_rt_link *link = run->channel->link;
	int frames;

	if (atomic_load_explicit(&link->freeze, memory_order_relaxed))
		freeze_in_place(link);
	frames = wait_for_block(run);
	if (frames < 0)
		return frames;
	mca_rt_note_wakeup(run, (unsigned)frames);
	mca_rt_see_level(run);
	return pass_block(run);
}

static int cycle_until_over(struct mca_rt_run *run)
{
	int err = mca_duplex_start(run->channel->duplex);

	for (;;) {
		if (err < 0) {
			/* Asked to stop and failed: over is over. */
			if (atomic_load_explicit(&run->channel->link->stop, memory_order_relaxed))
				return 0;
			err = mca_rt_recover(run, err);
			if (err < 0)
				return err;
		}
		if (is_over(run))
			return 0;
		err = turn(run);
	}
}

void mca_rt_channel_run(struct mca_rt_channel *channel)
{
	struct mca_rt_run run = { .channel = channel };
	int err;

	set_phase(&run, MCA_RT_STARTING);
	touch_stack();
	memset(channel->scratch, 0, (size_t)channel->block_frames * channel->cooked.lanes *
				    sizeof(*channel->scratch));
	mca_cycle_init(&run.cycle, &channel->cooked, channel->scratch, channel->block_frames,
		       false);
	err = cycle_until_over(&run);
	mca_duplex_stop(channel->duplex);
	publish(&run);
	set_phase(&run, err < 0 ? MCA_RT_FAULT : MCA_RT_ENDED);
}
