/* SPDX-License-Identifier: MIT */
/*
 * POST /ptt: absolute state, never a toggle, so that a repeated or reordered request does no harm. It is
 * answered on the caller's own thread: talking must work while the control thread opens a device.
 */
#include <errno.h>
#include <stdio.h>

#include "document.h"
#include "form.h"
#include "mca/engine.h"
#include "problem.h"
#include "query.h"
#include "room.h"

#define OUTCOME "no state was changed"
#define CHANNEL_MAX 2147483647

enum { CHANNEL, MUTE, GATE, FIELDS };

static int read_change(const struct mca_api_request *request, struct mca_ptt_change *change,
		       struct mca_faults *faults)
{
	struct mca_form_field fields[FIELDS] = {
		[CHANNEL] = { .key = "channel", .type = MCA_FORM_INTEGER, .required = true,
			      .min = 1, .max = CHANNEL_MAX, .unit = "" },
		[MUTE] = { .key = "mute", .type = MCA_FORM_BOOL },
		[GATE] = { .key = "gate_open", .type = MCA_FORM_BOOL },
	};
	int code = mca_form_read(fields, FIELDS, request->body, request->body_length, faults);

	if (code != -EBADMSG && !fields[MUTE].given && !fields[GATE].given)
		code = mca_faults_say(faults, -EINVAL, "", NULL,
				      "nothing to change: give mute, gate_open or both");
	*change = (struct mca_ptt_change){
		.channel = (unsigned)fields[CHANNEL].number,
		.has_mute = fields[MUTE].given, .mute = fields[MUTE].truth,
		.has_gate_open = fields[GATE].given, .gate_open = fields[GATE].truth,
	};
	return code;
}

static int change_state(struct mca_api *api, const struct mca_api_request *request,
			struct mca_ptt_state *state, struct mca_faults *faults)
{
	struct mca_ptt_change change;
	char asker[MCA_ASKER_MAX], value[16];
	int code = read_change(request, &change, faults);

	if (code)
		return code;
	code = mca_engine_ptt(api->engine, &change, mca_asker(asker, request), state);
	if (code == -ENOENT) {
		snprintf(value, sizeof value, "%u", change.channel);
		code = mca_faults_say(faults, -EINVAL, "/channel", value, "there is no channel %u: "
				      "GET /status lists the channels", change.channel);
	}
	return code;
}

void mca_ptt_post(struct mca_api *api, const struct mca_api_request *request,
		  struct mca_api_response *response)
{
	struct mca_faults faults = { 0 };
	struct mca_ptt_state state;
	char detail[160];
	int code;

	if (mca_query_read(request->query, NULL, 0, detail, sizeof detail)) {
		mca_api_problem(response, 400, detail);
		return;
	}
	code = change_state(api, request, &state, &faults);
	if (code)
		mca_form_refuse(response, code, OUTCOME, &faults);
	else
		mca_document_send(response, 200, json_pack(
			"{s:I, s:b, s:b, s:b}", "channel", (json_int_t)state.channel, "mute",
			state.mute, "gate_open", state.gate_open, "passing", state.passing));
	mca_faults_done(&faults);
}
