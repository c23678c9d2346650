/* SPDX-License-Identifier: MIT */
#include <jansson.h>
#include <stdio.h>
#include <unistd.h>

#include "command.h"
#include "interrupt.h"
#include "mca/cli.h"
#include "meter_view.h"
#include "table.h"
#include "target.h"

/*
 * `vu`: GET /vu once as a table, or with --follow again and again. The service counts meter windows
 * in `seq`; a window that was shown is not shown again, and asking twice as often as windows end
 * misses none.
 */
static double lane_at(const json_t *channel, const char *key, size_t lane)
{
	return json_number_value(json_array_get(json_object_get(channel, key), lane));
}

static void pair_cell(struct mca_table *table, const json_t *channel, const char *key)
{
	if (json_array_size(json_object_get(channel, key)) > 1)
		mca_table_cell(table, "%.1f %.1f", lane_at(channel, key, 0),
			       lane_at(channel, key, 1));
	else
		mca_table_cell(table, "%.1f", lane_at(channel, key, 0));
}

static int print_table(const struct mca_command *command, json_t *vu)
{
	struct mca_table *table = mca_table_new(">CHANNEL|>VU DBFS|>INPUT|>RMS|>PEAK|"
						">REDUCTION DB|>CLIPPED");
	const json_t *channels = json_object_get(vu, "channels");
	const char *id;
	json_t *level;
	int result;

	json_object_foreach(json_object_get(vu, "vu_dbfs"), id, level) {
		const json_t *channel = json_object_get(channels, id);

		mca_table_cell(table, "%s", id);
		mca_table_cell(table, "%.1f", json_number_value(level));
		pair_cell(table, channel, "input_rms_dbfs");
		pair_cell(table, channel, "rms_dbfs");
		pair_cell(table, channel, "peak_dbfs");
		mca_table_cell(table, "%.1f", json_number_value(
			       json_object_get(channel, "gain_reduction_db")));
		mca_table_cell(table, "%lld",
			       (long long)json_integer_value(json_object_get(channel, "clipped")));
	}
	result = mca_table_print(table, stdout);
	mca_table_free(table);
	return result < 0 ? mca_command_failed(command, "out of memory") : MCA_EXIT_OK;
}

static int show_once(const struct mca_command *command, const struct mca_target *target, bool json)
{
	json_t *vu;
	int code = mca_target_fetch(target, command, "GET", "/vu", NULL, &vu);

	if (code != MCA_COMMAND_GO)
		return code;
	code = json ? mca_target_print(command, vu, JSON_INDENT(2)) : print_table(command, vu);
	json_decref(vu);
	return code;
}

/* One look; draws when the window is a new one. How long to wait until the next look, in
 * *wait_ms. */
static int follow_once(const struct mca_command *command, const struct mca_target *target,
		       struct mca_meter_view *view, json_int_t *seen, int *wait_ms)
{
	json_int_t seq, interval;
	json_t *vu;
	int code = mca_target_fetch(target, command, "GET", "/vu", NULL, &vu);

	if (code != MCA_COMMAND_GO)
		return code;
	seq = json_integer_value(json_object_get(vu, "seq"));
	interval = json_integer_value(json_object_get(vu, "interval_ms"));
	*wait_ms = interval >= 20 && interval <= 2000 ? (int)(interval / 2) : 50;
	if (seq != *seen) {
		*seen = seq;
		if (view)
			mca_meter_view_draw(view, vu);
		else
			code = mca_target_print(command, vu, JSON_COMPACT);
	}
	json_decref(vu);
	return code == MCA_EXIT_FAILURE ? code : MCA_COMMAND_GO;
}

static int follow(const struct mca_command *command, const struct mca_target *target, bool json)
{
	int interrupt = mca_interrupt_open(), wait_ms = 0, code = MCA_COMMAND_GO;
	struct mca_meter_view view = {0};
	json_int_t seen = -1;

	if (interrupt < 0)
		return mca_command_failed(command, "cannot watch for Ctrl-C");
	if (!json)
		mca_meter_view_init(&view);
	while (code == MCA_COMMAND_GO && !mca_interrupt_wait(interrupt, wait_ms))
		code = follow_once(command, target, json ? NULL : &view, &seen, &wait_ms);
	mca_meter_view_done(&view);
	close(interrupt);
	return code == MCA_COMMAND_GO ? MCA_EXIT_OK : code;
}

static const char purpose[] =
	"Shows the level that leaves each channel: GET /vu. With --follow as live bars on a\n"
	"terminal, or as one line per update elsewhere, until Ctrl-C.\n";
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
		code = (again ? follow : show_once)(&command, &target, json);
	mca_target_done(&target);
	return code;
}
