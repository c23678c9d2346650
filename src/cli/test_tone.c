/* SPDX-License-Identifier: MIT */
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "command.h"
#include "default_config.h"
#include "interrupt.h"
#include "mca/cli.h"
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

static double now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static enum mca_target_answer order(const struct mca_target *target,
				    const struct mca_command *command,
				    const struct mca_tone_wish *wish, struct mca_diag *why)
{
	json_t *body = json_pack("{sI sf sf sf}", "channel", (json_int_t)wish->channel,
				 "seconds", wish->seconds, "frequency_hz", wish->frequency_hz,
				 "level_dbfs", wish->level_dbfs);
	json_t *answer = NULL;
	enum mca_target_answer result = mca_target_ask(target, command, "POST", "/test-tone", body,
						       5000, &answer, why);

	json_decref(answer);
	return result;
}

/* The service plays; Ctrl-C asks it to stop. */
static int await_service(const struct mca_target *target, const struct mca_command *command,
			 const struct mca_tone_wish *wish, int interrupt)
{
	struct mca_tone_wish silence = *wish;
	struct mca_progress progress;
	struct mca_diag why = {0};
	double begin = now_s(), passed = 0;
	bool interrupted = false;

	mca_progress_init(&progress, "test-tone");
	while (!interrupted && (passed = now_s() - begin) < wish->seconds) {
		mca_progress_show(&progress, passed, wish->seconds, "s");
		interrupted = mca_interrupt_wait(interrupt, WAIT_MS);
	}
	mca_progress_done(&progress);
	silence.seconds = 0;
	if (interrupted && order(target, command, &silence, &why) != MCA_TARGET_ANSWERED)
		return mca_command_failed(command, "the service could not be told to stop; the "
					  "tone ends by itself %s", why.text);
	return MCA_EXIT_OK;
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
	struct mca_diag why = {0};
	int code = MCA_EXIT_FAILURE, interrupt = mca_interrupt_open();

	if (interrupt < 0)
		return mca_command_failed(command, "cannot watch for Ctrl-C");
	switch (order(target, command, wish, &why)) {
	case MCA_TARGET_ANSWERED:
		code = await_service(target, command, wish, interrupt);
		break;
	case MCA_TARGET_ABSENT:
		code = play_alone(command, target, simulate, wish, interrupt);
		break;
	case MCA_TARGET_SILENT:
		mca_command_failed(command, "%s", why.text);
		break;
	case MCA_TARGET_REFUSED:
	case MCA_TARGET_BROKEN:
		break;
	}
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
