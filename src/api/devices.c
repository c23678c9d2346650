/* SPDX-License-Identifier: MIT */
/*
 * GET /devices: every PCM, what it can do, what the engine would adapt, and who holds it. What
 * could not be read because the device is busy is null.
 */
#include <errno.h>
#include <stdlib.h>

#include "document.h"
#include "mca/engine.h"
#include "mca/pcm_list.h"
#include "problem.h"
#include "room.h"

static json_t *range_of(bool known, unsigned low, unsigned high)
{
	return known ? json_pack("[i, i]", (int)low, (int)high) : json_null();
}

/* "S16_LE S24_3LE" -> ["S16_LE", "S24_3LE"] */
static json_t *words_of(const char *text)
{
	json_t *list = json_array();
	size_t length;

	for (; list && *text; text += length + (text[length] == ' ')) {
		for (length = 0; text[length] && text[length] != ' '; length++)
			;
		if (length > 0 && json_array_append_new(list, json_stringn(text, length))) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static json_t *direction_of(const struct mca_pcm_entry *entry, enum mca_pcm_direction d)
{
	bool known = entry->known[d];

	if (!entry->can[d])
		return json_null();
	return json_pack("{s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
			 "busy", entry->busy[d],
			 "holder", mca_document_text_or_null(entry->holder[d]),
			 "rates", range_of(known, entry->rate_min[d], entry->rate_max[d]),
			 "channels", range_of(known, entry->lanes_min[d], entry->lanes_max[d]),
			 "period_frames",
			 range_of(known, entry->period_min[d], entry->period_max[d]),
			 "formats", known ? words_of(entry->formats[d]) : json_null(),
			 "usable", known ? json_boolean(entry->usable[d]) : json_null(),
			 "adapted", mca_document_text_or_null(entry->adapted[d]));
}

static json_t *selectors_of(const struct mca_pcm_entry *entry)
{
	json_t *list = json_array();

	for (unsigned i = 0; list && i < 2; i++)
		if (entry->selector[i][0] &&
		    json_array_append_new(list, mca_document_text(entry->selector[i]))) {
			json_decref(list);
			return NULL;
		}
	return list;
}

static json_t *entry_of(const struct mca_pcm_entry *entry)
{
	return json_pack("{s:i, s:o, s:o, s:o, s:o, s:o, s:o}",
			 "id", (int)entry->id,
			 "device", mca_document_text(entry->device),
			 "alias", mca_document_text_or_null(entry->alias),
			 "selectors", selectors_of(entry),
			 "name", mca_document_text(entry->name),
			 "input", direction_of(entry, MCA_CAPTURE),
			 "output", direction_of(entry, MCA_PLAYBACK));
}

void mca_devices_get(struct mca_api *api, const struct mca_api_request *request,
		     struct mca_api_response *response)
{
	struct mca_pcm_list list = { 0 };
	struct mca_diag diag = { 0 };
	json_t *devices;
	int r = mca_engine_devices(api->engine, api->rack != NULL, &list, &diag);

	if (r < 0) {
		mca_api_problem(response, r == -ETIMEDOUT || r == -ESHUTDOWN ? 503 : 500,
				diag.text);
		return;
	}
	devices = json_array();
	for (size_t i = 0; devices && i < list.count; i++)
		if (json_array_append_new(devices, entry_of(&list.entry[i]))) {
			json_decref(devices);
			devices = NULL;
		}
	mca_pcm_list_done(&list);
	mca_document_send(response, 200, devices ? json_pack("{s:o}", "devices", devices) : NULL);
}
