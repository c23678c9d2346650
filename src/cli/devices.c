/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "mca/cli.h"
#include "mca/diag.h"
#include "mca/pcm_list.h"
#include "mca/settings.h"
#include "mca/simcard.h"
#include "table.h"

/*
 * `devices`: every PCM, one line a direction, with everything a configuration needs: the id, the
 * name to write down instead of it, and what the device can do. Opens nothing that is in use. The
 * JSON is the document of GET /devices.
 */
static const char *const direction_name[2] = {"capture", "playback"};

static void range_text(char *text, size_t size, unsigned low, unsigned high)
{
	if (low == high)
		snprintf(text, size, "%u", low);
	else
		snprintf(text, size, "%u-%u", low, high);
}

static void range_cell(struct mca_table *table, bool known, unsigned low, unsigned high)
{
	char text[32];

	range_text(text, sizeof(text), low, high);
	mca_table_cell(table, "%s", known ? text : "?");
}

static const char *adapted_word(const struct mca_pcm_entry *entry, int d)
{
	if (!entry->known[d])
		return "?";
	if (!entry->usable[d])
		return "cannot be used";
	return entry->adapted[d][0] ? entry->adapted[d] : "nothing";
}

static void direction_row(struct mca_table *table, const struct mca_pcm_entry *entry, int d)
{
	const char *holder = entry->holder[d];

	mca_table_cell(table, "%u", entry->id);
	mca_table_cell(table, "%s", entry->device);
	mca_table_cell(table, "%s", direction_name[d]);
	range_cell(table, entry->known[d], entry->rate_min[d], entry->rate_max[d]);
	range_cell(table, entry->known[d], entry->lanes_min[d], entry->lanes_max[d]);
	range_cell(table, entry->known[d], entry->period_min[d], entry->period_max[d]);
	mca_table_cell(table, "%s", entry->known[d] ? entry->formats[d] : "?");
	mca_table_cell(table, "%s", adapted_word(entry, d));
	mca_table_cell(table, "%s%s%s", entry->busy[d] ? "busy" : "free",
		       entry->busy[d] && holder[0] ? ": " : "", entry->busy[d] ? holder : "");
	mca_table_cell(table, "%s", entry->name);
	mca_table_cell(table, "%s%s%s", entry->selector[0], entry->selector[1][0] ? " " : "",
		       entry->selector[1]);
}

static int print_table(const struct mca_command *command, const struct mca_pcm_list *list)
{
	struct mca_table *table = mca_table_new(">ID|DEVICE|DIRECTION|RATE HZ|CHANNELS|PERIOD|"
						"FORMATS|ADAPTED|STATE|NAME|STABLE SELECTOR");
	int result;

	for (size_t i = 0; i < list->count; i++)
		for (int d = 0; d < 2; d++)
			if (list->entry[i].can[d])
				direction_row(table, &list->entry[i], d);
	result = mca_table_print(table, stdout);
	mca_table_free(table);
	return result < 0 ? mca_command_failed(command, "out of memory") : MCA_EXIT_OK;
}

/* Names come from drivers: bytes that are not UTF-8 would make Jansson drop the whole document. */
static json_t *text_document(const char *text)
{
	char copy[MCA_PCM_NAME];
	json_t *string = json_string(text);

	if (string)
		return string;
	snprintf(copy, sizeof(copy), "%s", text);
	for (char *c = copy; *c; c++)
		if ((unsigned char)*c >= 0x80)
			*c = '?';
	return json_string(copy);
}

static json_t *text_or_null(const char *text)
{
	return text[0] ? text_document(text) : json_null();
}

static json_t *word_list(const char *words)
{
	json_t *array = json_array();
	size_t length;

	for (const char *at = words; *at; at += length + (at[length] == ' ')) {
		length = strcspn(at, " ");
		json_array_append_new(array, json_stringn(at, length));
	}
	return array;
}

static json_t *range_document(bool known, unsigned low, unsigned high)
{
	return known ? json_pack("[ii]", (int)low, (int)high) : json_null();
}

static json_t *direction_document(const struct mca_pcm_entry *entry, int d)
{
	bool known = entry->known[d];

	if (!entry->can[d])
		return json_null();
	return json_pack("{sb so so so so so so so}", "busy", entry->busy[d],
			 "holder", text_or_null(entry->holder[d]),
			 "rates", range_document(known, entry->rate_min[d], entry->rate_max[d]),
			 "channels", range_document(known, entry->lanes_min[d],
						    entry->lanes_max[d]),
			 "period_frames", range_document(known, entry->period_min[d],
							 entry->period_max[d]),
			 "formats", known ? word_list(entry->formats[d]) : json_null(),
			 "usable", known ? json_boolean(entry->usable[d]) : json_null(),
			 "adapted", text_or_null(entry->adapted[d]));
}

static json_t *entry_document(const struct mca_pcm_entry *entry)
{
	json_t *selectors = json_array();

	for (int i = 0; i < 2; i++)
		if (entry->selector[i][0])
			json_array_append_new(selectors, text_document(entry->selector[i]));
	return json_pack("{sI so so so so so so}", "id", (json_int_t)entry->id,
			 "device", text_document(entry->device),
			 "alias", text_or_null(entry->alias), "selectors", selectors,
			 "name", text_document(entry->name),
			 "input", direction_document(entry, MCA_CAPTURE),
			 "output", direction_document(entry, MCA_PLAYBACK));
}

static int print_json(const struct mca_command *command, const struct mca_pcm_list *list)
{
	json_t *devices = json_array();
	json_t *document = json_pack("{so}", "devices", devices);
	int failed = !document;

	for (size_t i = 0; i < list->count && !failed; i++)
		failed = json_array_append_new(devices, entry_document(&list->entry[i])) < 0;
	failed = failed || json_dumpf(document, stdout, JSON_INDENT(2)) < 0;
	putchar('\n');
	json_decref(document);
	return failed ? mca_command_failed(command, "out of memory") : MCA_EXIT_OK;
}

/* The cards as the engine of these settings sees them. */
static int list_devices(const struct mca_command *command, const struct mca_settings *settings,
			struct mca_simrack *rack, bool json)
{
	const struct mca_pcm_shape shape = { .rate_hz = settings->rate_hz,
					     .lanes = settings->lanes,
					     .block_frames = settings->block_frames };
	struct mca_pcm_list list;
	struct mca_diag diag;
	int code;

	if (mca_pcm_list_read(&list, rack, &shape, &diag) < 0)
		return mca_command_failed(command, "%s", diag.text);
	if (!list.count)
		fputs("no sound cards; try --simulate\n", stderr);
	code = (json ? print_json : print_table)(command, &list);
	mca_pcm_list_done(&list);
	return code;
}

/* Their files are left alone. */
static int list_simulated(const struct mca_command *command, struct mca_settings *settings,
			  bool json)
{
	struct mca_simrack *rack;
	struct mca_diag diag;
	int code;

	for (unsigned i = 0; i < MCA_SIM_CARDS; i++)
		settings->simulation.rack.card[i].sink.kind = MCA_SIM_DISCARD;
	code = mca_simrack_new(&rack, &settings->simulation.rack, false, &diag);
	if (code < 0)
		return mca_command_failed(command, "%s", diag.text);
	code = list_devices(command, settings, rack, json);
	mca_simrack_free(rack);
	return code;
}

static int load(const struct mca_command *command, const char *path,
		struct mca_settings **settings)
{
	if (path)
		return mca_command_load(command, path, settings);
	*settings = malloc(sizeof(**settings));
	if (!*settings)
		return mca_command_failed(command, "out of memory");
	mca_settings_default(*settings);
	return MCA_COMMAND_GO;
}

static const char purpose[] =
	"Lists every sound device with what it can do, one line a direction, and what would be\n"
	"adapted to the engine's rate, 16 bit and channels. Write the DEVICE or the STABLE\n"
	"SELECTOR into the configuration: ids can move after a reboot.\n";
static const char examples[] =
	"  mission-control-audio devices\n"
	"  mission-control-audio devices --simulate --json\n";

int mca_cli_devices(int argc, char **argv)
{
	struct mca_settings *settings = NULL;
	bool simulate = false, json = false;
	const char *config = NULL;
	const struct mca_option options[] = {
		{"simulate", NULL, MCA_OPTION_FLAG, &simulate, 0, 0,
		 "list the simulated cards instead", false},
		{"config", "FILE", MCA_OPTION_TEXT, &config, 0, 0,
		 "adapted to the engine of this configuration, not to 44100 Hz stereo", false},
		{"json", NULL, MCA_OPTION_FLAG, &json, 0, 0, "the list as JSON", false},
		{0},
	};
	const struct mca_command command = {"devices", "", purpose, examples, options, 0};
	int code = mca_command_parse(&command, argc, argv, NULL);

	if (code == MCA_COMMAND_GO)
		code = load(&command, config, &settings);
	if (code == MCA_COMMAND_GO)
		code = simulate ? list_simulated(&command, settings, json)
				: list_devices(&command, settings, NULL, json);
	free(settings);
	return code;
}
