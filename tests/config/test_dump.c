/* SPDX-License-Identifier: MIT */
/* What is dumped says the same again, whatever the settings are. */
#include <math.h>

#include "document.h"
#include "mca/config_diff.h"
#include "random_settings.h"
#include "../support/check.h"

/* Dump, read back, compare, dump again. */
static bool survives(const struct mca_settings *settings, size_t *length)
{
	struct mca_config_diff *diff = malloc(sizeof(*diff));
	char *text = mca_config_dump(settings), *again = NULL;
	struct document document = document_read(text);
	bool same = document.code == 0;

	*length = strlen(text);
	if (same) {
		mca_config_compare(diff, settings, document.settings);
		again = mca_config_dump(document.settings);
		same = diff->total == 0 && strcmp(text, again) == 0 &&
		       settings->http.given == document.settings->http.given &&
		       settings->realtime.given == document.settings->realtime.given &&
		       settings->simulation.given == document.settings->simulation.given;
		for (unsigned i = 0; i < diff->count; i++)
			printf("# changed: %s\n", diff->pointer[i]);
	}
	if (!same)
		document_print(&document);
	free(again);
	free(text);
	free(diff);
	document_done(&document);
	return same;
}

static void the_example_survives(void)
{
	struct mca_settings *settings = malloc(sizeof(*settings));
	struct mca_faults faults = { 0 };
	size_t length;
	char *text;

	CHECK_INT(mca_config_load(EXAMPLE, settings, &faults), 0);
	CHECK(survives(settings, &length));
	text = mca_config_dump(settings);
	CHECK(strstr(text, "\"threshold_db\": -20.0") != NULL);
	CHECK(strstr(text, "\"http\"") == NULL && strstr(text, "\"simulation\"") == NULL);
	free(text);
	free(settings);
}

static void random_settings_survive(void)
{
	struct mca_settings *settings = malloc(sizeof(*settings));
	unsigned long long state = 20240607;
	unsigned i;
	size_t length;

	for (i = 0; i < 400; i++) {
		random_settings(settings, &state);
		if (!survives(settings, &length)) {
			CHECK(!"survived");
			printf("# draw %u, %zu bytes\n", i, length);
			break;
		}
	}
	free(settings);
}

/* 64 channels with long names and overrides: complete they would not fit. */
static void the_largest_settings_stay_within_the_limit(void)
{
	struct mca_settings *settings = malloc(sizeof(*settings));
	size_t length;
	char *text;

	mca_settings_default(settings);
	settings->channel_count = MCA_CHANNELS_MAX;
	for (unsigned i = 0; i < MCA_CHANNELS_MAX; i++) {
		struct mca_channel_settings *channel = &settings->channel[i];

		memset(channel, 0, sizeof(*channel));
		channel->id = 2147483000u + i;
		channel->enabled = channel->gate_open = true;
		channel->dsp = settings->dsp;
		channel->dsp.comp.ratio = INFINITY;
		channel->dsp.comp.enabled = channel->dsp.limiter.enabled = false;
		channel->dsp.comp.threshold_dbfs = channel->dsp.limiter.ceiling_dbfs = -12.25;
		channel->dsp.comp.attack_ms = channel->dsp.comp.release_ms = 33.125;
		channel->dsp.limiter.release_ms = channel->dsp.ptt_ramp_ms = 11.5;
		channel->dsp.comp.knee_db = channel->dsp.comp.makeup_db = 11.125;
		channel->dsp.limiter.lookahead_ms = 3.125;
		channel->dsp.true_peak = channel->mute = true;
		channel->input_lanes = channel->output_lanes =
			(struct mca_lane_pick){ 2, { MCA_LANE_MAX - 1, MCA_LANE_MAX } };
		memset(channel->name, '"', MCA_NAME_MAX - 1);
		memset(channel->input.name, 'x', MCA_DEVICE_MAX - 1);
		memcpy(channel->input.name, "serial:", 7);
		channel->input.name[MCA_DEVICE_MAX - 2] = (char)('0' + i % 10);
		channel->input.name[MCA_DEVICE_MAX - 3] = (char)('0' + i / 10);
		channel->output = channel->input;
	}
	settings->simulation.given = true;
	for (unsigned i = 0; i < MCA_SIM_CARDS; i++) {
		struct mca_sim_sink *sink = &settings->simulation.rack.card[i].sink;

		sink->kind = MCA_SIM_RECORD;
		memset(sink->path, '"', MCA_SIM_PATH - 1);
		sink->path[0] = (char)('0' + i);
	}
	CHECK(survives(settings, &length));
	CHECK(length <= MCA_CONFIG_BYTES_MAX);
	CHECK(length > MCA_CONFIG_BYTES_MAX * 3 / 4);
	text = mca_config_dump(settings);
	CHECK(strchr(text, ' ') == NULL); /* the terse form it was */
	free(text);
	free(settings);
}

static void a_dump_repeats_nothing_that_is_inherited(void)
{
	struct document document =
		document_read("{\"dsp\": {\"comp\": {\"ratio\": 4}}, \"logical_channels\": {"
			      "\"1\": {\"input_device_id\": 1, \"output_device_id\": 1,"
			      " \"dsp\": {\"comp\": {\"ratio\": 4, \"knee_db\": 6}}},"
			      "\"2\": {\"input_device_id\": 2, \"output_device_id\": 2, \"dsp\": "
			      "{\"limiter\": {}}}}}");
	char *text;

	CHECK_INT(document.code, 0);
	text = mca_config_dump(document.settings);
	CHECK(strstr(text, "\"comp\": {\"knee_db\": 6.0}\n      }") != NULL);
	CHECK(strstr(strstr(text, "\"2\": {"), "\"dsp\": {\n    \"gate\"") != NULL);
	free(text);
	document_done(&document);
}

int main(void)
{
	RUN(the_example_survives);
	RUN(random_settings_survive);
	RUN(the_largest_settings_stay_within_the_limit);
	RUN(a_dump_repeats_nothing_that_is_inherited);
	return DONE();
}
