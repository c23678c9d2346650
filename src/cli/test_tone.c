/* SPDX-License-Identifier: MIT */
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "default_config.h"
#include "interrupt.h"
#include "mca/cli.h"
#include "mca/clock.h"
#include "mca/config.h"
#include "mca/diag.h"
#include "progress.h"
#include "target.h"
#include "tone_rig.h"

/*
 * `test-tone`: asks the running service for a tone (POST /test-tone), since the service holds the
 * devices; when nobody listens there, the devices are free and a small engine of its own plays it.
 */
#define WAIT_MS 50
#define LOOK_EVERY 10      /* waits: twice a second */
#define END_S 1.0          /* so close to its end a tone may be over */

#define ORDER_MS 5000

/* POST /test-tone. MCA_COMMAND_GO, MCA_ABSENT, or the exit code. */
#define MCA_ABSENT (-2)

static void tell_blocked(const struct mca_tone_wish *wish, const json_t *answer)
{
	if (wish->seconds > 0 && json_is_false(json_object_get(answer, "passing")))
		fprintf(stderr, "test-tone: channel %u is muted or its gate is closed, so the tone "
			"does not reach the output: open it with `ptt --channel %u --unmute "
			"--open`\n", wish->channel, wish->channel);
}

static int order(const struct mca_target *target, const struct mca_command *command,
		 const struct mca_tone_wish *wish, struct mca_answer *answer)
{
	json_t *body = json_pack("{sI sf sf sf}", "channel", (json_int_t)wish->channel,
				 "seconds", wish->seconds, "frequency_hz", wish->frequency_hz,
				 "level_dbfs", wish->level_dbfs);

	*answer = (struct mca_answer){0};
	if (!body)
		return mca_command_failed(command, "memory ran out while writing the request");
	mca_target_ask(target, "POST", "/test-tone", body, ORDER_MS, answer);
	switch (answer->kind) {
	case MCA_ANSWERED:
		tell_blocked(wish, answer->document);
		return mca_target_expect(target, command, answer->document, "{s:I, s:F}",
					 "channel", "seconds");
	case MCA_ANSWER_ABSENT:
		return MCA_ABSENT;
	default:
		return mca_answer_fail(command, answer);
	}
}

/* What a channel of /status says of the tone. MCA_COMMAND_GO while it plays or is about to. */
static int judge(const struct mca_command *command, const json_t *channel, unsigned id, bool *heard)
{
	const char *state = json_string_value(json_object_get(channel, "state"));
	const char *reason = json_string_value(json_object_get(channel, "reason"));

	if (!state || strcmp(state, "running") != 0)
		return mca_command_failed(command, "channel %u stopped before the tone was over: "
					  "%s", id, reason ? reason : state ? state : "it is gone");
	if (json_number_value(json_object_get(channel, "tone_left_s")) > 0)
		*heard = true;
	else if (*heard)
		return mca_command_failed(command, "the tone on channel %u ended early: somebody "
					  "stopped it, or the channel was restarted", id);
	return MCA_COMMAND_GO;
}

/* The service may lose the channel, or itself, while the tone plays. */
static int look(const struct mca_target *target, const struct mca_command *command, unsigned id,
		bool *heard)
{
	json_t *status;
	char key[16];
	int code = mca_target_fetch(target, command, "GET", "/status", NULL, &status);

	if (code == MCA_COMMAND_GO)
		code = mca_target_expect(target, command, status, "{s:{}}", "channels");
	snprintf(key, sizeof(key), "%u", id);
	if (code == MCA_COMMAND_GO)
		code = judge(command, json_object_get(json_object_get(status, "channels"), key),
			     id, heard);
	json_decref(status);
	return code;
}

static int stop(const struct mca_target *target, const struct mca_command *command,
		const struct mca_tone_wish *wish)
{
	struct mca_tone_wish silence = *wish;
	struct mca_answer answer;
	int code;

	silence.seconds = 0;
	code = order(target, command, &silence, &answer);
	if (code == MCA_ABSENT)
		code = mca_command_failed(command, "cannot stop the tone: %s", answer.why.text);
	mca_answer_done(&answer);
	return code == MCA_COMMAND_GO ? MCA_EXIT_OK : code;
}

/* The service plays; Ctrl-C asks it to stop. */
static int await_service(const struct mca_target *target, const struct mca_command *command,
			 const struct mca_tone_wish *wish, int interrupt)
{
	const uint64_t begin_ms = mca_monotonic_ms();
	struct mca_progress progress;
	double left_s = wish->seconds;
	bool interrupted = false, heard = false;
	int code = MCA_COMMAND_GO;

	mca_progress_init(&progress, "test-tone");
	for (unsigned turn = 1; code == MCA_COMMAND_GO && !interrupted && left_s > 0; turn++) {
		mca_progress_show(&progress, wish->seconds - left_s, wish->seconds, "s");
		interrupted = mca_interrupt_wait(interrupt, WAIT_MS);
		left_s = wish->seconds - (double)(mca_monotonic_ms() - begin_ms) / 1000.0;
		if (turn % LOOK_EVERY == 0 && !interrupted && left_s > END_S)
			code = look(target, command, wish->channel, &heard);
	}
	mca_progress_done(&progress);
	if (code != MCA_COMMAND_GO)
		return code;
	return interrupted ? stop(target, command, wish) : MCA_EXIT_OK;
}

static int say_no_channel(const struct mca_command *command, const struct mca_settings *settings,
			  const char *path, unsigned channel)
{
	char known[256] = "";
	int used = 0;

	for (unsigned i = 0; i < settings->channel_count && used < (int)sizeof(known) - 16; i++)
		used += snprintf(known + used, sizeof(known) - (size_t)used, "%s%u",
				 i ? ", " : "", settings->channel[i].id);
	return mca_command_failed(command, "%s has no logical channel %u; it has %s", path, channel,
				  known);
}

/* The simulated card of the same number, as often as there are channels. */
static void name_simulated(struct mca_settings *settings, unsigned channel)
{
	struct mca_channel_settings *only = &settings->channel[0];

	mca_settings_default(settings);
	*only = (struct mca_channel_settings){.id = channel, .enabled = true,
					      .dsp = settings->dsp};
	snprintf(only->name, sizeof(only->name), "Channel %u", channel);
	only->input.id = only->output.id = (channel - 1) % MCA_SIM_CARDS + 1;
	settings->channel_count = 1;
}

static int load(const struct mca_command *command, const struct mca_target *target, bool simulate,
		unsigned channel, struct mca_settings **settings)
{
	char found[MCA_DEFAULT_CONFIG_MAX];
	const char *path = target->config;
	int code;

	if (!path && mca_default_config(found))
		path = found;
	if (!path && !simulate)
		return mca_command_failed(command, "no service listens at %s:%u and there is no "
					  "%s: give --config FILE, or --simulate",
					  target->host, target->port, MCA_DEFAULT_CONFIG);
	if (!path) {
		*settings = calloc(1, sizeof(**settings));
		if (!*settings)
			return mca_command_failed(command, "out of memory");
		name_simulated(*settings, channel);
		return MCA_COMMAND_GO;
	}
	code = mca_command_load(command, path, settings);
	if (code == MCA_COMMAND_GO && !mca_settings_channel(*settings, channel))
		code = say_no_channel(command, *settings, path, channel);
	return code;
}

static int play_alone(const struct mca_command *command, const struct mca_target *target,
		      bool simulate, const struct mca_tone_wish *wish, int interrupt)
{
	struct mca_settings *settings = NULL;
	int code = load(command, target, simulate, wish->channel, &settings);

	if (code == MCA_COMMAND_GO)
		code = mca_tone_rig_play(command, settings, simulate, wish, interrupt);
	free(settings);
	return code;
}

static int run(const struct mca_command *command, const struct mca_target *target, bool simulate,
	       const struct mca_tone_wish *wish)
{
	int code, interrupt = mca_interrupt_open();
	struct mca_answer answer;

	if (interrupt < 0)
		return mca_command_failed(command, "cannot watch for Ctrl-C");
	code = order(target, command, wish, &answer);
	mca_answer_done(&answer);
	if (code == MCA_COMMAND_GO)
		code = await_service(target, command, wish, interrupt);
	else if (code == MCA_ABSENT)
		code = play_alone(command, target, simulate, wish, interrupt);
	close(interrupt);
	return code;
}

static const char purpose[] =
	"Plays a tone on a channel's output, in place of its input and through its compressor and\n"
	"limiter. The running service is asked to play it; when none runs, the channel's devices\n"
	"are opened directly. Ctrl-C fades it out.\n";
static const char examples[] =
	"  mission-control-audio test-tone --channel 1 --seconds 5\n"
	"  mission-control-audio test-tone --channel 2 --seconds 2 --frequency 440 --level -30\n"
	"  mission-control-audio test-tone --channel 1 --seconds 2 --config config.json\n";

int mca_cli_test_tone(int argc, char **argv)
{
	struct mca_target target = {0};
	struct mca_tone_wish wish = {.frequency_hz = 1000, .level_dbfs = -20};
	bool simulate = false;
	const struct mca_option options[] = {
		{"channel", "N", MCA_OPTION_UNSIGNED, &wish.channel, 1, INT_MAX,
		 "the logical channel", true},
		{"seconds", "S", MCA_OPTION_NUMBER, &wish.seconds, 0.1, 3599, "how long", true},
		{"frequency", "HZ", MCA_OPTION_NUMBER, &wish.frequency_hz, 10, 95999,
		 "pitch (default 1000)", false},
		{"level", "DBFS", MCA_OPTION_NUMBER, &wish.level_dbfs, -60, -3.02,
		 "RMS level before the compressor (default -20)", false},
		{"simulate", NULL, MCA_OPTION_FLAG, &simulate, 0, 0,
		 "when no service runs: device ids mean the simulated cards", false},
		MCA_TARGET_OPTIONS(&target),
		{"config", "FILE", MCA_OPTION_TEXT, &target.config, 0, 0,
		 "where the service listens, and the devices when none runs", false},
		{0},
	};
	const struct mca_command command = {"test-tone", "", purpose, examples, options, 0};
	int code = mca_command_parse(&command, argc, argv, NULL);

	if (code == MCA_COMMAND_GO)
		code = mca_target_resolve(&target, &command);
	if (code == MCA_COMMAND_GO)
		code = run(&command, &target, simulate, &wish);
	mca_target_done(&target);
	return code;
}
