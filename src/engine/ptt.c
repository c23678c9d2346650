/* SPDX-License-Identifier: MIT */
/*
 * Push-to-talk and the other words that any thread may say to a running channel. They go into
 * atomics and mailboxes beside the stream; the table's lock is all they wait for, and it is only
 * ever held for copies.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "mca/tone.h"
#include "state.h"

/* Returns whether anything changed. Under the lock, so that two callers see each other's whole
 * state. */
static bool change_ptt(struct mca_channel *channel, const struct mca_ptt_change *change,
		       struct mca_talk *talk, struct mca_ptt_state *state)
{
	bool changed = false;

	if (change->has_mute)
		changed |= atomic_exchange(&channel->mute, change->mute) != change->mute;
	if (change->has_gate_open)
		changed |= atomic_exchange(&channel->gate_open, change->gate_open) !=
			   change->gate_open;
	state->channel = channel->view.id;
	state->mute = atomic_load(&channel->mute);
	state->gate_open = atomic_load(&channel->gate_open);
	state->passing = state->gate_open && !state->mute;
	/* Also when nothing changed: what was asked for holds from now on, whatever the
	 * configuration gives a channel to begin with. */
	if (talk && (change->has_mute || change->has_gate_open))
		mca_talk_note(talk, state->channel, state->mute, state->gate_open);
	return changed;
}

int mca_engine_ptt(struct mca_engine *engine, const struct mca_ptt_change *change,
		   const char *client, struct mca_ptt_state *state)
{
	struct mca_notice notice = { .kind = MCA_NOTICE_PTT, .channel = change->channel,
				     .stream = -1 };
	struct mca_ptt_state now = {0};
	struct mca_channel *channel;
	bool changed = false;

	pthread_mutex_lock(&engine->table.lock);
	channel = mca_engine_find(&engine->table, change->channel);
	if (channel)
		changed = change_ptt(channel, change, engine->options.talk, &now);
	pthread_mutex_unlock(&engine->table.lock);
	if (!channel)
		return -ENOENT;
	if (state)
		*state = now;
	if (!changed)
		return 0;
	mca_notice_copy(notice.client, sizeof notice.client, client ? client : "");
	mca_engine_tell(engine, &notice, "Channel %u: %s, gate %s: audio %s.", change->channel,
			now.mute ? "muted" : "not muted", now.gate_open ? "open" : "closed",
			now.passing ? "passes" : "is silent");
	return 0;
}

static int cook_tone(struct mca_tone_order *order, const struct mca_test_tone *wish,
		     unsigned rate_hz, struct mca_diag *diag)
{
	bool stop = wish->seconds == 0;
	int r = mca_tone_cook(order, stop ? 1000 : wish->frequency_hz,
			      stop ? -20 : wish->level_dbfs, stop ? 1 : wish->seconds, rate_hz);

	if (r < 0)
		return mca_diag_set(diag, r, "A test tone has 10 to %u Hz, -60 to -3.02 dBFS and "
				    "up to 3600 seconds (0 = stop).", rate_hz / 2 - 1);
	if (stop)
		order->frames = 0;
	return 0;
}

static void tell_tone(struct mca_engine *engine, const struct mca_test_tone *wish,
		      const char *client, bool passing)
{
	struct mca_notice notice = { .kind = MCA_NOTICE_TEST_TONE, .channel = wish->channel,
				     .stream = -1 };

	mca_notice_copy(notice.client, sizeof notice.client, client ? client : "");
	if (wish->seconds == 0)
		mca_engine_tell(engine, &notice, "Channel %u: the test tone is stopped.",
				wish->channel);
	else
		mca_engine_tell(engine, &notice, "Channel %u: test tone of %g Hz at %g dBFS for "
				"%g s%s.", wish->channel, wish->frequency_hz, wish->level_dbfs,
				wish->seconds, passing ? "" : "; it does not pass: the channel is "
				"muted or its gate is closed");
}

int mca_engine_test_tone(struct mca_engine *engine, const struct mca_test_tone *wish,
			 const char *client, bool *passing, struct mca_diag *diag)
{
	struct mca_tone_order order;
	struct mca_channel *channel;
	bool passes = false;
	int r;

	/* Cooked and published in one hold: the rate must not change in between, and the mailbox
	 * has one writer at a time. */
	pthread_mutex_lock(&engine->table.lock);
	channel = mca_engine_find(&engine->table, wish->channel);
	if (!channel)
		r = mca_diag_set(diag, -ENOENT, "There is no channel %u.", wish->channel);
	else if (channel->view.state != MCA_CHANNEL_RUNNING)
		r = mca_diag_set(diag, -EAGAIN, "Channel %u is not running: %.250s", wish->channel,
				 channel->view.reason);
	else
		r = cook_tone(&order, wish, channel->view.info[MCA_PLAYBACK].rate_hz, diag);
	if (r == 0) {
		order.serial = ++channel->tone_serial;
		passes = atomic_load(&channel->gate_open) && !atomic_load(&channel->mute);
		mca_mailbox_publish(&channel->link.tone, &order);
	}
	pthread_mutex_unlock(&engine->table.lock);
	if (r < 0)
		return r;
	if (passing)
		*passing = passes;
	tell_tone(engine, wish, client, passes);
	return 0;
}

int mca_engine_freeze(struct mca_engine *engine, unsigned id)
{
	struct mca_channel *channel;

	pthread_mutex_lock(&engine->table.lock);
	channel = mca_engine_find(&engine->table, id);
	if (channel)
		atomic_store(&channel->link.freeze, true);
	pthread_mutex_unlock(&engine->table.lock);
	return channel ? 0 : -ENOENT;
}
