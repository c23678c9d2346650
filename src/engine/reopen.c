/* SPDX-License-Identifier: MIT */
/*
 * Opening the devices of channels that have none: those that start, and those that are on their way
 * back from FAULT. One device at a time is opened, since several at once upset some hardware; the
 * opener's thread calls it (opener.h), and what came of it is taken up here.
 *
 * Channels that start follow each other as fast as their devices answer. For those in FAULT at most
 * one attempt begins a tick. A channel needs two devices; the direction that failed last goes
 * first, and as long as that one fails the other is not touched. An attempt that met no device to
 * open (absent, or busy) does not count: however many channels wait in vain, one whose card is back
 * waits for none of them.
 *
 * An absent card costs nothing while it is away: simulated cards are asked, real ones are tried
 * again when the kernel's device folder changes, and every two seconds in case that was missed. A
 * device whose driver hangs is not touched before the driver has answered.
 */
#include <errno.h>
#include <stdio.h>

#include "opener.h"
#include "state.h"

#define ABSENT_AGAIN_NS (2 * MCA_S_NS)

static bool is_due(const struct mca_engine *engine, const struct mca_channel *channel,
		   uint64_t now_ns)
{
	const struct mca_retry *retry = &channel->retry;
	const char *device = channel->view.device[retry->first];

	if (channel->stream.active || now_ns < retry->due_ns)
		return false;
	if (channel->view.state == MCA_CHANNEL_STARTING)
		return true;
	if (channel->view.state != MCA_CHANNEL_FAULT)
		return false;
	if (retry->hangs)
		return mca_ref_follows_card(&channel->view.ref[retry->first]) ||
		       mca_opener_check(engine->opener, device, retry->first, NULL) == 0;
	if (!retry->absent)
		return true;
	return mca_resolver_may_be_back(&engine->resolver, device, retry->stamp) ||
	       now_ns >= retry->due_ns + ABSENT_AGAIN_NS;
}

/* Did that failure touch no device? */
static bool is_in_vain(int code)
{
	return mca_is_absence(code) || code == -EBUSY || code == -ETIMEDOUT;
}

static void fail(struct mca_engine *engine, struct mca_channel *channel,
		 enum mca_pcm_direction direction, const struct mca_diag *diag)
{
	mca_channel_fail(engine, channel, &(struct mca_failure){
		.direction = (int)direction, .code = diag->code, .text = diag->text,
		.cause = diag->code == -ETIMEDOUT ? "device_hangs" : NULL });
}

/* Have the missing direction opened. Returns whether an attempt has begun. */
static bool begin(struct mca_engine *engine, struct mca_channel *channel, unsigned turn)
{
	enum mca_pcm_direction d = channel->retry.first;
	struct mca_pcm_shape shape = engine->table.shape;
	struct mca_device device = {0};
	struct mca_diag diag = {0};
	int r;

	if (channel->device[d].pcm)
		d = d == MCA_CAPTURE ? MCA_PLAYBACK : MCA_CAPTURE;
	device.direction = d;
	shape.pick = channel->view.pick[d];
	r = mca_channel_seek(engine, channel, d, device.name, &diag);
	if (r == 0)
		r = mca_opener_begin(engine->opener, MCA_CALL_OPEN, &device, &shape, &diag);
	if (r < 0) {
		diag.code = r;
		fail(engine, channel, d, &diag);
		return false;
	}
	engine->attempt = (struct mca_attempt){ channel, d, turn };
	return true;
}

bool mca_engine_take_attempt(struct mca_engine *engine)
{
	struct mca_attempt attempt = engine->attempt;
	struct mca_channel *channel = attempt.channel;
	struct mca_device device = {0};
	struct mca_diag diag = {0};
	int r;

	if (!channel || !mca_opener_poll(engine->opener, &device, &r, &diag))
		return false;
	engine->attempt.channel = NULL;
	if (r < 0) {
		diag.code = r;
		fail(engine, channel, attempt.direction, &diag);
		return is_in_vain(r);
	}
	mca_device_move(&channel->device[attempt.direction], &device);
	channel->retry.absent = channel->retry.hangs = false;
	if (channel->device[MCA_CAPTURE].pcm && channel->device[MCA_PLAYBACK].pcm)
		mca_channel_start(engine, channel);
	else
		engine->next_retry = attempt.turn;  /* it goes on before anybody else */
	return false;
}

/* Begin the next attempt of whoever is due; starting_only: not of a channel in FAULT. */
static void begin_next(struct mca_engine *engine, uint64_t now_ns, bool starting_only)
{
	unsigned count = engine->table.count, first = engine->next_retry;

	if (engine->attempt.channel || engine->applying)
		return;
	for (unsigned i = 0; i < count; i++) {
		unsigned turn = (first + i) % count;
		struct mca_channel *channel = engine->table.channel[turn];

		if (starting_only && channel->view.state != MCA_CHANNEL_STARTING)
			continue;
		if (!is_due(engine, channel, now_ns) || !begin(engine, channel, turn))
			continue;
		engine->next_retry = (turn + 1) % count;
		return;
	}
}

void mca_engine_reopen(struct mca_engine *engine, uint64_t now_ns)
{
	mca_engine_take_attempt(engine);
	begin_next(engine, now_ns, false);
}

void mca_engine_attend(struct mca_engine *engine)
{
	bool in_vain;

	if (engine->stopped)
		return;
	mca_engine_tell_lost(engine);
	in_vain = mca_engine_take_attempt(engine);
	begin_next(engine, mca_monotonic_ns(), !in_vain);
	mca_engine_show_state(engine);
}
