/* SPDX-License-Identifier: MIT */
#include <jansson.h>
#include <stdio.h>

#include "command.h"
#include "mca/cli.h"
#include "mca/diag.h"
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
	putchar('\n');
	return MCA_EXIT_OK;
}

static int run(const struct mca_command *command, const struct mca_target *target, bool wait,
	       bool json)
{
	struct mca_diag why = {0};
	json_t *result = NULL;
	int code;

	switch (mca_target_ask(target, command, "POST", "/reload", NULL,
			       wait ? WAIT_MS : SHORT_MS, &result, &why)) {
	case MCA_TARGET_ANSWERED:
		code = json ? mca_target_print(command, result, JSON_INDENT(2)) :
		       print_result(result);
		json_decref(result);
		return code;
	case MCA_TARGET_SILENT:
		if (!wait) {
			fputs("the service is still at it; use --wait for the outcome\n", stderr);
			return MCA_EXIT_OK;
		}
		return mca_command_failed(command, "%s", why.text);
	case MCA_TARGET_ABSENT:
		return mca_command_failed(command, "%s", why.text);
	case MCA_TARGET_REFUSED:
	case MCA_TARGET_BROKEN:
		break;
	}
	return MCA_EXIT_FAILURE;
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
