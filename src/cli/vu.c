/* SPDX-License-Identifier: MIT */
#include <jansson.h>
#include <stdio.h>

#include "command.h"
#include "mca/cli.h"
#include "table.h"
#include "target.h"
#include "vu_follow.h"

/* `vu`: GET /vu once as a table. With --follow, vu_follow.c takes over. */
int mca_vu_check(const struct mca_command *command, const struct mca_target *target,
		 json_t *vu)
{
	int code = mca_target_expect(target, command, vu, "{s:I, s:I, s:{}, s:{}}", "interval_ms",
				     "seq", "vu_dbfs", "channels");
	const json_t *channels = json_object_get(vu, "channels");
	const char *id;
	json_t *level;

	if (code != MCA_COMMAND_GO)
		return code;
	json_object_foreach(json_object_get(vu, "vu_dbfs"), id, level) {
		json_t *channel = json_object_get(channels, id);

		if (code == MCA_COMMAND_GO)
			code = mca_target_expect(target, command, level, "F");
		if (code == MCA_COMMAND_GO)
			code = mca_target_expect(target, command, channel,
						 "{s:o, s:o, s:o, s:o, s:o}", "rms_dbfs",
						 "peak_dbfs", "gain_reduction_db",
						 "input_rms_dbfs", "clipped");
	}
	return code;
}

/* What is not measured is null. */
static void level_text(char text[16], const json_t *level)
{
	if (json_is_number(level))
		snprintf(text, 16, "%.1f", json_number_value(level));
	else
		snprintf(text, 16, "-");
}

static void pair_cell(struct mca_table *table, const json_t *channel, const char *key)
{
	const json_t *lanes = json_object_get(channel, key);
	char left[16], right[16];

	level_text(left, json_array_get(lanes, 0));
	level_text(right, json_array_get(lanes, 1));
	if (json_array_size(lanes) > 1)
		mca_table_cell(table, "%s %s", left, right);
	else
		mca_table_cell(table, "%s", left);
}

static int print_table(const struct mca_command *command, json_t *vu)
{
	struct mca_table *table = mca_table_new(">CHANNEL|>VU DBFS|>INPUT|>RMS|>PEAK|"
						">REDUCTION DB|>CLIPPED");
	const json_t *channels = json_object_get(vu, "channels");
	const char *id;
	char text[16];
	json_t *level;
	int result;

	json_object_foreach(json_object_get(vu, "vu_dbfs"), id, level) {
		const json_t *channel = json_object_get(channels, id);

		mca_table_cell(table, "%s", id);
		mca_table_cell(table, "%.1f", json_number_value(level));
		pair_cell(table, channel, "input_rms_dbfs");
		pair_cell(table, channel, "rms_dbfs");
		pair_cell(table, channel, "peak_dbfs");
		level_text(text, json_object_get(channel, "gain_reduction_db"));
		mca_table_cell(table, "%s", text);
		mca_table_cell(table, "%lld",
			       (long long)json_integer_value(json_object_get(channel, "clipped")));
	}
	result = mca_table_print(table, stdout);
	mca_table_free(table);
	return result < 0 ? mca_command_failed(command, "out of memory") : MCA_EXIT_OK;
}

static int show_once(const struct mca_command *command, struct mca_target *target, bool json)
{
	json_t *vu;
	int code = mca_target_fetch(target, command, "GET", "/vu", NULL, &vu);

	if (code == MCA_COMMAND_GO)
		code = mca_vu_check(command, target, vu);
	if (code == MCA_COMMAND_GO)
		code = json ? mca_target_print(command, vu, JSON_INDENT(2)) :
		       print_table(command, vu);
	json_decref(vu);
	return code;
}

static const char purpose[] =
	"Shows the level that leaves each channel: GET /vu. With --follow as live bars on a\n"
	"terminal, or as one line per update elsewhere, until Ctrl-C. If the service goes away,\n"
	"--follow says so and connects again as soon as it is back.\n";
static const char examples[] =
	"  mission-control-audio vu\n"
	"  mission-control-audio vu --follow\n"
	"  mission-control-audio vu --follow --json | jq -c .vu_dbfs\n";

int mca_cli_vu(int argc, char **argv)
{
	struct mca_target target = {0};
	bool again = false, json = false;
	const struct mca_option options[] = {
		{"follow", NULL, MCA_OPTION_FLAG, &again, 0, 0, "go on until Ctrl-C", false},
		{"json", NULL, MCA_OPTION_FLAG, &json, 0, 0,
		 "as JSON; with --follow one document a line", false},
		MCA_TARGET_OPTIONS(&target),
		MCA_TARGET_CONFIG_OPTION(&target),
		{0},
	};
	const struct mca_command command = {"vu", "", purpose, examples, options, 0};
	int code = mca_command_parse(&command, argc, argv, NULL);

	if (code == MCA_COMMAND_GO)
		code = mca_target_resolve(&target, &command);
	if (code == MCA_COMMAND_GO)
		code = (again ? mca_vu_follow : show_once)(&command, &target, json);
	mca_target_done(&target);
	return code;
}
