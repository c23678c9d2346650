/* SPDX-License-Identifier: MIT */
#include <jansson.h>
#include <stdio.h>

#include "command.h"
#include "mca/cli.h"
#include "plain_text.h"
#include "table.h"
#include "target.h"

/* `status`: GET /status for people: what is wrong first, then one line a channel. */
static const char *text_at(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static double number_at(const json_t *object, const char *key)
{
	return json_number_value(json_object_get(object, key));
}

static void print_uptime(double seconds)
{
	unsigned long whole = seconds > 0 && seconds < 1e12 ? (unsigned long)seconds : 0;

	if (whole >= 86400)
		printf("%lu d ", whole / 86400);
	printf("%02lu:%02lu:%02lu", whole / 3600 % 24, whole / 60 % 60, whole % 60);
}

static void print_configuration(const json_t *config)
{
	const char *path = text_at(config, "path"), *fault = text_at(config, "last_error");

	mca_plain_print(stdout, "configuration  generation %.0f, from %s%s%s",
			number_at(config, "generation"), text_at(config, "source"),
			path[0] ? ", " : "", path);
	if (text_at(config, "note")[0])
		mca_plain_print(stdout, " (%s)", text_at(config, "note"));
	if (fault[0])
		mca_plain_print(stdout, "; last refused: %s", fault);
	putchar('\n');
}

static void print_rights(const json_t *realtime)
{
	bool ok = json_is_true(json_object_get(realtime, "ok"));
	bool locked = json_is_true(json_object_get(realtime, "memory_locked"));

	mca_plain_print(stdout, "real time      %s %.0f, memory %s%s%s",
			text_at(realtime, "policy"), number_at(realtime, "priority"),
			locked ? "locked" : "not locked", ok ? "" : ": ",
			ok ? "" : text_at(realtime, "detail"));
	putchar('\n');
}

/* What degrades the service as a whole, a line each. */
static void print_reasons(const json_t *reasons)
{
	size_t index;
	json_t *reason;

	json_array_foreach(reasons, index, reason) {
		mca_plain_print(stdout, "reason         %s",
				json_is_string(reason) ? json_string_value(reason) : "");
		putchar('\n');
	}
}

static void print_head(const json_t *status)
{
	mca_plain_print(stdout, "%s, version %s, up ", text_at(status, "state"),
			text_at(status, "version"));
	print_uptime(number_at(status, "uptime_s"));
	printf(", CPU %.1f %%, %.0f xruns\n", number_at(status, "cpu_percent"),
	       number_at(status, "xruns"));
	print_reasons(json_object_get(status, "reasons"));
	printf("audio          %.0f Hz, blocks of %.0f frames\n", number_at(status, "sample_rate"),
	       number_at(status, "blocksize"));
	print_configuration(json_object_get(status, "config"));
	print_rights(json_object_get(status, "realtime"));
}

static const char *device_of(const json_t *channel, const char *direction)
{
	const char *device = text_at(json_object_get(channel, direction), "device");

	return device[0] ? device : "-";
}

static void measured_cell(struct mca_table *table, const json_t *channel, const char *key)
{
	const json_t *value = json_object_get(channel, key);

	if (json_is_number(value))
		mca_table_cell(table, "%.1f", json_number_value(value));
	else
		mca_table_cell(table, "-");
}

/* What joins two clocks, and how well: "locked, +199.98 ppm, level +1". */
static void clock_cell(struct mca_table *table, const json_t *channel)
{
	const json_t *drift = json_object_get(channel, "drift_ppm");
	const json_t *level = json_object_get(channel, "level_frames");
	const char *clock = text_at(channel, "clock");
	char known[40] = "", off[40] = "";

	if (json_is_number(drift))
		snprintf(known, sizeof(known), ", %+.2f ppm", json_number_value(drift));
	if (json_is_number(level))
		snprintf(off, sizeof(off), ", level %+.0f", json_number_value(level) -
			 number_at(channel, "level_target_frames"));
	mca_table_cell(table, "%s%s%s", clock[0] ? clock : "-", known, off);
}

static const char *ptt_word(const json_t *channel)
{
	if (json_is_true(json_object_get(channel, "mute")))
		return "muted";
	return json_is_true(json_object_get(channel, "gate_open")) ? "open" : "closed";
}

static void channel_row(struct mca_table *table, const char *id, const json_t *channel)
{
	const json_t *xruns = json_object_get(channel, "xruns");

	mca_table_cell(table, "%s", id);
	mca_table_cell(table, "%s", text_at(channel, "name"));
	mca_table_cell(table, "%s", text_at(channel, "state"));
	mca_table_cell(table, "%s", device_of(channel, "input"));
	mca_table_cell(table, "%s", device_of(channel, "output"));
	measured_cell(table, channel, "latency_ms");
	mca_table_cell(table, "%.0f/%.0f", number_at(xruns, "capture"),
		       number_at(xruns, "playback"));
	clock_cell(table, channel);
	mca_table_cell(table, "%s", ptt_word(channel));
	mca_table_cell(table, "%s", text_at(channel, "reason"));
}

/* One line for each direction whose device is not as the engine is. */
static void print_adapted(const char *id, const json_t *channel, bool *first)
{
	static const char *const directions[] = { "input", "output" };

	for (int d = 0; d < 2; d++) {
		const char *adapted = text_at(json_object_get(channel, directions[d]), "adapted");

		if (!adapted[0])
			continue;
		printf("%s", *first ? "\nadapted        " : "               ");
		mca_plain_print(stdout, "%s %s: %s", id, directions[d], adapted);
		putchar('\n');
		*first = false;
	}
}

static int check_channel(const struct mca_command *command, const struct mca_target *target,
			 json_t *channel)
{
	return mca_target_expect(target, command, channel,
				 "{s:s, s:s, s:o, s:{s:o}, s:{s:o}, s:{s:I, s:I}, s:b, s:b}",
				 "name", "state", "reason", "input", "device", "output", "device",
				 "xruns", "capture", "playback", "mute", "gate_open");
}

/* What is printed as fact must be there; what may be null is looked at where it is printed. */
static int check_status(const struct mca_command *command, const struct mca_target *target,
			json_t *status)
{
	int code = mca_target_expect(target, command, status,
				     "{s:s, s:s, s:F, s:I, s:I, s:I, s:{s:I, s:s}, s:{s:s, s:I, "
				     "s:b, s:b}, s:{}}", "state", "version", "uptime_s", "xruns",
				     "sample_rate", "blocksize", "config", "generation", "source",
				     "realtime", "policy", "priority", "memory_locked", "ok",
				     "channels");
	const char *id;
	json_t *channel;

	if (code != MCA_COMMAND_GO)
		return code;
	json_object_foreach(json_object_get(status, "channels"), id, channel)
		if (code == MCA_COMMAND_GO)
			code = check_channel(command, target, channel);
	return code;
}

static int print_status(const struct mca_command *command, json_t *status)
{
	struct mca_table *table = mca_table_new(">CHANNEL|NAME|STATE|INPUT|OUTPUT|>LATENCY MS|"
						">XRUNS|CLOCK|PTT|REASON");
	const char *id;
	json_t *channel;
	bool first = true;
	int result;

	print_head(status);
	putchar('\n');
	json_object_foreach(json_object_get(status, "channels"), id, channel)
		channel_row(table, id, channel);
	result = mca_table_print(table, stdout);
	mca_table_free(table);
	json_object_foreach(json_object_get(status, "channels"), id, channel)
		print_adapted(id, channel, &first);
	return result < 0 ? mca_command_failed(command, "out of memory") : MCA_EXIT_OK;
}

static const char purpose[] = "Shows what the running service is doing: GET /status.\n";
static const char examples[] =
	"  mission-control-audio status\n"
	"  mission-control-audio status --json | jq .channels\n";

int mca_cli_status(int argc, char **argv)
{
	struct mca_target target = {0};
	bool json = false;
	const struct mca_option options[] = {
		{"json", NULL, MCA_OPTION_FLAG, &json, 0, 0, "the whole document as JSON", false},
		MCA_TARGET_OPTIONS(&target),
		MCA_TARGET_CONFIG_OPTION(&target),
		{0},
	};
	const struct mca_command command = {"status", "", purpose, examples, options, 0};
	json_t *status = NULL;
	int code = mca_command_parse(&command, argc, argv, NULL);

	if (code == MCA_COMMAND_GO)
		code = mca_target_resolve(&target, &command);
	if (code == MCA_COMMAND_GO)
		code = mca_target_fetch(&target, &command, "GET", "/status", NULL, &status);
	if (code == MCA_COMMAND_GO)
		code = check_status(&command, &target, status);
	if (code == MCA_COMMAND_GO)
		code = json ? mca_target_print(&command, status, JSON_INDENT(2)) :
		       print_status(&command, status);
	json_decref(status);
	mca_target_done(&target);
	return code;
}
