/* SPDX-License-Identifier: MIT */
/* What changed between two documents, told as pointers. */
#include <math.h>

#include "document.h"
#include "mca/config_diff.h"
#include "random_settings.h"
#include "../support/check.h"

#define CHANNELS "\"1\": {\"input_device_id\": 1, \"output_device_id\": 1}, " \
		 "\"2\": {\"input_device_id\": \"sim:2\", \"output_device_id\": 2, " \
		 "\"dsp\": {\"comp\": {\"threshold_db\": -30}}}"

struct change {
	const char *before, *after;
	const char *pointers;      /* separated by spaces, in any order */
	bool stream_shape;
	const char *needs_restart; /* pointer, NULL = no */
};

static const struct change changes[] = {
	{ "{\"logical_channels\": {" CHANNELS "}}", "{\"logical_channels\": {" CHANNELS "}}", "",
	  false, NULL },
	/* Saying a default aloud is no change. */
	{ "{\"logical_channels\": {" CHANNELS "}}",
	  "{\"logical_channels\": {" CHANNELS "}, \"blocksize\": 512, \"http\": {\"port\": 8000},"
	  "\"realtime\": {}, \"simulation\": {\"cards\": {\"3\": {}}}}",
	  "", false, NULL },
	{ "{\"logical_channels\": {" CHANNELS "}}",
	  "{\"logical_channels\": {" CHANNELS "}, \"dsp\": {\"comp\": {\"threshold_db\": -19.5}}}",
	  "/dsp/comp/threshold_db", false, NULL },
	{ "{\"logical_channels\": {" CHANNELS "}}",
	  "{\"logical_channels\": {" CHANNELS "}, \"sample_rate\": 48000, \"blocksize\": 64}",
	  "/sample_rate /blocksize", true, NULL },
	{ "{\"logical_channels\": {" CHANNELS "}}",
	  "{\"logical_channels\": {" CHANNELS "}, \"channels\": 1}", "/channels", true, NULL },
	{ "{\"logical_channels\": {" CHANNELS "}}",
	  "{\"logical_channels\": {\"2\": {\"input_device_id\": \"sim:3\", \"output_device_id\": 2,"
	  "\"dsp\": {\"comp\": {\"threshold_db\": -31}}}, \"3\": {\"input_device_id\": 5,"
	  "\"output_device_id\": 6}}}",
	  "/logical_channels/1 /logical_channels/3 /logical_channels/2/input_device_id "
	  "/logical_channels/2/dsp/comp/threshold_db",
	  false, NULL },
	{ "{\"logical_channels\": {" CHANNELS "}}",
	  "{\"logical_channels\": {\"1\": {\"input_device_id\": \"sim:1\", \"output_device_id\": 1,"
	  "\"name\": \"x\", \"enabled\": false, \"ptt\": {\"mute\": true}, \"dsp\": "
	  "{\"ptt_ramp_ms\": 0}},"
	  "\"2\": {\"input_device_id\": \"sim:2\", \"output_device_id\": 2,"
	  "\"dsp\": {\"comp\": {\"threshold_db\": -30}}}}}",
	  "/logical_channels/1/input_device_id /logical_channels/1/name "
	  "/logical_channels/1/enabled "
	  "/logical_channels/1/ptt/mute /logical_channels/1/dsp/ptt_ramp_ms",
	  false, NULL },
	/* The global value moves to what channel 2 had by itself: nothing changes there. */
	{ "{\"logical_channels\": {" CHANNELS "}}",
	  "{\"logical_channels\": {" CHANNELS "}, \"dsp\": {\"comp\": {\"threshold_db\": -30}}}",
	  "/dsp/comp/threshold_db", false, NULL },
	{ "{\"logical_channels\": {" CHANNELS "}, \"http\": {\"port\": 1}}",
	  "{\"logical_channels\": {" CHANNELS "}}", "", false, NULL },
	{ "{\"logical_channels\": {" CHANNELS "}, \"http\": {\"port\": 1}}",
	  "{\"logical_channels\": {" CHANNELS "}, \"http\": {\"allowed_hosts\": [\"a\"]}}",
	  "/http/port /http/allowed_hosts", false, "/http/port" },
	{ "{\"logical_channels\": {" CHANNELS "}}",
	  "{\"logical_channels\": {" CHANNELS "}, \"realtime\": {\"cpus\": [3]}}", "/realtime/cpus",
	  false, "/realtime/cpus" },
	{ "{\"logical_channels\": {" CHANNELS "}}",
	  "{\"logical_channels\": {" CHANNELS "}, \"realtime\": {\"priority\": 9},"
	  "\"http\": {\"port\": 9}}", "/realtime/priority /http/port", false, "/http/port" },
	{ "{\"logical_channels\": {" CHANNELS "}, \"simulation\": {\"cards\": {\"8\": {"
	  "\"faults\": [{\"type\": \"xrun\"}]}}}}",
	  "{\"logical_channels\": {" CHANNELS "}, \"simulation\": {\"clock\": \"free\", \"cards\": "
	  "{\"8\": {\"faults\": [{\"type\": \"late\"}, {\"type\": \"stall\"}]}}}}",
	  "/simulation/clock /simulation/cards/8/faults/0/type /simulation/cards/8/faults/1", false,
	  "/simulation/clock" },
};

static bool lists(const struct mca_config_diff *diff, const char *pointer, size_t length)
{
	for (unsigned i = 0; i < diff->count; i++)
		if (strlen(diff->pointer[i]) == length &&
		    strncmp(diff->pointer[i], pointer, length) == 0)
			return true;
	return false;
}

static void check_change(const struct change *change, struct mca_config_diff *diff)
{
	struct document before = document_read(change->before);
	struct document after = document_read(change->after);
	unsigned wanted = 0;

	CHECK_INT(before.code, 0);
	CHECK_INT(after.code, 0);
	if (before.code == 0 && after.code == 0) {
		mca_config_compare(diff, before.settings, after.settings);
		for (const char *at = change->pointers; *at; at += strspn(at, " ")) {
			size_t length = strcspn(at, " ");

			CHECK(lists(diff, at, length));
			wanted++;
			at += length;
		}
		CHECK_INT(diff->count, wanted);
		CHECK_INT(diff->total, wanted);
		CHECK_INT(diff->stream_shape, change->stream_shape);
		CHECK_INT(diff->needs_restart, change->needs_restart != NULL);
		CHECK_STR(diff->needs_restart_pointer,
			  change->needs_restart ? change->needs_restart : "");
		for (unsigned i = 0; i < diff->count && diff->count != wanted; i++)
			printf("# %s\n", diff->pointer[i]);
	}
	document_done(&before);
	document_done(&after);
}

static void each_change_is_told_once(void)
{
	struct mca_config_diff *diff = malloc(sizeof(*diff));

	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++)
		check_change(&changes[i], diff);
	free(diff);
}

static void the_smallest_step_of_a_number_is_a_change(void)
{
	struct mca_settings *one = calloc(1, sizeof(*one)), *two = calloc(1, sizeof(*two));
	struct mca_config_diff *diff = malloc(sizeof(*diff));

	mca_settings_default(one);
	*two = *one;
	two->dsp.comp.ratio = nextafter(two->dsp.comp.ratio, 3);
	mca_config_compare(diff, one, two);
	CHECK_INT(diff->total, 1);
	CHECK_STR(diff->pointer[0], "/dsp/comp/ratio");
	one->dsp.comp.ratio = two->dsp.comp.ratio = INFINITY;
	mca_config_compare(diff, one, two);
	CHECK_INT(diff->total, 0);
	free(one);
	free(two);
	free(diff);
}

/* Any two settings: whole pointers, none twice, the list cut where it is full, both ways alike. */
static void random_pairs_are_compared_soundly(void)
{
	struct mca_settings *one = malloc(sizeof(*one)), *two = malloc(sizeof(*two));
	struct mca_config_diff *there = malloc(sizeof(*there)), *back = malloc(sizeof(*back));
	unsigned long long state = 7;
	bool cut = false;

	for (unsigned n = 0; n < 60; n++) {
		random_settings(one, &state);
		random_settings(two, &state);
		mca_config_compare(there, one, one);
		CHECK_INT(there->total, 0);
		one->http.given = one->realtime.given = one->simulation.given = true;
		two->http.given = two->realtime.given = two->simulation.given = true;
		mca_config_compare(there, one, two);
		mca_config_compare(back, two, one);
		CHECK_INT(there->total, back->total);
		CHECK_INT(there->count, there->total < MCA_DIFF_MAX ? there->total : MCA_DIFF_MAX);
		cut = cut || there->total > MCA_DIFF_MAX;
		for (unsigned i = 0; i < there->count; i++) {
			CHECK(there->pointer[i][0] == '/');
			for (unsigned k = 0; k < i; k++)
				CHECK(strcmp(there->pointer[i], there->pointer[k]) != 0);
		}
	}
	CHECK(cut);
	free(one);
	free(two);
	free(there);
	free(back);
}

/* The table's defaults are the cards' own; only a wire must name its card in a document. */
static void the_cards_of_the_table_are_the_simulated_ones(void)
{
	struct mca_settings *table = malloc(sizeof(*table)), *cards = malloc(sizeof(*cards));
	struct mca_config_diff *diff = malloc(sizeof(*diff));

	mca_settings_default(table);
	mca_settings_default(cards);
	mca_simrack_spec_default(&cards->simulation.rack);
	for (unsigned i = 0; i < MCA_SIM_CARDS; i++)
		cards->simulation.rack.card[i].source.wire_card = 0;
	cards->simulation.given = true;
	mca_config_compare(diff, table, cards);
	CHECK_INT(diff->total, 0);
	for (unsigned i = 0; i < diff->count; i++)
		printf("# %s\n", diff->pointer[i]);
	free(table);
	free(cards);
	free(diff);
}

int main(void)
{
	RUN(each_change_is_told_once);
	RUN(the_smallest_step_of_a_number_is_a_change);
	RUN(random_pairs_are_compared_soundly);
	RUN(the_cards_of_the_table_are_the_simulated_ones);
	return DONE();
}
