/* SPDX-License-Identifier: MIT */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "command.h"
#include "mca/cli.h"
#include "mca/config.h"
#include "mca/diag.h"
#include "mca/engine_check.h"

/*
 * `check-config`: the validation of `run --check`, reload and POST /config: one parser, one table
 * of ranges, one plan that finds the devices. Every fault is listed at once.
 */
static json_t *fault_list(const struct mca_faults *faults)
{
	json_t *list = json_array();

	for (size_t i = 0; i < faults->count; i++) {
		const struct mca_diag *fault = &faults->list[i];
		json_t *entry = json_pack("{ss ss}", "pointer", fault->pointer,
					  "detail", fault->text);

		if (fault->line)
			json_object_set_new(entry, "line", json_integer(fault->line));
		if (fault->value[0])
			json_object_set_new(entry, "value", json_string(fault->value));
		json_array_append_new(list, entry);
	}
	return list;
}

static int print_json(const char *path, bool ok, unsigned channels,
		      const struct mca_faults *faults, const struct mca_faults *warnings)
{
	json_t *report = json_pack("{ss sb sI so so}", "file", path, "ok", ok,
				   "channels", (json_int_t)channels, "errors", fault_list(faults),
				   "warnings", fault_list(warnings));
	int failed = !report || json_dumpf(report, stdout, JSON_INDENT(2)) < 0;

	putchar('\n');
	json_decref(report);
	return ok && !failed ? MCA_EXIT_OK : MCA_EXIT_FAILURE;
}

static int print_plain(const char *path, bool ok, unsigned channels,
		       const struct mca_faults *faults, const struct mca_faults *warnings)
{
	if (!ok)
		return mca_command_refused(path, faults);
	for (size_t i = 0; i < warnings->count; i++)
		fprintf(stderr, "%s: %s%swarning: %s\n", path, warnings->list[i].pointer,
			warnings->list[i].pointer[0] ? ": " : "", warnings->list[i].text);
	printf("%s: ok, %u channel%s\n", path, channels, channels == 1 ? "" : "s");
	return MCA_EXIT_OK;
}

static const char purpose[] =
	"Validates a configuration exactly as the service does and lists every fault with its\n"
	"line, its JSON pointer and the allowed range, and every device that this machine does\n"
	"not have. Opens no device. With --simulate integer device ids mean the simulated cards,\n"
	"so that a file can be checked without a sound card.\n";
static const char examples[] =
	"  mission-control-audio check-config /etc/mission-control-audio/config.json\n"
	"  mission-control-audio check-config --simulate --json config.json\n"
	"  mission-control-audio check-config --reference\n";

static int check(const struct mca_command *command, const char *path, bool simulate, bool json)
{
	struct mca_faults faults = {0}, warnings = {0};
	struct mca_settings *settings = calloc(1, sizeof(*settings));
	bool ok;
	int code;

	if (!settings)
		return mca_command_failed(command, "out of memory");
	ok = mca_config_load(path, settings, &faults) == 0 &&
	     mca_engine_check(settings, NULL, simulate, NULL, &faults) == 0;
	if (ok) {
		mca_config_warn(settings, simulate, &warnings);
		mca_config_warn_access(settings, &warnings);
	}
	mca_config_find_lines_of(path, &faults);
	code = (json ? print_json : print_plain)(path, ok, settings->channel_count, &faults,
						 &warnings);
	if (faults.lost || warnings.lost)
		code = mca_command_failed(command, "memory ran out while listing the faults: the "
					  "list is not complete");
	mca_faults_done(&faults);
	mca_faults_done(&warnings);
	free(settings);
	return code;
}

int mca_cli_check_config(int argc, char **argv)
{
	bool json = false, reference = false, simulate = false;
	const struct mca_option options[] = {
		{"simulate", NULL, MCA_OPTION_FLAG, &simulate, 0, 0,
		 "integer device ids mean the simulated cards", false},
		{"json", NULL, MCA_OPTION_FLAG, &json, 0, 0, "the report as JSON on stdout", false},
		{"reference", NULL, MCA_OPTION_FLAG, &reference, 0, 0,
		 "no check: print every key with its range, default and meaning", false},
		{0},
	};
	const struct mca_command command = {"check-config", "FILE", purpose, examples, options, -1};
	char **operands;
	int code = mca_command_parse(&command, argc, argv, &operands);

	if (code != MCA_COMMAND_GO)
		return code;
	if (reference && !simulate && !operands[0]) {
		mca_config_reference(stdout);
		return MCA_EXIT_OK;
	}
	if (reference || !operands[0] || operands[1])
		return mca_command_misused(&command, "give one FILE, or --reference alone");
	return check(&command, operands[0], simulate, json);
}
