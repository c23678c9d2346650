/* SPDX-License-Identifier: MIT */
/*
 * GET /vu: the last meter window of every channel. Levels carry one decimal: meters are read by
 * eye, and a tenth of a dB is finer than the eye.
 */
#include <stdio.h>

#include "document.h"
#include "mca/engine.h"
#include "room.h"

#define METER_INTERVAL_MS 100

static json_t *lanes_of(const double *dbfs, unsigned lanes)
{
	json_t *list = json_array();

	for (unsigned i = 0; list && i < lanes; i++)
		if (json_array_append_new(list, mca_document_tenths(dbfs[i]))) {
			json_decref(list);
			return NULL;
		}
	return list;
}

static json_t *channel_of(const struct mca_levels *levels)
{
	unsigned lanes = levels->lanes ? levels->lanes : MCA_LANES_MAX;

	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:I}",
			 "rms_dbfs", lanes_of(levels->rms_dbfs, lanes),
			 "peak_dbfs", lanes_of(levels->peak_dbfs, lanes),
			 "true_peak_dbtp", levels->true_peak_known
				? lanes_of(levels->true_peak_dbtp, lanes) : json_null(),
			 "gain_reduction_db", mca_document_tenths(levels->gain_reduction_db),
			 "input_rms_dbfs", lanes_of(levels->input_rms_dbfs, lanes),
			 "input_peak_dbfs", lanes_of(levels->input_peak_dbfs, lanes),
			 "input_clipped", (json_int_t)levels->input_clipped,
			 "clipped", (json_int_t)levels->clipped);
}

static int put_channels(json_t *vu, json_t *channels, const struct mca_channel_levels *levels,
			unsigned count)
{
	char key[16];
	int bad = 0;

	for (unsigned i = 0; i < count && !bad; i++) {
		snprintf(key, sizeof key, "%u", levels[i].id);
		bad |= mca_document_put(vu, key, mca_document_tenths(levels[i].levels.vu_dbfs));
		bad |= mca_document_put(channels, key, channel_of(&levels[i].levels));
	}
	return bad;
}

void mca_vu_get(struct mca_api *api, const struct mca_api_request *request,
		struct mca_api_response *response)
{
	struct mca_channel_levels levels[MCA_CHANNELS_MAX]; /* 7 KiB of a worker's 100 */
	uint64_t sequence = 0;
	unsigned count = mca_engine_levels(api->engine, levels, &sequence);
	json_t *vu = json_object(), *channels = json_object(), *document;

	if (!vu || !channels || put_channels(vu, channels, levels, count)) {
		json_decref(vu);
		json_decref(channels);
		mca_document_send(response, 500, NULL);
		return;
	}
	document = json_pack("{s:i, s:I, s:o, s:o}", "interval_ms", METER_INTERVAL_MS, "seq",
			     (json_int_t)sequence, "vu_dbfs", vu, "channels", channels);
	mca_document_send(response, 200, document);
}
