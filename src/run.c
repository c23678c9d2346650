/* SPDX-License-Identifier: MIT */
/*
 * The `run` command composes the rooms into the service and takes it apart again:
 *
 *     settings -> HTTP port -> simulated cards -> engine (its threads play now) -> api -> main loop
 *
 * The port comes first, so that a second instance ends before it has opened a device or emptied a
 * file of the first one; requests are answered 503 until the api is there.
 *
 * What the command line says (--bind, --port, --simulation) stands beside the settings, never in
 * them: the same file read again by a reload must compare equal to what is live.
 *
 * On the way out the audio fades first, while HTTP workers still get answers; then HTTP ends, and
 * only then is freed what the workers could see.
 */
#include "run.h"

#include <arpa/inet.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <syslog.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/json_memory.h"
#include "door.h"
#include "keeping.h"
#include "mca/api.h"
#include "mca/cli.h"
#include "mca/config.h"
#include "mca/engine.h"
#include "mca/engine_check.h"
#include "mca/simcard.h"
#include "mca/svc.h"
#include "memory.h"
#include "setup.h"

#define DESCRIPTORS_WANTED 8192

static const char example[] =
#include "config_example.inc"
;

struct run {
	/* from the command line */
	const char *config, *simulation;
	bool simulate, check;
	/* what comes of it */
	struct mca_setup setup;
	struct mca_keeping keeping;
	struct mca_engine_options engine_options;
	/* the service */
	struct mca_simrack *rack;
	struct mca_engine *engine;
	struct mca_svc *svc;
	struct mca_api *api;
	struct mca_door door;                 /* its bind and port are from the command line */
	bool left_behind;                     /* a thread did not end in time */
};

static int failed(const struct mca_diag *diag)
{
	mca_svc_log(LOG_ERR, "%s", diag->text);
	return MCA_EXIT_FAILURE;
}

static int check(struct run *run)
{
	const struct mca_settings *settings = run->setup.settings;
	struct mca_device_map *map = malloc(sizeof *map);
	struct mca_faults faults = { 0 };
	int result = map ? mca_engine_check(settings, run->setup.own_spec, run->simulate, map,
					    &faults) : -ENOMEM;

	if (*run->setup.choice.path)
		mca_config_find_lines_of(run->setup.choice.path, &faults);
	mca_setup_say(LOG_ERR, mca_setup_name(&run->setup), &faults);
	mca_faults_done(&faults);
	for (unsigned i = 0; result == 0 && i < map->count; i++)
		printf("channel %u: %s -> %s\n", map->channel[i].id,
		       map->channel[i].device[MCA_CAPTURE], map->channel[i].device[MCA_PLAYBACK]);
	free(map);
	if (result == -ENOMEM)
		mca_svc_log(LOG_ERR, "no memory to check the configuration");
	if (result < 0)
		return MCA_EXIT_FAILURE;
	printf("%s: ok, %u channel%s\n", mca_setup_name(&run->setup), settings->channel_count,
	       settings->channel_count == 1 ? "" : "s");
	return MCA_EXIT_OK;
}

/* Out of descriptors the HTTP server can only wait; the usual soft limit is for other programs. */
static void raise_descriptor_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= DESCRIPTORS_WANTED)
		return;
	limit.rlim_cur = limit.rlim_max < DESCRIPTORS_WANTED ? limit.rlim_max : DESCRIPTORS_WANTED;
	setrlimit(RLIMIT_NOFILE, &limit);
}

static int start_engine(struct run *run, struct mca_diag *diag)
{
	struct mca_engine_options *options = &run->engine_options;

	options->rack = run->rack;
	options->talk = run->keeping.talk;
	options->simulate = run->simulate;
	options->realtime = !run->setup.rack_spec->free_running;
	options->limit_s = run->setup.rack_spec->duration_s;
	options->meanwhile = mca_svc_meanwhile;
	options->context = run->svc;
	return mca_engine_new(&run->engine, run->setup.settings, options, diag);
}

/* The token of the API, read again by a reload and asked for once the reload is live. */
static int renew(void *context, bool live, struct mca_diag *diag)
{
	struct run *run = context;
	struct mca_setup *setup = &run->setup;

	/* An API that asks for none goes on so until a restart. */
	if (!*setup->token)
		return 0;
	if (!live)
		return mca_setup_read_token(setup, diag);
	if (strcmp(setup->token, setup->next_token) == 0)
		return 0;
	if (mca_http_set_token(run->door.http, setup->next_token) < 0)
		return mca_diag_set(diag, -ENOMEM, "no memory for the new token of the API");
	strcpy(setup->token, setup->next_token);
	mca_svc_log(LOG_NOTICE, "the API asks for a new token");
	return 0;
}

static int start_api(struct run *run, struct mca_diag *diag)
{
	struct mca_api_options api = {
		.engine = run->engine,
		.talk = run->keeping.talk,
		.place = run->setup.place,
		.choice = &run->setup.choice,
		.refused = *run->setup.refused_path ? &run->setup.refused : NULL,
		.rack = run->simulate ? run->rack : NULL,
		.open = mca_door_is_open(&run->door),
		.reloading = mca_svc_reloading,
		.renew = renew,
		.renew_context = run,
		.context = run->svc,
	};
	int result = mca_api_new(&run->api, &api);

	if (result < 0)
		return mca_diag_set(diag, result, "cannot set up the API: %s", strerror(-result));
	mca_door_serve(&run->door, run->api, run->engine);
	return 0;
}

static int reload(void *context, struct mca_faults *faults)
{
	struct run *run = context;

	return mca_api_reload(run->api, "SIGHUP", faults);
}

static void tick(void *context)
{
	struct run *run = context;

	mca_keeping_tick(&run->keeping, run->engine);
	mca_door_tick(&run->door, run->engine);
}

/* The simulated cards and the engine, from the first configuration that they take. */
static int build(struct run *run)
{
	char concern[MCA_CONCERN_MAX];
	struct mca_diag diag = { 0 };
	int code = MCA_EXIT_OK;

	while (code == MCA_EXIT_OK) {
		if (mca_simrack_new(&run->rack, run->setup.rack_spec, true, &diag) == 0 &&
		    start_engine(run, &diag) == 0)
			break;
		mca_simrack_free(run->rack);
		run->rack = NULL;
		code = mca_setup_refuse(&run->setup, &diag);
	}
	if (code != MCA_EXIT_OK)
		return code;
	mca_place_live(run->setup.place, &run->setup.choice);
	mca_setup_concern(&run->setup, concern, sizeof concern);
	mca_engine_set_concern(run->engine, MCA_CONCERN_CONFIG, concern);
	return MCA_EXIT_OK;
}

static int start_and_loop(struct run *run)
{
	struct mca_svc_options options = { .reload = reload, .tick = tick, .context = run };
	struct mca_diag diag = { 0 };
	int result;

	mca_json_memory_tolerate();
	raise_descriptor_limit();
	/* Memory first: whatever allocates later uses the one arena and locked pages. */
	mca_memory_lock(&run->engine_options);
	if (mca_svc_new(&run->svc, &diag) < 0 || mca_door_hold(&run->door, run->svc, &diag) < 0 ||
	    mca_keeping_begin(&run->keeping, run->setup.place, &diag) < 0)
		return failed(&diag);
	result = build(run);
	if (result != MCA_EXIT_OK)
		return result;
	if (start_api(run, &diag) < 0)
		return failed(&diag);
	options.rack = run->rack;
	options.engine = run->engine;
	result = mca_svc_run(run->svc, &options);
	if (result == 0)
		return MCA_EXIT_OK;
	mca_diag_set(&diag, result, "the main loop failed: %s", strerror(-result));
	return failed(&diag);
}

static int stop(struct run *run)
{
	struct mca_notice notice;
	int result;

	if (run->engine)
		mca_engine_stop(run->engine);
	result = mca_door_close(&run->door);
	while (run->engine && mca_engine_notice(run->engine, &notice))
		mca_svc_log_notice(&notice);
	/* An HTTP worker that is stuck may still be inside of all of this. */
	if (result == 0) {
		mca_api_free(run->api);
		mca_engine_free(run->engine);
		mca_svc_free(run->svc);
		run->left_behind = !mca_keeping_end(&run->keeping);
	} else {
		run->left_behind = true;
	}
	result = run->rack ? mca_simrack_pump(run->rack) : 0;
	if (result == 0)
		return MCA_EXIT_OK;
	mca_svc_log(LOG_ERR, "a simulated card could not write its sink file, the end of which is "
		    "missing: %s", strerror(-result));
	return MCA_EXIT_FAILURE;
}

/* A thread that did not stop in time keeps its device, and its device needs the rack. */
static bool rack_is_free(const struct mca_simrack *rack)
{
	for (unsigned card = 1; card <= MCA_SIM_CARDS; card++)
		if (mca_simrack_busy(rack, card, MCA_CAPTURE) ||
		    mca_simrack_busy(rack, card, MCA_PLAYBACK))
			return false;
	return true;
}

static int serve(struct run *run)
{
	int code = start_and_loop(run);
	int stopped = stop(run);

	if (code == MCA_EXIT_OK)
		code = stopped;
	/* A thread that did not end in time still uses what it was given: nothing more is freed,
	 * and no handler runs, before the process ends. */
	if (run->left_behind) {
		fflush(stdout);
		_exit(code);
	}
	return code;
}

static int run_parsed(struct run *run)
{
	int code;

	mca_svc_block_signals();
	mca_svc_forbid_exec();
	if (run->simulation)
		run->simulate = true;
	run->setup.config = run->config;
	run->setup.simulation = run->simulation;
	run->setup.simulate = run->simulate;
	run->setup.check = run->check;
	run->setup.example = example;
	code = mca_setup_load(&run->setup);
	if (code == MCA_EXIT_OK)
		code = mca_door_judge(&run->door, run->setup.settings, run->setup.token);
	if (code == MCA_EXIT_OK)
		code = run->check ? check(run) : serve(run);
	if (run->rack && rack_is_free(run->rack))
		mca_simrack_free(run->rack);
	mca_setup_done(&run->setup);
	return code;
}

static const char purpose[] =
	"The audio service in the foreground, until SIGTERM or Ctrl-C; SIGHUP reads the\n"
	"configuration again. Without --config the configuration is\n"
	MCA_SYSTEM_CONFIG ", and with --simulate a built-in\n"
	"example where that file is missing. One that was saved through the API counts until\n"
	"the file changes. When the configuration cannot be used, the last one that was live\n"
	"runs; without one the exit status is 78. Prints the URL of its API to stderr.\n";
static const char examples[] =
	"  mission-control-audio run --config config.json\n"
	"  mission-control-audio run --simulate --port 0\n"
	"  mission-control-audio run --check --config config.json\n";

int mca_run(int argc, char **argv)
{
	struct run run = { .door = MCA_DOOR_CLOSED };
	const struct mca_option options[] = {
		{ "config", "FILE", MCA_OPTION_TEXT, &run.config, 0, 0,
		  "the configuration", false },
		{ "simulate", NULL, MCA_OPTION_FLAG, &run.simulate, 0, 0,
		  "integer device ids mean the simulated cards", false },
		{ "simulation", "FILE", MCA_OPTION_TEXT, &run.simulation, 0, 0,
		  "what the simulated cards do; implies --simulate", false },
		{ "bind", "ADDRESS", MCA_OPTION_TEXT, &run.door.bind, 0, 0,
		  "IPv4 address to listen on (as configured: 127.0.0.1)", false },
		{ "port", "N", MCA_OPTION_UNSIGNED, &run.door.port, 0, 65535,
		  "port to listen on, 0 = any free one (as configured: 8000)", false },
		{ "check", NULL, MCA_OPTION_FLAG, &run.check, 0, 0,
		  "only check the configuration and that its devices are there", false },
		{ 0 },
	};
	const struct mca_command command = { "run", "", purpose, examples, options, 0 };
	int code = mca_command_parse(&command, argc, argv, NULL);
	struct in_addr address;

	if (code != MCA_COMMAND_GO)
		return code;
	if (run.door.bind && inet_pton(AF_INET, run.door.bind, &address) != 1)
		return mca_command_misused(&command, "--bind is \"%s\"; give an IPv4 address like "
					   "127.0.0.1", run.door.bind);
	return run_parsed(&run);
}
