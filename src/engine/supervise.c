/* SPDX-License-Identifier: MIT */
/*
 * What the control thread does for the channels every 50 ms: take out what the real-time side
 * put into the rings, see which threads have ended and why, start again what may be started,
 * count CPU time. Neighbours of a failing channel are not touched: each step works on one
 * channel.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "opener.h"
#include "state.h"

#define LOOP_NS (6 * MCA_S_NS)

void mca_engine_tell(struct mca_engine *engine, struct mca_notice *notice, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(notice->text, sizeof notice->text, format, arguments);
	va_end(arguments);
	mca_notices_post(&engine->notices, notice);
}

void mca_engine_show_realtime(struct mca_engine *engine)
{
	struct mca_realtime_status *shown = &engine->table.realtime;
	const struct mca_realtime_status *now = &engine->realtime.status;
	const struct mca_thread *thread[MCA_CHANNELS_MAX];
	struct mca_notice notice = { .kind = MCA_NOTICE_REALTIME, .stream = -1 };
	unsigned count = 0;
	bool told;

	for (unsigned i = 0; i < engine->table.count; i++) {
		if (engine->table.channel[i]->stream.active)
			thread[count++] = &engine->table.channel[i]->stream.thread;
	}
	mca_realtime_judge(&engine->realtime, thread, count);
	told = !shown->ok && strcmp(shown->detail, now->detail) == 0;
	pthread_mutex_lock(&engine->table.lock);
	*shown = *now;
	pthread_mutex_unlock(&engine->table.lock);
	if (!now->ok && !told)
		mca_engine_tell(engine, &notice, "%s", now->detail);
}

void mca_channel_drain(struct mca_engine *engine, struct mca_channel *channel, uint64_t now_ns)
{
	const struct mca_channel_status *view = &channel->view;
	struct mca_xrun_source source = { view->id, { view->device[0], view->device[1] } };
	const struct mca_rt_report *report;
	struct mca_event event;

	while (mca_event_ring_pop(&channel->link.events, &event)) {
		unsigned stream = event.stream == MCA_PLAYBACK ? MCA_PLAYBACK : MCA_CAPTURE;

		if (event.kind == MCA_EVENT_SUSPENDED)
			mca_xrun_log_suspend(&channel->xruns, stream, event.frames_lost_total);
		if (event.kind == MCA_EVENT_SHORT)
			channel->xruns.stream[stream].short_commit = true;
		if (event.kind == MCA_EVENT_XRUN)
			mca_xrun_log_count(&channel->xruns, stream,
					   view->xruns[stream] + (uint64_t)event.value,
					   event.frames_lost_total);
	}
	/* Events that found the ring full are gone; the counters have them. */
	if (mca_event_ring_dropped(&channel->link.events)) {
		pthread_mutex_lock(&engine->table.lock);
		report = mca_channel_report(channel);
		for (unsigned stream = 0; stream < 2; stream++)
			mca_xrun_log_count(&channel->xruns, stream,
					   view->xruns[stream] + report->xruns[stream],
					   report->frames_lost[stream]);
		pthread_mutex_unlock(&engine->table.lock);
	}
	if (engine->stopped)
		mca_xrun_log_end(&channel->xruns, &source, &engine->notices);
	else
		mca_xrun_log_flush(&channel->xruns, &source, &engine->notices);
}

static void explain_loop(const struct mca_channel *channel, const char *word, const char *device,
			 char *text, size_t size)
{
	unsigned block = channel->stream.body.block_frames;
	unsigned lag_us = atomic_load(&channel->link.fault_lag_us);
	unsigned xruns = atomic_load(&channel->link.fault_xruns);

	if (lag_us)
		snprintf(text, size, "The %s %s tells its position up to %.1f ms late, more than "
			 "blocks of %u frames allow: after %u xruns in a row the stream is stopped "
			 "and tried again later; raise blocksize.", word, device, lag_us / 1000.0,
			 block, xruns);
	else
		snprintf(text, size, "The %s %s had %u xruns in a row: blocks of %u frames are too "
			 "short for this card or machine; raise blocksize. The stream is tried "
			 "again later.", word, device, xruns, block);
}

/* The sentence for what the thread saw. */
static void explain_fault(const struct mca_channel *channel, int fault, int code,
			  unsigned direction, char *text, size_t size)
{
	const char *device = channel->view.device[direction];
	const char *word = mca_direction_word((enum mca_pcm_direction)direction);

	switch (fault) {
	case MCA_FAULT_STALLED:
		snprintf(text, size, "The %s %s stands still: no frame came for %u ms; check the "
			 "card and its clock source.", word, device,
			 channel->stream.body.timeout_ms);
		break;
	case MCA_FAULT_GONE:
		snprintf(text, size, "The %s %s is gone (%s): plug it in again, audio comes back "
			 "by itself.", word, device, strerror(-code));
		break;
	case MCA_FAULT_SUSPENDED:
		snprintf(text, size, "The %s %s was suspended and does not resume (%s).", word,
			 device, strerror(-code));
		break;
	case MCA_FAULT_XRUN:
		explain_loop(channel, word, device, text, size);
		break;
	default:
		snprintf(text, size, "The %s %s failed (%s); it is opened anew.", word, device,
			 strerror(-code));
	}
}

static void take_fault(struct mca_engine *engine, struct mca_channel *channel)
{
	int fault = atomic_load(&channel->link.fault);
	int code = atomic_load(&channel->link.fault_errno);
	bool playback = atomic_load(&channel->link.fault_direction) == MCA_PLAYBACK;
	struct mca_failure failure = { .direction = playback ? MCA_PLAYBACK : MCA_CAPTURE,
				       .code = code < 0 ? code : -EIO };
	char text[sizeof channel->view.reason];

	explain_fault(channel, fault, failure.code, playback, text, sizeof text);
	failure.text = text;
	failure.cause = fault == MCA_FAULT_STALLED ? "stalled" :
			fault == MCA_FAULT_SUSPENDED ? "suspended" :
			fault == MCA_FAULT_XRUN ? "xruns" : NULL;
	failure.frames_lost = atomic_load(&channel->link.fault_frames_lost);
	mca_channel_settle(engine, channel);
	mca_channel_fail(engine, channel, &failure);
	channel->retry.looped = fault == MCA_FAULT_XRUN;
}

static void take_end(struct mca_engine *engine, struct mca_channel *channel)
{
	bool asked = channel->stream.asked_to_stop;

	mca_channel_settle(engine, channel);
	if (!asked) {
		mca_channel_rest(engine, channel, MCA_CHANNEL_ENDED);
		return;
	}
	/* It was too slow for a change of settings, which was refused for that: go on as before. */
	mca_channel_fail(engine, channel, &(struct mca_failure){
		.direction = -1, .code = -ETIMEDOUT,
		.text = "The stream took too long to stop; it is started again." });
}

static void tell_running(struct mca_engine *engine, const struct mca_channel *channel, bool back)
{
	const struct mca_channel_status *view = &channel->view;
	unsigned d = channel->retry.first;
	struct mca_notice notice = { .kind = back ? MCA_NOTICE_DEVICE_BACK : MCA_NOTICE_STATE,
				     .channel = view->id, .stream = back ? (int)d : -1 };

	if (back)
		mca_notice_copy(notice.device, sizeof notice.device, view->device[d]);
	mca_engine_tell(engine, &notice, "Channel %u %s: %s to %s, %u Hz, latency %.1f ms.",
			view->id, back ? "is back" : "runs", view->device[MCA_CAPTURE],
			view->device[MCA_PLAYBACK], view->info[MCA_PLAYBACK].rate_hz,
			view->latency_ms);
}

static void take_first_block(struct mca_engine *engine, struct mca_channel *channel)
{
	bool back = channel->retry.told;

	mca_engine_show_realtime(engine);
	pthread_mutex_lock(&engine->table.lock);
	channel->view.restarts += back;
	channel->tried = true;
	pthread_mutex_unlock(&engine->table.lock);
	mca_channel_show(engine, channel, MCA_CHANNEL_RUNNING, "");
	tell_running(engine, channel, back);
	channel->retry.told = false;
	channel->retry.looped = false;
}

static void count_cpu(struct mca_engine *engine, struct mca_channel *channel, uint64_t now_ns)
{
	clockid_t clock;

	if (pthread_getcpuclockid(channel->stream.thread.thread, &clock))
		return;
	mca_cpu_update(&channel->stream.cpu, clock, now_ns);
	pthread_mutex_lock(&engine->table.lock);
	channel->view.cpu_percent = channel->stream.cpu.percent;
	pthread_mutex_unlock(&engine->table.lock);
}

/* A stream whose last one ended in a loop of xruns counts as back when it has run for longer than
 * it takes to find a loop. */
static bool is_on_probation(const struct mca_channel *channel, uint64_t now_ns)
{
	return channel->retry.looped && now_ns - channel->stream.started_ns < LOOP_NS;
}

static void supervise_channel(struct mca_engine *engine, struct mca_channel *channel,
			      uint64_t now_ns)
{
	int phase = atomic_load(&channel->link.phase);

	mca_channel_drain(engine, channel, now_ns);
	if (!channel->stream.active)
		return;
	count_cpu(engine, channel, now_ns);
	if (channel->view.state == MCA_CHANNEL_STARTING && atomic_load(&channel->link.frames) &&
	    !is_on_probation(channel, now_ns))
		take_first_block(engine, channel);
	if (phase == MCA_RT_FAULT)
		take_fault(engine, channel);
	else if (phase == MCA_RT_ENDED)
		take_end(engine, channel);
}

static enum mca_engine_state work_out_state(struct mca_engine *engine)
{
	unsigned starting = 0, untried = 0, faults = 0;

	for (unsigned i = 0; i < engine->table.count; i++) {
		enum mca_channel_state state = engine->table.channel[i]->view.state;

		untried += !engine->table.channel[i]->tried;
		starting += state == MCA_CHANNEL_STARTING;
		faults += state == MCA_CHANNEL_FAULT;
	}
	if (engine->stopped)
		return MCA_ENGINE_STOPPING;
	if (untried && !engine->settled)
		return MCA_ENGINE_STARTING;
	if (faults || mca_engine_has_concern(engine))
		return MCA_ENGINE_DEGRADED;
	/* A channel on its way back is not back yet; one that restarts for new settings was
	 * never away. */
	if (starting && engine->table.state == MCA_ENGINE_STARTING)
		return MCA_ENGINE_DEGRADED;
	return starting ? engine->table.state : MCA_ENGINE_RUNNING;
}

void mca_engine_show_state(struct mca_engine *engine)
{
	enum mca_engine_state state = work_out_state(engine);
	struct mca_notice notice = { .kind = MCA_NOTICE_STATE, .stream = -1 };

	engine->settled = engine->settled || state != MCA_ENGINE_STARTING;
	if (state == engine->table.state)
		return;
	pthread_mutex_lock(&engine->table.lock);
	engine->table.state = state;
	pthread_mutex_unlock(&engine->table.lock);
	mca_engine_tell(engine, &notice, "The engine is %s.", mca_engine_state_name(state));
}

/* A device that does not close is no channel's any more; who wants it next is refused. */
void mca_engine_tell_lost(struct mca_engine *engine)
{
	struct mca_notice notice = { .kind = MCA_NOTICE_DEVICE_LOST };
	struct mca_device device;
	struct mca_diag diag;

	if (!mca_opener_lost(engine->opener, &device, &diag))
		return;
	notice.stream = (int)device.direction;
	mca_notice_copy(notice.device, sizeof notice.device, device.name);
	mca_notice_copy(notice.cause, sizeof notice.cause, "device_hangs");
	mca_engine_tell(engine, &notice, "%s", diag.text);
}

void mca_engine_supervise(struct mca_engine *engine, uint64_t now_ns)
{
	for (unsigned i = 0; i < engine->table.count; i++)
		supervise_channel(engine, engine->table.channel[i], now_ns);
	mca_engine_tell_lost(engine);
}

void mca_engine_tick(struct mca_engine *engine)
{
	uint64_t now_ns = mca_monotonic_ns();

	if (engine->stopped)
		return;
	mca_engine_supervise(engine, now_ns);
	mca_engine_reopen(engine, now_ns);
	mca_cpu_update(&engine->cpu, CLOCK_PROCESS_CPUTIME_ID, now_ns);
	pthread_mutex_lock(&engine->table.lock);
	engine->table.cpu_percent = engine->cpu.percent;
	pthread_mutex_unlock(&engine->table.lock);
	mca_engine_show_state(engine);
}
