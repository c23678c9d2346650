/* SPDX-License-Identifier: MIT */
/*
 * GET /status: a copy of everything the engine tells, worded as a document. What is not measured
 * is null and never zero: latency of a channel that does not run, drift where nothing measures it
 * or has not for long enough.
 */
#include <stdio.h>
#include <stdlib.h>

#include "document.h"
#include "mca/engine.h"
#include "room.h"

static json_t *reference_of(const struct mca_device_ref *ref)
{
	return ref->id ? json_integer(ref->id) : mca_document_text(ref->name);
}

static json_t *lanes_of(const struct mca_lane_pick *pick)
{
	return pick->count == 2 ? json_pack("[i, i]", (int)pick->lane[0], (int)pick->lane[1])
				: json_pack("[i]", (int)pick->lane[0]);
}

static json_t *device_of(const struct mca_channel_status *channel, enum mca_pcm_direction direction)
{
	const struct mca_pcm_info *info = &channel->info[direction];
	const char *access = info->access == MCA_ACCESS_MMAP ? "mmap" : "rw";
	bool open = info->rate_hz > 0;

	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
			 "id", reference_of(&channel->ref[direction]),
			 "device", mca_document_text_or_null(channel->device[direction]),
			 "access", open ? json_string(access) : json_null(),
			 "period_frames", open ? json_integer(info->period_frames) : json_null(),
			 "rate", open ? json_integer(info->rate_hz) : json_null(),
			 "format", open ? json_string(info->format) : json_null(),
			 "lanes", open ? lanes_of(&info->pick) : json_null(),
			 "adapted", mca_document_text_or_null(info->adapted));
}

static json_t *drift_of(const struct mca_channel_status *channel)
{
	return channel->drift_known ? mca_document_hundredths(channel->drift_ppm) : json_null();
}

/* Frames between the connectors: as they are, or (error 0) as they should be. On one clock nothing
 * is controlled. */
static json_t *level_of(const struct mca_channel_status *channel, int error_frames)
{
	bool seen = channel->state == MCA_CHANNEL_RUNNING && !channel->shared_clock &&
		    channel->level_target_frames > 0;

	return seen ? json_integer((json_int_t)channel->level_target_frames + error_frames)
		    : json_null();
}

static json_t *channel_of(const struct mca_channel_status *channel)
{
	bool running = channel->state == MCA_CHANNEL_RUNNING;
	json_t *object = json_pack(
		"{s:o, s:s, s:o, s:o, s:o, s:{s:I, s:I}, s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:b, "
		"s:b}",
		"name", mca_document_text(channel->name),
		"state", mca_channel_state_name(channel->state),
		"reason", mca_document_text_or_null(channel->reason),
		"input", device_of(channel, MCA_CAPTURE),
		"output", device_of(channel, MCA_PLAYBACK),
		"xruns", "capture", (json_int_t)channel->xruns[MCA_CAPTURE],
		"playback", (json_int_t)channel->xruns[MCA_PLAYBACK],
		"latency_ms", running ? mca_document_hundredths(channel->latency_ms) : json_null(),
		"drift_ppm", drift_of(channel),
		"clock", running ? json_string(mca_channel_clock_name(channel)) : json_null(),
		"level_frames", level_of(channel, channel->level_error_frames),
		"level_target_frames", level_of(channel, 0),
		"cpu_percent", mca_document_hundredths(channel->cpu_percent),
		"wakeup_max_us", (json_int_t)channel->wakeup_max_us,
		"mute", channel->mute,
		"gate_open", channel->gate_open);

	/* Only while a tone plays: how whoever ordered it sees that it still does. */
	if (object && channel->tone_left_s > 0 &&
	    mca_document_put(object, "tone_left_s",
			     mca_document_tenths(channel->tone_left_s))) {
		json_decref(object);
		return NULL;
	}
	return object;
}

static json_t *map_of(const struct mca_channel_status *channel)
{
	return json_pack("{s:o, s:o}", "input", reference_of(&channel->ref[MCA_CAPTURE]),
			 "output", reference_of(&channel->ref[MCA_PLAYBACK]));
}

/* An object with one member a channel, keys in ascending order as the engine lists them. */
static json_t *each_channel(const struct mca_engine_status *status,
			    json_t *(*member)(const struct mca_channel_status *channel))
{
	json_t *object = json_object();
	char key[16];

	for (unsigned i = 0; object && i < status->channel_count; i++) {
		snprintf(key, sizeof key, "%u", status->channel[i].id);
		if (mca_document_put(object, key, member(&status->channel[i]))) {
			json_decref(object);
			return NULL;
		}
	}
	return object;
}

static json_t *config_of(struct mca_api *api, const struct mca_engine_status *status)
{
	struct mca_origin_view view;

	mca_origin_read(&api->origin, &view);
	return json_pack("{s:I, s:s, s:o, s:o, s:o}", "generation", (json_int_t)status->generation,
			 "source", mca_source_name(view.source),
			 "path", mca_document_text_or_null(view.path),
			 "note", mca_document_text_or_null(view.note),
			 "last_error", mca_document_text_or_null(view.last_error));
}

/* What degrades the service although every channel may run, one sentence each. */
static json_t *reasons_of(const struct mca_engine_status *status)
{
	json_t *list = json_array();

	for (unsigned i = 0; list && i < MCA_CONCERNS; i++)
		if (*status->concern[i] &&
		    json_array_append_new(list, mca_document_text(status->concern[i]))) {
			json_decref(list);
			return NULL;
		}
	return list;
}

static json_t *realtime_of(const struct mca_engine_status *status)
{
	return json_pack("{s:s, s:i, s:b, s:b, s:o}", "policy", status->realtime.policy,
			 "priority", status->realtime.priority,
			 "memory_locked", status->realtime.memory_locked,
			 "ok", status->realtime.ok,
			 "detail", mca_document_text_or_null(status->realtime.detail));
}

void mca_status_get(struct mca_api *api, const struct mca_api_request *request,
		    struct mca_api_response *response)
{
	struct mca_engine_status *status = calloc(1, sizeof *status);
	json_t *document = NULL;

	if (status) {
		mca_engine_status(api->engine, status);
		document = json_pack(
			"{s:s, s:o, s:s, s:b, s:o, s:o, s:I, s:i, s:i, s:o, s:o, s:o, s:o}",
			"state", mca_engine_state_name(status->state),
			"reasons", reasons_of(status),
			"version", MCA_VERSION,
			"api_open", api->open,
			"uptime_s", mca_document_tenths((double)status->uptime_ms / 1000.0),
			"cpu_percent", mca_document_hundredths(status->cpu_percent),
			"xruns", (json_int_t)status->xruns,
			"sample_rate", (int)status->rate_hz,
			"blocksize", (int)status->block_frames,
			"config", config_of(api, status),
			"realtime", realtime_of(status),
			"device_map", each_channel(status, map_of),
			"channels", each_channel(status, channel_of));
	}
	free(status);
	mca_document_send(response, 200, document);
}
