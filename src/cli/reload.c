/* SPDX-License-Identifier: MIT */
#include <jansson.h>
#include <stdio.h>

#include "command.h"
#include "mca/cli.h"
#include "mca/diag.h"
#include "plain_text.h"
#include "target.h"

/*
 * `reload`: the service reads its configuration file again and answers when the new one is live or
 * refused, so the exit status is the outcome. That is what `systemctl reload` needs (--wait);
 * without it nobody is kept waiting for a slow device.
 */
#define SHORT_MS 2000
#define WAIT_MS 60000

static int print_result(const json_t *result)
{
	const json_t *channels = json_object_get(result, "restarted_channels");
	size_t changed = json_array_size(json_object_get(result, "changed")), i;
	const json_t *id;

	printf("generation %.0f is live: ",
	       json_number_value(json_object_get(result, "generation")));
	if (!changed)
		printf("nothing changed");
	else
		printf("%zu value%s changed", changed, changed == 1 ? "" : "s");
	json_array_foreach(channels, i, id)
		printf("%s %.0f", i ? "," : ", restarted channel", json_number_value(id));
	if (json_is_string(json_object_get(result, "note")))
		mca_plain_print(stdout, " (%s)",
				json_string_value(json_object_get(result, "note")));
	putchar('\n');
	return MCA_EXIT_OK;
}

/* The answer is the outcome; anything else must not pass for "live". */
static int check_result(const struct mca_command *command, const struct mca_target *target,
			json_t *result)
{
	int code = mca_target_expect(target, command, result, "{s:I, s:o, s:o}", "generation",
				     "changed", "restarted_channels");
	json_t *item;
	size_t i;

	if (code == MCA_COMMAND_GO)
		code = mca_target_expect(target, command, json_object_get(result, "changed"), "[]");
	if (code == MCA_COMMAND_GO)
		code = mca_target_expect(target, command,
					 json_object_get(result, "restarted_channels"), "[]");
	json_array_foreach(json_object_get(result, "restarted_channels"), i, item)
		if (code == MCA_COMMAND_GO)
			code = mca_target_expect(target, command, item, "i");
	return code;
}

static int end_silent(const struct mca_command *command, const struct mca_answer *answer, bool wait)
{
	if (wait)
		return mca_answer_fail(command, answer);
	fputs("the service is still reading it; use --wait for the outcome\n", stderr);
	return MCA_EXIT_OK;
}

static int run(const struct mca_command *command, const struct mca_target *target, bool wait,
	       bool json)
{
	struct mca_answer answer;
	int code;

	mca_target_ask(target, "POST", "/reload", NULL, wait ? WAIT_MS : SHORT_MS, &answer);
	switch (answer.kind) {
	case MCA_ANSWERED:
		code = check_result(command, target, answer.document);
		if (code == MCA_COMMAND_GO)
			code = json ? mca_target_print(command, answer.document, JSON_INDENT(2)) :
			       print_result(answer.document);
		break;
	case MCA_ANSWER_SILENT:
		code = end_silent(command, &answer, wait);
		break;
	default:
		code = mca_answer_fail(command, &answer);
		break;
	}
	mca_answer_done(&answer);
	return code;
}

static const char purpose[] =
	"Makes the running service read its configuration file again. A configuration with any\n"
	"fault is refused whole and the old one stays live.\n";
static const char examples[] =
	"  mission-control-audio reload --wait && echo live\n";

int mca_cli_reload(int argc, char **argv)
{
	struct mca_target target = {0};
	bool wait = false, json = false;
	const struct mca_option options[] = {
		{"wait", NULL, MCA_OPTION_FLAG, &wait, 0, 0,
		 "return 0 only when it is live, however long devices take (up to 60 s)", false},
		{"json", NULL, MCA_OPTION_FLAG, &json, 0, 0, "the outcome as JSON", false},
		MCA_TARGET_OPTIONS(&target),
		MCA_TARGET_CONFIG_OPTION(&target),
		{0},
	};
	const struct mca_command command = {"reload", "", purpose, examples, options, 0};
	int code = mca_command_parse(&command, argc, argv, NULL);

	if (code == MCA_COMMAND_GO)
		code = mca_target_resolve(&target, &command);
	if (code == MCA_COMMAND_GO)
		code = run(&command, &target, wait, json);
	mca_target_done(&target);
	return code;
}
