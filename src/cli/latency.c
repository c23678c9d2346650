/* SPDX-License-Identifier: MIT */
#include "latency.h"

#include <jansson.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "default_config.h"
#include "interrupt.h"
#include "mca/cli.h"
#include "mca/config.h"
#include "mca/device_name.h"
#include "mca/diag.h"
#include "target.h"

/*
 * `latency`: what `latency_ms` of /status promises by construction, measured with sound. Two
 * directions of another card, cabled to the channel, or the channel on the simulated cards.
 */
#define AGREE_MS 1.0
#define EXAMPLE_CHANNELS 4u     /* of config.example.json, with the ids 1 to 4 */

struct told {
	double latency_ms;
	unsigned rate_hz;
	bool mute, gate_open;
};

void mca_latency_note(struct mca_latency *latency, double frames)
{
	latency->frames[latency->heard++] = frames;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

void mca_latency_sort(struct mca_latency *latency)
{
	qsort(latency->frames, latency->heard, sizeof(latency->frames[0]), compare);
}

/* Of what the service tells: the channel runs, and how long it takes. */
static int read_told(const struct mca_command *command, const json_t *status, unsigned id,
		     struct told *told)
{
	const json_t *channel;
	const char *state, *reason;
	char key[16];

	snprintf(key, sizeof(key), "%u", id);
	channel = json_object_get(json_object_get(status, "channels"), key);
	if (!channel)
		return mca_command_failed(command, "the service has no channel %u: `status` lists "
					  "those it has", id);
	state = json_string_value(json_object_get(channel, "state"));
	reason = json_string_value(json_object_get(channel, "reason"));
	if (!state || strcmp(state, "running") != 0)
		return mca_command_failed(command, "channel %u does not run: %s", id,
					  reason ? reason : state ? state : "it says nothing");
	told->latency_ms = json_number_value(json_object_get(channel, "latency_ms"));
	told->rate_hz = (unsigned)json_number_value(json_object_get(status, "sample_rate"));
	told->mute = json_is_true(json_object_get(channel, "mute"));
	told->gate_open = json_is_true(json_object_get(channel, "gate_open"));
	return MCA_COMMAND_GO;
}

static int ask(const struct mca_command *command, const struct mca_target *target, unsigned id,
	       struct told *told)
{
	json_t *status;
	int code = mca_target_fetch(target, command, "GET", "/status", NULL, &status);

	if (code == MCA_COMMAND_GO)
		code = mca_target_expect(target, command, status, "{s:I, s:{}}", "sample_rate",
					 "channels");
	if (code == MCA_COMMAND_GO)
		code = read_told(command, status, id, told);
	json_decref(status);
	if (code == MCA_COMMAND_GO && (told->rate_hz < 8000 || told->rate_hz > 192000))
		return mca_command_failed(command, "the service names no sample_rate: is this the "
					  "right port?");
	return code;
}

/* Why nothing came back, as far as can be known. */
static int say_silent(const struct mca_command *command, const struct mca_latency_wish *wish,
		      const struct told *told)
{
	if (!wish->play && (told->mute || !told->gate_open))
		return mca_command_failed(command, "nothing was heard: channel %u is %s from the "
					  "start; change /logical_channels/%u/ptt", wish->channel,
					  told->mute ? "muted" : "closed", wish->channel);
	if (told->mute)
		return mca_command_failed(command, "nothing was heard: channel %u is muted; "
					  "`ptt --channel %u --unmute`, then measure again",
					  wish->channel, wish->channel);
	if (!told->gate_open)
		return mca_command_failed(command, "nothing was heard: the gate of channel %u is "
					  "closed; `ptt --channel %u --open`, then measure again",
					  wish->channel, wish->channel);
	if (!wish->play)
		return mca_command_failed(command, "nothing was heard though channel %u is open: "
					  "give a higher --level", wish->channel);
	return mca_command_failed(command, "nothing was heard at %s though channel %u is open: "
				  "cable %s to the channel's input and the channel's output to %s, "
				  "or give a higher --level", wish->record, wish->channel,
				  wish->play, wish->record);
}

static int print_json(const struct mca_command *command, const struct mca_latency_wish *wish,
		      const struct mca_latency *latency, double frames)
{
	double told = latency->told_ms * latency->rate_hz / 1000;
	double ms = 1000 / (double)latency->rate_hz;
	double spread = latency->frames[latency->heard - 1] - latency->frames[0];
	json_t *document = json_pack(
		"{sI sI sf sf sf sf sf sf sf sb}", "channel", (json_int_t)wish->channel,
		"sample_rate", (json_int_t)latency->rate_hz,
		"measured_frames", frames, "measured_ms", frames * ms,
		"told_frames", told, "told_ms", latency->told_ms,
		"difference_frames", frames - told, "difference_ms", (frames - told) * ms,
		"spread_frames", spread, "agrees", fabs(frames - told) * ms <= AGREE_MS);
	int code = document ? mca_target_print(command, document, JSON_INDENT(2))
			    : mca_command_failed(command, "out of memory");

	json_decref(document);
	return code;
}

static void print_text(const struct mca_latency_wish *wish, const struct mca_latency *latency,
		       double frames)
{
	double ms = 1000 / (double)latency->rate_hz;
	double told = latency->told_ms / ms;

	printf("channel %u at %u Hz, %u chirps\n", wish->channel, latency->rate_hz, latency->heard);
	printf("measured    %10.2f frames  %8.3f ms\n", frames, frames * ms);
	printf("told        %10.2f frames  %8.3f ms\n", told, latency->told_ms);
	printf("difference  %+10.2f frames  %+8.3f ms\n", frames - told, (frames - told) * ms);
}

static int tell(const struct mca_command *command, const struct mca_latency_wish *wish,
		const struct mca_latency *latency, bool json)
{
	double frames = latency->frames[latency->heard / 2], measured_ms;
	int code = MCA_EXIT_OK;

	measured_ms = frames * 1000 / latency->rate_hz;
	if (json)
		code = print_json(command, wish, latency, frames);
	else
		print_text(wish, latency, frames);
	if (code != MCA_EXIT_OK || fabs(measured_ms - latency->told_ms) <= AGREE_MS)
		return code;
	return mca_command_failed(command, "channel %u takes %.2f ms and is said to take %.2f: the "
				  "converters of both cards add to it, and anything else in the "
				  "cable; cable %s to see how much they are", wish->channel,
				  measured_ms, latency->told_ms,
				  wish->play ? "the test card's output to its own input" :
				  "nothing and report this");
}

/* Without a configuration: the simulated cards of the built-in example, one after the other. */
static int load(const struct mca_command *command, const char *config, unsigned channel,
		struct mca_settings **settings)
{
	struct mca_channel_settings *only;

	if (config) {
		int code = mca_command_load(command, config, settings);

		if (code == MCA_COMMAND_GO && !mca_settings_channel(*settings, channel))
			return mca_command_failed(command, "%s has no logical channel %u", config,
						  channel);
		return code;
	}
	*settings = calloc(1, sizeof(**settings));
	if (!*settings)
		return mca_command_failed(command, "out of memory");
	mca_settings_default(*settings);
	only = &(*settings)->channel[0];
	*only = (struct mca_channel_settings){ .id = channel, .enabled = true, .gate_open = true,
					       .dsp = (*settings)->dsp };
	only->input.id = (channel - 1) % MCA_SIM_CARDS + 1;
	only->output.id = (channel + 1) % MCA_SIM_CARDS + 1;
	(*settings)->channel_count = 1;
	return MCA_COMMAND_GO;
}

static int measure_simulated(const struct mca_command *command, const char *config,
			     const struct mca_latency_wish *wish, int interrupt,
			     struct mca_latency *latency)
{
	struct mca_settings *settings = NULL;
	struct told told = { .gate_open = true };
	int code;

	if (!config && wish->channel > EXAMPLE_CHANNELS)
		return mca_command_failed(command, "the built-in example has no logical channel "
					  "%u, only 1 to %u; name your configuration with "
					  "--config", wish->channel, EXAMPLE_CHANNELS);
	code = load(command, config, wish->channel, &settings);
	if (code == MCA_COMMAND_GO) {
		const struct mca_channel_settings *channel;

		channel = mca_settings_channel(settings, wish->channel);
		told.mute = channel->mute;
		told.gate_open = channel->gate_open;
		code = mca_latency_rig(command, wish, settings, interrupt, latency);
	}
	free(settings);
	if (code == MCA_COMMAND_GO && latency->heard == 0)
		return say_silent(command, wish, &told);
	return code;
}

static int measure_wired(const struct mca_command *command, const struct mca_target *target,
			 const struct mca_latency_wish *wish, int interrupt,
			 struct mca_latency *latency)
{
	struct mca_settings *settings = NULL;
	struct told told = { 0 };
	int code = ask(command, target, wish->channel, &told);

	latency->told_ms = told.latency_ms;
	/* For what sim: names mean; an ordinary card needs no configuration. */
	if (code == MCA_COMMAND_GO)
		code = load(command, NULL, wish->channel, &settings);
	if (code == MCA_COMMAND_GO && target->config) {
		free(settings);
		settings = NULL;
		code = mca_command_load(command, target->config, &settings);
	}
	if (code == MCA_COMMAND_GO)
		code = mca_latency_cards(command, wish, settings, told.rate_hz, interrupt, latency);
	free(settings);
	/* Asked again: somebody may have closed the gate meanwhile. */
	if (code == MCA_COMMAND_GO && latency->heard == 0) {
		code = ask(command, target, wish->channel, &told);
		return code == MCA_COMMAND_GO ? say_silent(command, wish, &told) : code;
	}
	return code;
}

static bool names_device(const char *text)
{
	struct mca_device_name name;

	return mca_device_name_parse(&name, text);
}

static int run(const struct mca_command *command, struct mca_target *target,
	       const struct mca_latency_wish *wish, bool simulate, bool json)
{
	struct mca_latency latency = { 0 };
	int code = MCA_COMMAND_GO, interrupt;

	if (simulate && (wish->play || wish->record))
		return mca_command_misused(command, "--simulate needs no --play and --record: it "
					   "wires the simulated cards by itself");
	if (!simulate && (!wish->play || !wish->record))
		return mca_command_misused(command, "--play DEVICE and --record DEVICE name the "
					   "test card that is wired to the channel; or give "
					   "--simulate");
	if (!simulate && (!names_device(wish->play) || !names_device(wish->record)))
		return mca_command_misused(command, "--play and --record take a device name: "
					   MCA_DEVICE_FORMS);
	interrupt = mca_interrupt_open();
	if (interrupt < 0)
		return mca_command_failed(command, "cannot watch for Ctrl-C");
	if (simulate)
		code = measure_simulated(command, target->config, wish, interrupt, &latency);
	else
		code = mca_target_resolve(target, command);
	if (!simulate && code == MCA_COMMAND_GO)
		code = measure_wired(command, target, wish, interrupt, &latency);
	close(interrupt);
	return code == MCA_COMMAND_GO ? tell(command, wish, &latency, json) : code;
}

static const char purpose[] =
	"Measures how long a sound takes through a channel, and compares it with what the\n"
	"service says (`latency_ms`). Chirps are played on one device and recorded from another,\n"
	"two directions of one card: its output cabled to the channel's input, its input to the\n"
	"channel's output. With --simulate no card, cable or service is needed. Exit status 1\n"
	"when both differ by more than 1 ms, or nothing comes back.\n";
static const char examples[] =
	"  mission-control-audio latency --channel 1 --play hw:Test --record hw:Test\n"
	"  mission-control-audio latency --channel 1 --simulate\n"
	"  mission-control-audio latency --channel 2 --simulate --config config.json --json\n";

int mca_cli_latency(int argc, char **argv)
{
	struct mca_target target = { 0 };
	struct mca_latency_wish wish = { .level_dbfs = -30 };
	bool simulate = false, json = false;
	const struct mca_option options[] = {
		{"channel", "N", MCA_OPTION_UNSIGNED, &wish.channel, 1, INT_MAX,
		 "the logical channel", true},
		{"play", "DEVICE", MCA_OPTION_TEXT, &wish.play, 0, 0,
		 "where the chirps are played; wired to the channel's input", false},
		{"record", "DEVICE", MCA_OPTION_TEXT, &wish.record, 0, 0,
		 "where they are recorded; wired to the channel's output", false},
		{"level", "DBFS", MCA_OPTION_NUMBER, &wish.level_dbfs, -60, -3,
		 "peak level of the chirps (default -30: the compressor stays at rest)", false},
		{"simulate", NULL, MCA_OPTION_FLAG, &simulate, 0, 0,
		 "run the channel itself, on the simulated cards", false},
		{"json", NULL, MCA_OPTION_FLAG, &json, 0, 0, "the figures as JSON", false},
		MCA_TARGET_OPTIONS(&target),
		{"config", "FILE", MCA_OPTION_TEXT, &target.config, 0, 0,
		 "where the service listens; with --simulate, the channel and its cards", false},
		{0},
	};
	const struct mca_command command = {"latency", "", purpose, examples, options, 0};
	int code = mca_command_parse(&command, argc, argv, NULL);

	if (code == MCA_COMMAND_GO)
		code = run(&command, &target, &wish, simulate, json);
	mca_target_done(&target);
	return code;
}
