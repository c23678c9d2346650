/* SPDX-License-Identifier: MIT */
/* The states of a channel and the ways between them. Whatever takes a channel out of service goes
 * through mca_channel_settle() first, so that its counts survive and its link is fresh. */
#include "channel.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "opener.h"
#include "state.h"

/* Between attempts: what is away may be back at once, and asking for it is cheap; what is there
 * but fails over and over (busy, or it stalls after a moment) is left in peace for longer and
 * longer. */
#define RETRY_ABSENT_MS 100u
#define RETRY_MS 250u
#define RETRY_MAX_MS 2000u
#define RAN_WELL_NS (10 * MCA_S_NS)

/* Memory is locked on first touch. Zeroed memory from the C library may not have been touched
 * yet. */
static void touch(void *memory, size_t bytes)
{
	volatile unsigned char *byte = memory;

	for (size_t i = 0; i < bytes; i += 1024)
		byte[i] = 0;
}

struct mca_channel *mca_channel_new(const struct mca_channel_settings *settings,
				    struct mca_talk *talk)
{
	bool mute = settings->mute, gate_open = settings->gate_open;
	struct mca_channel *channel = aligned_alloc(64, (sizeof *channel + 63) / 64 * 64);

	if (!channel)
		return NULL;
	memset(channel, 0, sizeof *channel);
	touch(channel, sizeof *channel);
	channel->view.id = settings->id;
	channel->view.state = MCA_CHANNEL_DISABLED;
	if (talk)
		mca_talk_recall(talk, settings->id, &mute, &gate_open);
	atomic_init(&channel->mute, mute);
	atomic_init(&channel->gate_open, gate_open);
	mca_rt_link_init(&channel->link, &channel->gate_open, &channel->mute);
	return channel;
}

void mca_channel_keep(struct mca_channel *channel, struct mca_talk *talk)
{
	bool mute = atomic_load(&channel->mute), gate_open = atomic_load(&channel->gate_open);

	if (talk && (mute || !gate_open))
		mca_talk_note(talk, channel->view.id, mute, gate_open);
}

const struct mca_rt_report *mca_channel_report(struct mca_channel *channel)
{
	/* When the stream keeps overtaking us the last whole report stands: counters never go
	 * back. */
	mca_snapshot_read(&channel->link.report, &channel->seen);
	return &channel->seen;
}

void mca_channel_close(struct mca_engine *engine, struct mca_channel *channel)
{
	assert(!channel->stream.active);
	mca_opener_close(engine->opener, &channel->device[MCA_CAPTURE]);
	mca_opener_close(engine->opener, &channel->device[MCA_PLAYBACK]);
}

void mca_channel_free(struct mca_channel *channel)
{
	if (!channel)
		return;
	assert(!channel->stream.active);
	assert(!channel->device[MCA_CAPTURE].pcm && !channel->device[MCA_PLAYBACK].pcm);
	free(channel);
}

void mca_channel_show(struct mca_engine *engine, struct mca_channel *channel,
		      enum mca_channel_state state, const char *reason)
{
	struct mca_channel_status *view = &channel->view;

	pthread_mutex_lock(&engine->table.lock);
	view->state = state;
	mca_notice_copy(view->reason, sizeof view->reason, reason);
	if (state != MCA_CHANNEL_STARTING && state != MCA_CHANNEL_RUNNING) {
		memset(view->info, 0, sizeof view->info);
		view->latency_ms = 0;
		view->cpu_percent = 0;
		view->shared_clock = false;
	}
	pthread_mutex_unlock(&engine->table.lock);
}

/* A device that is away belongs to the first channel that names it: it must not come back as
 * somebody else's because that one asked first. What a selector meant last is no such claim. */
static bool has_claim(const struct mca_channel *channel, const char *name,
		      enum mca_pcm_direction direction)
{
	const struct mca_channel_status *view = &channel->view;

	return view->state != MCA_CHANNEL_DISABLED && strcmp(view->device[direction], name) == 0 &&
	       !mca_ref_follows_card(&view->ref[direction]);
}

/* A device of one of our own channels is busy for a reason that we know best. */
static int check_free(const struct mca_engine *engine, const struct mca_channel *channel,
		      const char *name, enum mca_pcm_direction direction, struct mca_diag *diag)
{
	for (unsigned i = 0; i < engine->table.count; i++) {
		const struct mca_channel *other = engine->table.channel[i];
		bool is_first = other->view.id < channel->view.id;

		if (mca_device_is(&other->device[direction], name, direction) ||
		    (is_first && has_claim(other, name, direction)))
			return mca_diag_set(diag, -EBUSY, "%s is the %s of channel %u already, and "
					    "opened once, whatever its lanes: give each channel a "
					    "device of its own.", name,
					    mca_direction_word(direction), other->view.id);
	}
	return 0;
}

int mca_channel_name(struct mca_engine *engine, struct mca_channel *channel,
		     enum mca_pcm_direction direction, char *name, struct mca_diag *diag)
{
	struct mca_channel_status *view = &channel->view;
	int r = 0;

	/* Before looking: what comes while we look must count as news. */
	channel->retry.stamp = mca_sound_stamp();
	snprintf(name, MCA_PCM_NAME, "%s", view->device[direction]);
	if (!name[0] || mca_ref_follows_card(&view->ref[direction]))
		r = mca_resolver_find(&engine->resolver, &view->ref[direction], name, diag);
	if (r < 0)
		return r;
	pthread_mutex_lock(&engine->table.lock);
	snprintf(view->device[direction], sizeof view->device[direction], "%s", name);
	pthread_mutex_unlock(&engine->table.lock);
	return 0;
}

int mca_channel_seek(struct mca_engine *engine, struct mca_channel *channel,
		     enum mca_pcm_direction direction, char *name, struct mca_diag *diag)
{
	int r = mca_channel_name(engine, channel, direction, name, diag);

	return r < 0 ? r : check_free(engine, channel, name, direction, diag);
}

static double seconds_left(const struct mca_engine *engine, const struct mca_channel *channel)
{
	double limit_s = engine->options.limit_s;

	return limit_s > channel->done_s ? limit_s - channel->done_s : 0;
}

static void show_start(struct mca_engine *engine, struct mca_channel *channel)
{
	struct mca_channel_status *view = &channel->view;
	const struct mca_duplex *duplex = channel->stream.duplex;

	pthread_mutex_lock(&engine->table.lock);
	for (unsigned d = 0; d < 2; d++)
		view->info[d] = *mca_pcm_info(channel->device[d].pcm);
	mca_pcm_note_rates(view->info, engine->table.shape.rate_hz);
	view->shared_clock = mca_duplex_shared_clock(duplex);
	view->latency_ms = mca_stream_latency_ms(&channel->stream);
	view->state = MCA_CHANNEL_STARTING;
	snprintf(view->reason, sizeof view->reason, "Waiting for the first block.");
	pthread_mutex_unlock(&engine->table.lock);
}

void mca_channel_start(struct mca_engine *engine, struct mca_channel *channel)
{
	struct mca_stream_spec spec = {
		.id = channel->view.id, .shape = engine->table.shape, .link = &channel->link,
		.pcm = { channel->device[MCA_CAPTURE].pcm, channel->device[MCA_PLAYBACK].pcm },
		.params = &channel->params, .limit_s = seconds_left(engine, channel),
	};
	struct mca_diag diag = {0};
	int r;

	if (engine->options.limit_s > 0 && spec.limit_s <= 0) {
		mca_channel_rest(engine, channel, MCA_CHANNEL_ENDED);
		return;
	}
	r = mca_stream_start(&channel->stream, &spec, &engine->realtime, &diag);
	if (r < 0) {
		mca_channel_fail(engine, channel, &(struct mca_failure){
			.direction = -1, .code = r, .text = diag.text });
		return;
	}
	show_start(engine, channel);
}

void mca_channel_bring_up(struct mca_engine *engine, struct mca_channel *channel)
{
	struct mca_retry *retry = &channel->retry;

	if (channel->device[MCA_CAPTURE].pcm && channel->device[MCA_PLAYBACK].pcm) {
		mca_channel_start(engine, channel);
		return;
	}
	retry->due_ns = 0;
	retry->absent = retry->hangs = false;
	if (channel->view.state != MCA_CHANNEL_FAULT)
		mca_channel_show(engine, channel, MCA_CHANNEL_STARTING, "Waiting for its devices.");
}

/* The counts of a stream that has ended go into the channel's sums, and the link is made fresh
 * for the next one, in one step for everybody who looks. */
static void fold_report(struct mca_engine *engine, struct mca_channel *channel)
{
	struct mca_channel_status *view = &channel->view;
	const struct mca_rt_report *report;

	pthread_mutex_lock(&engine->table.lock);
	report = mca_channel_report(channel);
	view->xruns[MCA_CAPTURE] += report->xruns[MCA_CAPTURE];
	view->xruns[MCA_PLAYBACK] += report->xruns[MCA_PLAYBACK];
	mca_xrun_log_end_run(&channel->xruns, report->frames_lost);
	if (report->wakeup_max_us > view->wakeup_max_us)
		view->wakeup_max_us = report->wakeup_max_us;
	channel->done_s += (double)report->frames / mca_stream_rate_hz(&channel->stream);
	/* Not running from here on, whatever comes next. */
	view->state = MCA_CHANNEL_STARTING;
	snprintf(view->reason, sizeof view->reason, "The stream is being restarted.");
	channel->sequence_base = engine->table.sequence;
	memset(&channel->seen, 0, sizeof channel->seen);
	mca_rt_link_init(&channel->link, &channel->gate_open, &channel->mute);
	pthread_mutex_unlock(&engine->table.lock);
}

void mca_channel_settle(struct mca_engine *engine, struct mca_channel *channel)
{
	if (!channel->stream.active)
		return;
	if (mca_monotonic_ns() - channel->stream.started_ns >= RAN_WELL_NS)
		channel->retry.pause_ms = 0;
	mca_stream_finish(&channel->stream);
	mca_channel_drain(engine, channel, mca_monotonic_ns());
	fold_report(engine, channel);
}

static unsigned next_pause_ms(const struct mca_retry *retry)
{
	if (retry->absent)
		return RETRY_ABSENT_MS;
	if (retry->pause_ms < RETRY_MS)
		return RETRY_MS;
	return 2 * retry->pause_ms < RETRY_MAX_MS ? 2 * retry->pause_ms : RETRY_MAX_MS;
}

static void plan_retry(struct mca_retry *retry, const struct mca_failure *failure)
{
	if (failure->direction >= 0)
		retry->first = (enum mca_pcm_direction)failure->direction;
	retry->absent = mca_is_absence(failure->code);
	retry->hangs = failure->direction >= 0 && failure->code == -ETIMEDOUT;
	retry->pause_ms = next_pause_ms(retry);
	retry->due_ns = mca_monotonic_ns() + retry->pause_ms * MCA_MS_NS;
}

static void tell_loss(struct mca_engine *engine, struct mca_channel *channel,
		      const struct mca_failure *failure)
{
	struct mca_notice notice = { .kind = MCA_NOTICE_DEVICE_LOST, .channel = channel->view.id,
				     .stream = failure->direction };
	unsigned d = failure->direction >= 0 ? (unsigned)failure->direction : MCA_CAPTURE;
	const char *cause = failure->cause ? failure->cause : strerrorname_np(-failure->code);
	char lost[48] = "";

	mca_notice_copy(notice.device, sizeof notice.device, channel->view.device[d]);
	mca_notice_copy(notice.cause, sizeof notice.cause, cause ? cause : "unknown");
	notice.frames_lost = failure->frames_lost;
	if (failure->frames_lost)
		snprintf(lost, sizeof lost, " %u frames were lost.", failure->frames_lost);
	mca_engine_tell(engine, &notice, "Channel %u: %s%s", channel->view.id, failure->text, lost);
}

void mca_channel_fail(struct mca_engine *engine, struct mca_channel *channel,
		      const struct mca_failure *failure)
{
	mca_channel_close(engine, channel);
	channel->tried = true;
	plan_retry(&channel->retry, failure);
	mca_channel_show(engine, channel, MCA_CHANNEL_FAULT, failure->text);
	if (!channel->retry.told)
		tell_loss(engine, channel, failure);
	channel->retry.told = true;
}

void mca_channel_rest(struct mca_engine *engine, struct mca_channel *channel,
		      enum mca_channel_state state)
{
	mca_channel_close(engine, channel);
	channel->tried = true;
	channel->retry.told = false;
	mca_channel_show(engine, channel, state, state == MCA_CHANNEL_DISABLED ?
			 "Disabled in the configuration." : "The simulated run is over.");
}
