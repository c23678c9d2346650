/* SPDX-License-Identifier: MIT */
#include <jansson.h>
#include <limits.h>
#include <stdio.h>

#include "command.h"
#include "mca/cli.h"
#include "target.h"

/* `ptt`: POST /ptt. Absolute, like the API: no toggle, so that a repeated command does no harm. */
struct ptt {
	unsigned channel;
	bool mute, unmute, open, close, json;
};

static int check(const struct mca_command *command, const struct ptt *ptt)
{
	if (ptt->mute && ptt->unmute)
		return mca_command_misused(command, "give --mute or --unmute, not both");
	if (ptt->open && ptt->close)
		return mca_command_misused(command, "give --open or --close, not both");
	if (!ptt->mute && !ptt->unmute && !ptt->open && !ptt->close)
		return mca_command_misused(command, "say what to change: --mute, --unmute, --open "
					   "or --close");
	return MCA_COMMAND_GO;
}

static json_t *request_body(const struct ptt *ptt)
{
	json_t *body = json_pack("{sI}", "channel", (json_int_t)ptt->channel);

	int bad = 0;

	if (ptt->mute || ptt->unmute)
		bad |= json_object_set_new(body, "mute", json_boolean(ptt->mute));
	if (ptt->open || ptt->close)
		bad |= json_object_set_new(body, "gate_open", json_boolean(ptt->open));
	if (!bad)
		return body;
	json_decref(body);
	return NULL;
}

/* The service answers with the state that it has now: of this channel, and as ordered. */
static int check_state(const struct mca_command *command, const struct mca_target *target,
		       const struct ptt *ptt, json_t *state)
{
	int channel = 0, mute = 0, gate_open = 0;
	int code = mca_target_expect(target, command, state, "{s:i, s:b, s:b}", "channel", "mute",
				     "gate_open");

	if (code != MCA_COMMAND_GO)
		return code;
	json_unpack(state, "{s:i, s:b, s:b}", "channel", &channel, "mute", &mute, "gate_open",
		    &gate_open);
	if (channel < 0 || (unsigned)channel != ptt->channel)
		return mca_command_failed(command, "the answer is about channel %d and not about "
					  "channel %u: is this the right port?", channel,
					  ptt->channel);
	if (((ptt->mute || ptt->unmute) && ptt->mute != (mute != 0)) ||
	    ((ptt->open || ptt->close) && ptt->open != (gate_open != 0)))
		return mca_command_failed(command, "channel %u is %smuted with its gate %s, which "
					  "is not what was ordered: another client changed it at "
					  "the same time, or this is not the right port",
					  ptt->channel, mute ? "" : "not ",
					  gate_open ? "open" : "closed");
	return MCA_COMMAND_GO;
}

static int print_state(unsigned channel, const json_t *state)
{
	bool mute = json_is_true(json_object_get(state, "mute"));
	bool gate_open = json_is_true(json_object_get(state, "gate_open"));

	printf("channel %u: %s, gate %s: audio %s\n", channel, mute ? "muted" : "not muted",
	       gate_open ? "open" : "closed", gate_open && !mute ? "passes" : "does not pass");
	return MCA_EXIT_OK;
}

static int run(const struct mca_command *command, const struct mca_target *target,
	       const struct ptt *ptt)
{
	json_t *state, *body = request_body(ptt);
	int code;

	if (!body)
		return mca_command_failed(command, "memory ran out while writing the request");
	code = mca_target_fetch(target, command, "POST", "/ptt", body, &state);
	if (code == MCA_COMMAND_GO)
		code = check_state(command, target, ptt, state);
	if (code == MCA_COMMAND_GO)
		code = ptt->json ? mca_target_print(command, state, JSON_INDENT(2)) :
		       print_state(ptt->channel, state);
	json_decref(state);
	return code;
}

static const char purpose[] =
	"Mutes or gates a channel: POST /ptt. Audio passes when the gate is open and the channel\n"
	"is not muted. What is not mentioned stays as it is.\n";
static const char examples[] =
	"  mission-control-audio ptt --channel 2 --mute\n"
	"  mission-control-audio ptt --channel 2 --unmute --open\n";

int mca_cli_ptt(int argc, char **argv)
{
	struct mca_target target = {0};
	struct ptt ptt = {0};
	const struct mca_option options[] = {
		{"channel", "N", MCA_OPTION_UNSIGNED, &ptt.channel, 1, INT_MAX,
		 "the logical channel", true},
		{"mute", NULL, MCA_OPTION_FLAG, &ptt.mute, 0, 0, "mute it", false},
		{"unmute", NULL, MCA_OPTION_FLAG, &ptt.unmute, 0, 0, "take the mute off", false},
		{"open", NULL, MCA_OPTION_FLAG, &ptt.open, 0, 0, "open its gate", false},
		{"close", NULL, MCA_OPTION_FLAG, &ptt.close, 0, 0, "close its gate", false},
		{"json", NULL, MCA_OPTION_FLAG, &ptt.json, 0, 0, "the new state as JSON", false},
		MCA_TARGET_OPTIONS(&target),
		MCA_TARGET_CONFIG_OPTION(&target),
		{0},
	};
	const struct mca_command command = {"ptt", "", purpose, examples, options, 0};
	int code = mca_command_parse(&command, argc, argv, NULL);

	if (code == MCA_COMMAND_GO)
		code = check(&command, &ptt);
	if (code == MCA_COMMAND_GO)
		code = mca_target_resolve(&target, &command);
	if (code == MCA_COMMAND_GO)
		code = run(&command, &target, &ptt);
	mca_target_done(&target);
	return code;
}
