/* SPDX-License-Identifier: MIT */
/*
 * POST /ptt: absolute state, never a toggle, so that a repeated or reordered request does no harm.
 * It is answered on the caller's own thread: talking must work while the control thread opens a
 * device.
 */
#include <errno.h>
#include <stdio.h>

#include "document.h"
#include "form.h"
#include "mca/engine.h"
#include "mca/talk.h"
#include "problem.h"
#include "room.h"

#define OUTCOME "no state was changed"
#define CHANNEL_MAX 2147483647

enum { CHANNEL, MUTE, GATE, FIELDS };

static int say_absent(unsigned channel, struct mca_faults *faults)
{
	char value[16];

	snprintf(value, sizeof value, "%u", channel);
	return mca_faults_say(faults, -EINVAL, "/channel", value, "there is no channel %u: GET "
			      "/status lists the channels", channel);
}

int mca_channel_check(struct mca_api *api, unsigned channel, struct mca_faults *faults)
{
	const struct mca_ptt_change nothing = { .channel = channel };
	struct mca_ptt_state state;

	if (mca_engine_ptt(api->engine, &nothing, "", &state) == 0)
		return 0;
	return say_absent(channel, faults);
}

/* Every fault at once: those of the form, nothing to change, no such channel. */
static int read_change(struct mca_api *api, const struct mca_api_request *request,
		       struct mca_ptt_change *change, struct mca_faults *faults)
{
	struct mca_form_field fields[FIELDS] = {
		[CHANNEL] = { .key = "channel", .type = MCA_FORM_INTEGER, .required = true,
			      .min = 1, .max = CHANNEL_MAX, .unit = "" },
		[MUTE] = { .key = "mute", .type = MCA_FORM_BOOL, .either = true },
		[GATE] = { .key = "gate_open", .type = MCA_FORM_BOOL, .either = true },
	};
	int code = mca_form_read(fields, FIELDS, request->body, request->body_length, faults);

	*change = (struct mca_ptt_change){
		.channel = (unsigned)fields[CHANNEL].number,
		.has_mute = fields[MUTE].given, .mute = fields[MUTE].truth,
		.has_gate_open = fields[GATE].given, .gate_open = fields[GATE].truth,
	};
	if ((!code || code == -EINVAL) && change->channel > 0 &&
	    mca_channel_check(api, change->channel, faults))
		code = -EINVAL;
	return code;
}

static int change_state(struct mca_api *api, const struct mca_api_request *request,
			struct mca_ptt_state *state, struct mca_faults *faults)
{
	struct mca_ptt_change change;
	char asker[MCA_ASKER_MAX];
	int code = read_change(api, request, &change, faults);

	if (!code)
		code = mca_engine_ptt(api->engine, &change, mca_asker(asker, request), state);
	/* The change is live; an answer also means that it survives the end of the process. */
	if (!code && api->talk)
		mca_talk_settle(api->talk);
	/* It was there a moment ago: a new configuration has taken it away. */
	return code == -ENOENT ? say_absent(change.channel, faults) : code;
}

void mca_ptt_post(struct mca_api *api, const struct mca_api_request *request,
		  struct mca_api_response *response)
{
	struct mca_faults faults = { 0 };
	struct mca_ptt_state state;
	int code;

	code = change_state(api, request, &state, &faults);
	if (code)
		mca_form_refuse(response, code, OUTCOME, &faults);
	else
		mca_document_send(response, 200, json_pack(
			"{s:I, s:b, s:b, s:b}", "channel", (json_int_t)state.channel, "mute",
			state.mute, "gate_open", state.gate_open, "passing", state.passing));
	mca_faults_done(&faults);
}
