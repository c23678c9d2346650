/* SPDX-License-Identifier: MIT */
/*
 * The program under test of this folder: engine on simulated cards, api and http, and a control
 * loop of its own instead of the service's.
 *
 *     server [--config FILE] [--state FILE] [--token T] [--host NAME] [--threads N] [--port N]
 *            [--head-ms N] [--idle-ms N] [--body-ms N] [--control-ms N] [--file-limit BYTES]
 *            [--persist]
 *
 * Says "port N" on stdout when it listens, with --persist "port 0" first when it does not yet.
 * Lines on stdin: "busy" keeps the control thread from its work until "free" comes ("reload" reads
 * the configuration again, as SIGHUP would); each is answered with a line. End of file stops the
 * server; it says "stopped" when everything is freed.
 * Notices come on stdout as they are taken: "notice KIND CLIENT: TEXT".
 */
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "desk.h"
#include "mca/api.h"
#include "mca/config.h"
#include "mca/engine.h"
#include "mca/http.h"
#include "mca/place.h"

#define EXAMPLE_TEXT "{\"logical_channels\": {" \
	"\"1\": {\"input_device_id\": 1, \"output_device_id\": 3}," \
	"\"2\": {\"input_device_id\": 2, \"output_device_id\": 4}," \
	"\"3\": {\"input_device_id\": 5, \"output_device_id\": 6}," \
	"\"4\": {\"input_device_id\": 7, \"output_device_id\": 8}}}"

struct server {
	struct desk desk;
	const char *config, *state;
	struct mca_place *place;
	struct mca_choice choice;
	struct mca_settings *settings;
	struct mca_simrack *rack;
	struct mca_engine *engine;
	struct mca_api *api;
	struct mca_http *http;
	struct mca_api_options api_options;
	struct mca_http_options http_options;
	bool port_said;
	const char *host;
	rlim_t file_limit;
};

static void die(const char *what, const struct mca_diag *diag)
{
	printf("failed %s: %s\n", what, diag->text);
	exit(1);
}

/* Once it is known. */
static void say_port(struct server *server)
{
	struct mca_http_view view;

	mca_http_look(server->http, &view);
	if (server->port_said || !view.listening)
		return;
	printf("port %u\n", mca_http_port(server->http));
	server->port_said = true;
}

static void read_options(struct server *server, int argc, char **argv)
{
	static const struct option known[] = {
		{ "config", 1, NULL, 'c' }, { "state", 1, NULL, 's' }, { "token", 1, NULL, 't' },
		{ "host", 1, NULL, 'h' }, { "threads", 1, NULL, 'n' }, { "port", 1, NULL, 'p' },
		{ "head-ms", 1, NULL, 'H' }, { "idle-ms", 1, NULL, 'I' },
		{ "body-ms", 1, NULL, 'B' },
		{ "control-ms", 1, NULL, 'C' }, { "file-limit", 1, NULL, 'f' },
		{ "persist", 0, NULL, 'P' }, { 0 },
	};
	struct mca_http_options *http = &server->http_options;
	int letter;

	while ((letter = getopt_long(argc, argv, "", known, NULL)) != -1) {
		switch (letter) {
		case 'c': server->config = optarg; break;
		case 's': server->state = optarg; break;
		case 't': http->token = optarg; break;
		case 'h': server->host = optarg; break;
		case 'n': http->threads = (unsigned)atoi(optarg); break;
		case 'P': http->persist = true; break;
		case 'p': http->port = (unsigned)atoi(optarg); break;
		case 'H': http->head_timeout_ms = (unsigned)atoi(optarg); break;
		case 'I': http->idle_timeout_ms = (unsigned)atoi(optarg); break;
		case 'B': http->body_timeout_ms = (unsigned)atoi(optarg); break;
		case 'C': http->control_timeout_ms = (unsigned)atoi(optarg); break;
		case 'f': server->file_limit = (rlim_t)atol(optarg); break;
		default: exit(2);
		}
	}
}

static void load(struct server *server)
{
	const struct mca_place_options options = {
		.given = server->config, .system = "/nowhere/config.json", .state = server->state,
		.example = EXAMPLE_TEXT,
	};
	struct mca_faults faults = { 0 };
	struct mca_diag diag = { 0 };

	if (mca_place_new(&server->place, &options, &diag))
		die("place", &diag);
	if (mca_place_choose(server->place, &server->choice, &faults) ||
	    mca_config_parse(server->choice.text, server->choice.length, server->settings, &faults))
		die("config", &faults.list[0]);
	mca_place_live(server->place, &server->choice);
	server->api_options.choice = &server->choice;
	/* Without any file the API must do without. */
	if (server->config || server->state)
		server->api_options.place = server->place;
}

static void start_engine(struct server *server)
{
	const struct mca_settings *settings = server->settings;
	struct mca_engine_options options = { .simulate = true };
	struct mca_simrack_spec *spec = malloc(sizeof *spec);
	struct mca_diag diag = { 0 };

	mca_simrack_spec_default(spec);
	if (settings->simulation.given)
		*spec = settings->simulation.rack;
	if (mca_simrack_new(&server->rack, spec, true, &diag))
		die("rack", &diag);
	free(spec);
	options.rack = server->rack;
	if (mca_engine_new(&server->engine, settings, &options, &diag))
		die("engine", &diag);
}

/* What the API shows must not change while a test compares two answers. */
static void await_channels(struct server *server)
{
	struct mca_engine_status *status = calloc(1, sizeof *status);
	struct pollfd fd = { .fd = mca_engine_fd(server->engine), .events = POLLIN };

	while (status) {
		mca_engine_tick(server->engine);
		mca_engine_status(server->engine, status);
		if (status->state != MCA_ENGINE_STARTING)
			break;
		poll(&fd, 1, 10);
	}
	free(status);
}

static void start_http(struct server *server)
{
	struct mca_http_options *http = &server->http_options;
	struct mca_diag diag = { 0 };

	server->api_options.engine = server->engine;
	server->api_options.rack = server->rack;
	if (mca_api_new(&server->api, &server->api_options))
		die("api", &diag);
	http->bind = "127.0.0.1";
	http->allowed_hosts = &server->host;
	http->allowed_host_count = server->host ? 1 : 0;
	http->run_on_control = desk_call;
	http->context = &server->desk;
	if (mca_http_start(&server->http, http, &diag))
		die("http", &diag);
	mca_http_open(server->http, server->api);
	say_port(server);
	if (!server->port_said)
		puts("port 0");
}

static void say_notices(struct server *server)
{
	struct mca_notice notice;

	while (mca_engine_notice(server->engine, &notice))
		printf("notice %d %s: %s\n", notice.kind, notice.client, notice.text);
}

static void reload(struct server *server)
{
	struct mca_faults faults = { 0 };

	printf("reloaded %d\n", mca_api_reload(server->api, "SIGHUP", &faults));
	mca_faults_done(&faults);
}

/* One order from stdin; false at its end. */
static bool obey(struct server *server)
{
	char line[32];

	if (!fgets(line, sizeof line, stdin))
		return false;
	if (strcmp(line, "reload\n") == 0) {
		reload(server);
		return true;
	}
	puts("busy");
	if (!fgets(line, sizeof line, stdin))
		return false;
	puts("free");
	return true;
}

static void work(struct server *server)
{
	struct pollfd fds[] = {
		{ .fd = STDIN_FILENO, .events = POLLIN },
		{ .fd = server->desk.wake_fd, .events = POLLIN },
	};

	do {
		if (poll(fds, 2, 50) < 0)
			break;
		if (fds[1].revents)
			desk_serve(&server->desk);
		mca_engine_tick(server->engine);
		say_port(server);
		mca_simrack_pump(server->rack);
		say_notices(server);
	} while (!fds[0].revents || obey(server));
}

static void stop(struct server *server)
{
	desk_close(&server->desk);
	mca_engine_stop(server->engine);
	mca_http_stop(server->http);
	mca_api_free(server->api);
	mca_engine_free(server->engine);
	mca_simrack_free(server->rack);
	mca_place_free(server->place);
	mca_choice_done(&server->choice);
	free(server->settings);
	puts("stopped");
}

int main(int argc, char **argv)
{
	struct server server = { .settings = calloc(1, sizeof *server.settings),
				 .file_limit = RLIM_INFINITY };
	struct rlimit limit;
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, NULL);
	setvbuf(stdout, NULL, _IOLBF, 0);
	setvbuf(stdin, NULL, _IONBF, 0);
	read_options(&server, argc, argv);
	limit = (struct rlimit){ server.file_limit, server.file_limit };
	setrlimit(RLIMIT_FSIZE, &limit);
	desk_init(&server.desk);
	load(&server);
	start_engine(&server);
	await_channels(&server);
	start_http(&server);
	work(&server);
	stop(&server);
	return 0;
}
