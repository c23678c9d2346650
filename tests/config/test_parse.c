/* SPDX-License-Identifier: MIT */
/* What good documents mean, and what is worth a warning. */
#include <errno.h>
#include <math.h>

#include "document.h"
#include "../support/check.h"

#define CHANNEL_1 "\"logical_channels\": {\"1\": {\"input_device_id\": 1, \"output_device_id\": 2}}"

static void the_example_means_what_it_says(void)
{
	struct mca_settings *settings = calloc(1, sizeof(*settings));
	struct mca_faults faults = { 0 };
	static const unsigned in[] = { 1, 2, 5, 7 }, out[] = { 3, 4, 6, 8 };

	CHECK_INT(mca_config_load(EXAMPLE, settings, &faults), 0);
	CHECK_INT(faults.count, 0);
	CHECK_INT(settings->rate_hz, 44100);
	CHECK_INT(settings->lanes, 2);
	CHECK_INT(settings->block_frames, 512);
	CHECK_INT(settings->channel_count, 4);
	for (unsigned i = 0; i < settings->channel_count; i++) {
		const struct mca_channel_settings *channel = &settings->channel[i];
		char name[32];

		snprintf(name, sizeof(name), "Channel %u", i + 1);
		CHECK_INT(channel->id, i + 1);
		CHECK_STR(channel->name, name);
		CHECK_INT(channel->input.id, in[i]);
		CHECK_INT(channel->output.id, out[i]);
		CHECK(channel->enabled && channel->gate_open && !channel->mute);
		CHECK(channel->dsp.comp.threshold_dbfs == -20 && channel->dsp.rate_hz == 44100 &&
		      channel->dsp.lanes == 2);
	}
	CHECK(settings->dsp.comp.ratio == 2 && settings->dsp.comp.attack_ms == 10 &&
	      settings->dsp.comp.release_ms == 100);
	CHECK(settings->dsp.limiter.ceiling_dbfs == -3 && settings->dsp.limiter.release_ms == 8);
	CHECK(!settings->http.given && !settings->realtime.given && !settings->simulation.given);
	free(settings);
}

static void what_is_left_out_has_its_default(void)
{
	struct document document = document_read("{" CHANNEL_1 "}");
	struct mca_settings *settings = document.settings;

	CHECK_INT(document.code, 0);
	CHECK_INT(settings->rate_hz, 44100);
	CHECK_INT(settings->lanes, 2);
	CHECK_INT(settings->block_frames, 512);
	CHECK(settings->dsp.comp.enabled && settings->dsp.limiter.enabled);
	CHECK(settings->dsp.comp.knee_db == 0 && settings->dsp.comp.makeup_db == 0 &&
	      settings->dsp.ptt_ramp_ms == 5);
	CHECK_STR(settings->http.bind, "127.0.0.1");
	CHECK_INT(settings->http.port, 8000);
	CHECK_INT(settings->http.threads, 256);
	CHECK_STR(settings->http.token_file, "");
	CHECK_INT(settings->realtime.priority, 70);
	CHECK(settings->realtime.cpus == 0);
	CHECK_INT(settings->simulation.rack.card[7].source.kind, MCA_SIM_SPEECH);
	CHECK(settings->simulation.rack.card[7].source.level_dbfs == -20);
	document_done(&document);
}

static void channels_stand_in_ascending_order(void)
{
	struct document document = document_read(
		"{\"logical_channels\": {"
		"\"30\": {\"input_device_id\": 5, \"output_device_id\": 5},"
		"\"4\": {\"input_device_id\": \"hw:CARD=Console,DEV=0\", \"output_device_id\": 7},"
		"\"2147483647\": {\"input_device_id\": 6, \"output_device_id\": \"sim:3\"}}}");
	const struct mca_settings *settings = document.settings;

	CHECK_INT(document.code, 0);
	CHECK_INT(settings->channel_count, 3);
	CHECK_INT(settings->channel[0].id, 4);
	CHECK_INT(settings->channel[1].id, 30);
	CHECK_INT(settings->channel[2].id, 2147483647);
	CHECK_STR(settings->channel[0].input.name, "hw:CARD=Console,DEV=0");
	CHECK_INT(settings->channel[0].input.id, 0);
	CHECK(mca_settings_channel(settings, 30) == &settings->channel[1]);
	CHECK(mca_settings_channel(settings, 5) == NULL);
	document_done(&document);
}

/* Settings hold what was parsed of a name, in one form, whatever was written. */
static void device_names_are_kept_in_canonical_form(void)
{
	struct document document = document_read(
		"{\"logical_channels\": {"
		"\"1\": {\"input_device_id\": \"hw:1\", \"output_device_id\": \"hw:Card,2,3\"},"
		"\"2\": {\"input_device_id\": \"hw:DEV=1,CARD=X\","
		"\"output_device_id\": \"path:pci-1,0\"}}}");
	const struct mca_channel_settings *channel = document.settings->channel;

	CHECK_INT(document.code, 0);
	CHECK_STR(channel[0].input.name, "hw:CARD=1,DEV=0");
	CHECK_STR(channel[0].output.name, "hw:CARD=Card,DEV=2,SUBDEV=3");
	CHECK_STR(channel[1].input.name, "hw:CARD=X,DEV=1");
	CHECK_STR(channel[1].output.name, "path:pci-1");
	document_done(&document);
}

static void a_channel_overrides_single_fields(void)
{
	/* The global object stands behind the channels: order must not matter. */
	struct document document = document_read(
		"{\"sample_rate\": 48000, \"channels\": 1, \"logical_channels\": {"
		"\"1\": {\"input_device_id\": 1, \"output_device_id\": 2, \"name\": \"Gürtel "
		"\\\"7\\\"\","
		" \"enabled\": false, \"ptt\": {\"mute\": true},"
		" \"dsp\": {\"comp\": {\"threshold_db\": -30}, \"ptt_ramp_ms\": 1.5}},"
		"\"2\": {\"input_device_id\": 3, \"output_device_id\": 4}},"
		"\"dsp\": {\"comp\": {\"ratio\": 1000000, \"threshold_db\": -12}}}");
	const struct mca_channel_settings *one = &document.settings->channel[0];
	const struct mca_channel_settings *two = &document.settings->channel[1];

	CHECK_INT(document.code, 0);
	CHECK_STR(one->name, "Gürtel \"7\"");
	CHECK(!one->enabled && one->mute && one->gate_open);
	CHECK(one->dsp.comp.threshold_dbfs == -30 && two->dsp.comp.threshold_dbfs == -12);
	CHECK(isinf(one->dsp.comp.ratio) && isinf(two->dsp.comp.ratio));
	CHECK(one->dsp.ptt_ramp_ms == 1.5 && two->dsp.ptt_ramp_ms == 5);
	CHECK_INT(one->dsp.rate_hz, 48000);
	CHECK_INT(two->dsp.lanes, 1);
	document_done(&document);
}

static void sections_are_read_and_marked(void)
{
	struct document document = document_read(
		"{" CHANNEL_1
		", \"http\": {\"bind\": \"0.0.0.0\", \"port\": 0, \"token_file\": \"/run/t\","
		" \"threads\": 16,"
		" \"allowed_hosts\": [\"desk.example:8443\", \"b\", \"[::1]:9\"]},"
		"\"realtime\": {\"priority\": 98, \"cpus\": [2, 63]},"
		"\"simulation\": {\"clock\": \"free\", \"duration_s\": 1e3, \"cards\": {\"8\": {"
		" \"drift_ppm\": -200.5, \"source\": {\"type\": \"wire\", \"card\": 3},"
		" \"sink\": {\"type\": \"wav\", \"file\": \"o.wav\"},"
		" \"faults\": [{\"type\": \"unplug\"},"
		"  {\"type\": \"late\", \"stream\": \"playback\", \"at_s\": 1, \"every_s\": "
		"2}, {\"type\": \"hang\", \"call\": \"close\"}]}}}}");
	const struct mca_settings *settings = document.settings;
	const struct mca_sim_card_spec *card = &settings->simulation.rack.card[7];

	CHECK_INT(document.code, 0);
	CHECK(settings->http.given && settings->realtime.given && settings->simulation.given);
	CHECK_STR(settings->http.bind, "0.0.0.0");
	CHECK_INT(settings->http.port, 0);
	CHECK_STR(settings->http.token_file, "/run/t");
	CHECK_INT(settings->http.threads, 16);
	CHECK_INT(settings->http.allowed_host_count, 3);
	CHECK_STR(settings->http.allowed_hosts[1], "b");
	CHECK_STR(settings->http.allowed_hosts[2], "[::1]:9");
	CHECK_INT(settings->realtime.priority, 98);
	CHECK(settings->realtime.cpus == (1ull << 63 | 1ull << 2));
	CHECK(settings->simulation.rack.free_running &&
	      settings->simulation.rack.duration_s == 1000);
	CHECK(card->drift_ppm == -200.5 && card->sink.kind == MCA_SIM_RECORD);
	CHECK_INT(card->source.kind, MCA_SIM_WIRE);
	CHECK_INT(card->source.wire_card, 3);
	CHECK_STR(card->sink.path, "o.wav");
	CHECK_INT(card->fault_count, 3);
	CHECK_INT(card->fault[2].kind, MCA_SIM_FAULT_HANG);
	CHECK_INT(card->fault[2].call, MCA_SIM_CALL_CLOSE);
	CHECK_INT(card->fault[0].kind, MCA_SIM_FAULT_UNPLUG);
	CHECK_INT(card->fault[1].kind, MCA_SIM_FAULT_LATE);
	CHECK_INT(card->fault[1].stream, 1);
	CHECK(card->fault[1].at_s == 1 && card->fault[1].every_s == 2);
	document_done(&document);
}

static void a_disabled_channel_may_share_a_device(void)
{
	struct document document = document_read(
		"{\"logical_channels\": {"
		"\"1\": {\"input_device_id\": \"sim:1\", \"output_device_id\": \"sim:2\"},"
		"\"2\": {\"input_device_id\": \"sim:1\", \"output_device_id\": \"sim:1\","
		"\"enabled\": false},"
		"\"3\": {\"input_device_id\": \"sim:3\", \"output_device_id\": \"sim:1\"}}}");
	struct mca_faults warnings = { 0 };

	CHECK_INT(document.code, 0);
	mca_config_warn(document.settings, false, &warnings);
	CHECK_INT(warnings.count, 2);
	if (warnings.count == 2) {
		CHECK_INT(warnings.list[0].code, 0);
		CHECK_STR(warnings.list[0].pointer, "/logical_channels/2/input_device_id");
		CHECK_STR(warnings.list[1].pointer, "/logical_channels/2/output_device_id");
	}
	mca_faults_done(&warnings);
	document_done(&document);
}

static void integer_ids_are_one_warning(void)
{
	struct mca_settings *settings = calloc(1, sizeof(*settings));
	struct mca_faults warnings = { 0 };

	mca_settings_default(settings);
	settings->channel_count = MCA_CHANNELS_MAX;
	for (unsigned i = 0; i < MCA_CHANNELS_MAX; i++) {
		settings->channel[i].id = 2147483000u + i;
		settings->channel[i].enabled = true;
		settings->channel[i].output.id = i + 1;
		sprintf(settings->channel[i].input.name, "path:%u", i);
	}
	mca_config_warn(settings, false, &warnings);
	CHECK_INT(warnings.count, 1);
	CHECK(warnings.count && strstr(warnings.list[0].text, "channels 2147483000, 2147483001, "));
	CHECK(warnings.count && strstr(warnings.list[0].text, " more name devices by integer ids"));
	CHECK(warnings.count && strstr(warnings.list[0].text, "prints instead"));
	mca_faults_done(&warnings);
	free(settings);
}

static void warnings_name_what_may_surprise(void)
{
	struct document document =
		document_read("{" CHANNEL_1 ", \"http\": {\"bind\": \"0.0.0.0\"}}");
	struct mca_faults warnings = { 0 };

	CHECK_INT(document.code, 0);
	mca_config_warn(document.settings, false, &warnings);
	mca_config_warn_access(document.settings, &warnings);
	CHECK_INT(warnings.count, 2);
	if (warnings.count == 2) {
		CHECK_STR(warnings.list[0].pointer, "/logical_channels");
		CHECK(strstr(warnings.list[0].text, "channel 1 names devices by") != NULL);
		CHECK_STR(warnings.list[1].pointer, "/http/bind");
	}
	mca_faults_done(&warnings);
	document.settings->http.allow_anonymous = true;
	mca_config_warn_access(document.settings, &warnings);
	CHECK_INT(warnings.count, 1);
	CHECK_STR(warnings.count ? warnings.list[0].pointer : "", "/http/allow_anonymous");
	mca_faults_done(&warnings);
	strcpy(document.settings->http.token_file, "/run/token");
	mca_config_warn(document.settings, true, &warnings);
	mca_config_warn_access(document.settings, &warnings);
	CHECK_INT(warnings.count, 0);
	mca_faults_done(&warnings);
	document_done(&document);
}

static void a_simulation_document_stands_alone(void)
{
	struct mca_simrack_spec *rack = calloc(1, sizeof(*rack));
	struct mca_faults faults = { 0 };
	const char *bare = "{\"clock\": \"free\", \"cards\": {\"2\": {\"absent\": true}}}";
	const char *wrapped = "{\"simulation\": {\"clock\": \"free\"}}";
	const char *bad = "{\"clock\": \"fast\",\n\"cardz\": {}}";

	CHECK_INT(mca_config_parse_simulation(bare, strlen(bare), rack, &faults), 0);
	CHECK(rack->free_running && rack->card[1].absent && !rack->card[0].absent);
	CHECK(rack->card[0].source.level_dbfs == -20);
	rack->free_running = false;
	CHECK_INT(mca_config_parse_simulation(wrapped, strlen(wrapped), rack, &faults), 0);
	CHECK(rack->free_running && !rack->card[1].absent);
	CHECK_INT(mca_config_parse_simulation(bad, strlen(bad), rack, &faults), -EINVAL);
	CHECK_INT(faults.count, 2);
	CHECK(faults.count == 2 && strcmp(faults.list[0].pointer, "/clock") == 0 &&
	      strcmp(faults.list[1].pointer, "/cardz") == 0 && faults.list[1].line == 2);
	mca_faults_done(&faults);
	CHECK_INT(mca_config_parse_simulation("{", 1, rack, &faults), -EBADMSG);
	mca_faults_done(&faults);
	free(rack);
}

int main(void)
{
	RUN(the_example_means_what_it_says);
	RUN(what_is_left_out_has_its_default);
	RUN(channels_stand_in_ascending_order);
	RUN(device_names_are_kept_in_canonical_form);
	RUN(a_channel_overrides_single_fields);
	RUN(sections_are_read_and_marked);
	RUN(a_disabled_channel_may_share_a_device);
	RUN(integer_ids_are_one_warning);
	RUN(warnings_name_what_may_surprise);
	RUN(a_simulation_document_stands_alone);
	return DONE();
}
