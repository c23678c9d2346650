/* SPDX-License-Identifier: MIT */
/*
 * Under a service manager the unit must play although something else holds the port; in a terminal
 * a second instance is most often started by mistake, and must end before it touches anything of
 * the first one's.
 */
#include "door.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "mca/cli.h"
#include "mca/engine.h"
#include "mca/svc.h"
#include "publish.h"

#define REMIND_TICKS (10 * 60 * 20) /* ten minutes */

bool mca_door_is_open(const struct mca_door *door)
{
	return !*door->token;
}

static bool is_loopback(const struct mca_door *door)
{
	return strncmp(door->address, "127.", 4) == 0;
}

int mca_door_judge(struct mca_door *door, const struct mca_settings *settings, const char *token)
{
	door->settings = settings;
	door->token = token;
	snprintf(door->address, sizeof door->address, "%s",
		 door->bind ? door->bind : settings->http.bind);
	if (!mca_door_is_open(door) || is_loopback(door) || settings->http.allow_anonymous)
		return MCA_EXIT_OK;
	mca_svc_log(LOG_ERR, "other machines can reach the API on %s, and it asks for no token: "
		    "set http.token_file (or LoadCredential=api-token:FILE in the unit), or bind "
		    "to 127.0.0.1; http.allow_anonymous true lets everybody in", door->address);
	return MCA_EXIT_USAGE;
}

static void warn_open(const struct mca_door *door)
{
	if (!mca_door_is_open(door))
		return;
	mca_svc_log(LOG_WARNING, "the API asks for no token: %s can mute channels and change the "
		    "configuration; set http.token_file to a file with a token",
		    is_loopback(door) ? "every user of this machine"
				      : "everybody who reaches this machine");
}

static bool has_manager(void)
{
	return getenv("NOTIFY_SOCKET") || getenv("INVOCATION_ID");
}

static void say_listening(struct mca_door *door, const struct mca_http_view *view)
{
	if (door->said.starts == 0)
		mca_publish(&door->published, door->settings, door->address,
			    mca_http_port(door->http));
	mca_svc_log(LOG_INFO, "%s on http://%s:%u", view->starts > 1 ? "listening again"
								    : "listening",
		    door->address, mca_http_port(door->http));
}

int mca_door_hold(struct mca_door *door, struct mca_svc *svc, struct mca_diag *diag)
{
	const struct mca_settings *settings = door->settings;
	const struct mca_http_options options = {
		.bind = door->address,
		.port = door->port == MCA_DOOR_AS_CONFIGURED ? settings->http.port : door->port,
		.threads = settings->http.threads,
		.allowed_hosts = door->hosts,
		.allowed_host_count = settings->http.allowed_host_count,
		.token = mca_door_is_open(door) ? NULL : door->token,
		.persist = has_manager(),
		.run_on_control = mca_svc_call,
		.context = svc,
	};

	for (unsigned i = 0; i < settings->http.allowed_host_count; i++)
		door->hosts[i] = settings->http.allowed_hosts[i];
	warn_open(door);
	return mca_http_start(&door->http, &options, diag);
}

static void say_trouble(struct mca_door *door, struct mca_engine *engine,
			const struct mca_http_view *view)
{
	mca_svc_log(LOG_ERR, "the audio runs without the HTTP API: %s", view->trouble);
	mca_engine_set_concern(engine, MCA_CONCERN_API, view->trouble);
	door->ticks_down = 0;
}

void mca_door_tick(struct mca_door *door, struct mca_engine *engine)
{
	struct mca_http_view view;

	mca_http_look(door->http, &view);
	if (view.listening && view.starts != door->said.starts) {
		say_listening(door, &view);
		mca_engine_set_concern(engine, MCA_CONCERN_API, NULL);
	} else if (!view.listening) {
		if (door->said.listening || strcmp(view.trouble, door->said.trouble) != 0 ||
		    ++door->ticks_down >= REMIND_TICKS)
			say_trouble(door, engine, &view);
	}
	door->said = view;
}

void mca_door_serve(struct mca_door *door, struct mca_api *api, struct mca_engine *engine)
{
	mca_http_open(door->http, api);
	mca_door_tick(door, engine);
}

int mca_door_close(struct mca_door *door)
{
	int result;

	mca_runtime_file_withdraw(&door->published);
	result = mca_http_stop(door->http);
	door->http = NULL;
	return result;
}
