/* SPDX-License-Identifier: MIT */
/*
 * Bringing channels back from FAULT. At most one device is opened a tick, since opening can take
 * long and upsets some hardware when done in bursts. A channel needs two, so it comes back over
 * two ticks; the direction that failed last goes first, and as long as that one fails the other
 * is not touched. An attempt that met no device to open (absent, or busy) does not count:
 * however many channels wait in vain, one whose card is back waits for none of them.
 *
 * An absent card costs nothing while it is away: simulated cards are asked, real ones are tried
 * again when the kernel's device folder changes, and every two seconds in case that was missed.
 */
#include <errno.h>

#include "state.h"

#define ABSENT_AGAIN_NS (2 * MCA_S_NS)

static bool is_due(const struct mca_engine *engine, const struct mca_channel *channel,
		   uint64_t now_ns)
{
	const struct mca_retry *retry = &channel->retry;
	const char *device = channel->view.device[retry->first];

	if (channel->view.state != MCA_CHANNEL_FAULT || channel->stream.active)
		return false;
	if (now_ns < retry->due_ns)
		return false;
	if (!retry->absent)
		return true;
	return mca_resolver_may_be_back(&engine->resolver, device, retry->stamp) ||
	       now_ns >= retry->due_ns + ABSENT_AGAIN_NS;
}

/* Returns whether a device was touched. */
static bool attempt(struct mca_engine *engine, struct mca_channel *channel)
{
	enum mca_pcm_direction d = channel->retry.first;
	struct mca_diag diag = {0};
	int r;

	if (channel->device[d].pcm)
		d = d == MCA_CAPTURE ? MCA_PLAYBACK : MCA_CAPTURE;
	r = mca_channel_open(engine, channel, d, &diag);
	if (r < 0) {
		mca_channel_fail(engine, channel, &(struct mca_failure){
			.direction = (int)d, .code = r, .text = diag.text });
		return !mca_is_absence(r) && r != -EBUSY;
	}
	channel->retry.absent = false;
	if (channel->device[MCA_CAPTURE].pcm && channel->device[MCA_PLAYBACK].pcm)
		mca_channel_start(engine, channel);
	return true;
}

void mca_engine_reopen(struct mca_engine *engine, uint64_t now_ns)
{
	unsigned count = engine->table.count, first = engine->next_retry;

	for (unsigned i = 0; i < count; i++) {
		unsigned turn = (first + i) % count;
		struct mca_channel *channel = engine->table.channel[turn];

		if (!is_due(engine, channel, now_ns) || !attempt(engine, channel))
			continue;
		/* A channel that holds one device goes on with the other before anybody else. */
		engine->next_retry = channel->view.state == MCA_CHANNEL_FAULT &&
				     channel->device[channel->retry.first].pcm ?
				     turn : (turn + 1) % count;
		return;
	}
}
