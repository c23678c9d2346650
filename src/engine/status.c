/* SPDX-License-Identifier: MIT */
/*
 * Looking at the engine from any thread: what the control thread shows, and on top of it what
 * the running streams publish by themselves. Nothing here waits for more than the table's lock.
 */
#include <string.h>

#include "state.h"

const char *mca_channel_state_name(enum mca_channel_state state)
{
	switch (state) {
	case MCA_CHANNEL_DISABLED: return "disabled";
	case MCA_CHANNEL_STARTING: return "starting";
	case MCA_CHANNEL_RUNNING: return "running";
	case MCA_CHANNEL_FAULT: return "fault";
	case MCA_CHANNEL_ENDED: return "ended";
	}
	return "unknown";
}

const char *mca_engine_state_name(enum mca_engine_state state)
{
	switch (state) {
	case MCA_ENGINE_STARTING: return "starting";
	case MCA_ENGINE_RUNNING: return "running";
	case MCA_ENGINE_DEGRADED: return "degraded";
	case MCA_ENGINE_STOPPING: return "stopping";
	}
	return "unknown";
}

const char *mca_channel_clock_name(const struct mca_channel_status *status)
{
	if (status->shared_clock)
		return "shared";
	switch (status->clock_state) {
	case MCA_CLOCK_ACQUIRING: return "acquiring";
	case MCA_CLOCK_LOCKED: return "locked";
	case MCA_CLOCK_HELD: return "held";
	}
	return "unknown";
}

struct mca_channel *mca_engine_find(const struct mca_engine_table *table, unsigned id)
{
	for (unsigned i = 0; i < table->count; i++) {
		if (table->channel[i]->view.id == id)
			return table->channel[i];
	}
	return NULL;
}

static void copy_channel(struct mca_channel *channel, struct mca_channel_status *status)
{
	const struct mca_rt_report *report = mca_channel_report(channel);
	unsigned chain_hz = channel->view.info[MCA_PLAYBACK].rate_hz;

	*status = channel->view;
	status->mute = atomic_load(&channel->mute);
	status->gate_open = atomic_load(&channel->gate_open);
	status->frames = atomic_load(&channel->link.frames);
	for (unsigned d = 0; d < 2; d++)
		status->xruns[d] += report->xruns[d];
	if (report->wakeup_max_us > status->wakeup_max_us)
		status->wakeup_max_us = report->wakeup_max_us;
	status->clock_state = (enum mca_clock_state)report->clock_state;
	status->drift_known = report->drift_known && channel->view.state == MCA_CHANNEL_RUNNING;
	status->drift_ppm = (double)report->drift_ppb / 1000.0;
	status->level_target_frames = (unsigned)report->level_target;
	status->level_error_frames = (int)report->level_error;
	if (chain_hz)
		status->tone_left_s = (double)report->tone_left / chain_hz;
}

static void sum_up(struct mca_engine_status *status)
{
	for (unsigned i = 0; i < status->channel_count; i++) {
		const struct mca_channel_status *channel = &status->channel[i];

		status->xruns += channel->xruns[MCA_CAPTURE] + channel->xruns[MCA_PLAYBACK];
		status->running_count += channel->state == MCA_CHANNEL_RUNNING;
		status->enabled_count += channel->state != MCA_CHANNEL_DISABLED;
	}
}

void mca_engine_status(struct mca_engine *engine, struct mca_engine_status *status)
{
	struct mca_engine_table *table = &engine->table;

	memset(status, 0, sizeof *status);
	pthread_mutex_lock(&table->lock);
	status->state = table->state;
	status->cpu_percent = table->cpu_percent;
	status->rate_hz = table->shape.rate_hz;
	status->block_frames = table->shape.block_frames;
	status->lanes = table->shape.lanes;
	status->generation = table->generation;
	status->realtime = table->realtime;
	memcpy(status->concern, table->concern, sizeof status->concern);
	status->channel_count = table->count;
	for (unsigned i = 0; i < table->count; i++)
		copy_channel(table->channel[i], &status->channel[i]);
	pthread_mutex_unlock(&table->lock);
	status->uptime_ms = (mca_monotonic_ns() - engine->started_ns) / MCA_MS_NS;
	sum_up(status);
}

bool mca_engine_alive(struct mca_engine *engine)
{
	uint64_t now_ns = mca_monotonic_ns();
	bool alive = true;

	for (unsigned i = 0; i < engine->table.count; i++) {
		struct mca_stream *stream = &engine->table.channel[i]->stream;

		/* Every one is looked at, so that each keeps its own time. */
		if (stream->active && !mca_stream_beats(stream, now_ns))
			alive = false;
	}
	return alive;
}

bool mca_engine_is_tried(const struct mca_engine *engine)
{
	return engine->settled;
}

bool mca_engine_ended(struct mca_engine *engine)
{
	unsigned ended = 0;

	for (unsigned i = 0; i < engine->table.count; i++) {
		enum mca_channel_state state = engine->table.channel[i]->view.state;

		if (state != MCA_CHANNEL_ENDED && state != MCA_CHANNEL_DISABLED)
			return false;
		ended += state == MCA_CHANNEL_ENDED;
	}
	return ended > 0;
}
