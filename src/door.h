/* SPDX-License-Identifier: MIT */
#ifndef MCA_DOOR_H
#define MCA_DOOR_H

#include <stdbool.h>

#include "mca/http.h"
#include "mca/runtime_file.h"
#include "mca/settings.h"

struct mca_engine;
struct mca_svc;

/*
 * The HTTP server as the `run` command composes it: its options from settings and command line, who
 * may reach it without a token, what the log says about it. The port is held before a device is
 * opened; requests are answered once the engine runs. Thread: control.
 */
struct mca_door {
	/* in: */
	const char *bind;                 /* of the command line, NULL = as configured */
	unsigned port;                    /* likewise, MCA_DOOR_AS_CONFIGURED */
	/* judged: */
	const struct mca_settings *settings;
	const char *token;                /* "" = none */
	/* own: */
	char address[64];
	const char *hosts[MCA_HOSTS_MAX];
	struct mca_http *http;
	struct mca_runtime_file published; /* where client commands find the port */
	struct mca_http_view said;        /* what the log has said */
	unsigned ticks_down;              /* since the log said that the port is not held */
};
#define MCA_DOOR_AS_CONFIGURED 65536
#define MCA_DOOR_CLOSED { .port = MCA_DOOR_AS_CONFIGURED, .published = { .fd = -1 } }

/* May the API be served as it is? MCA_EXIT_OK, or MCA_EXIT_USAGE and a line in the log: other
 * machines can reach it, it asks for no token, and nobody has allowed that. Settings and token are
 * borrowed; what the server is made from is copied by mca_door_hold(). */
int mca_door_judge(struct mca_door *door, const struct mca_settings *settings, const char *token);

/* Can everybody who reaches the port change everything? */
bool mca_door_is_open(const struct mca_door *door);

/* Hold the port. Under a service manager a port that is taken is no failure: audio comes first, and
 * the port is tried again. 0, or negative errno with diag. */
int mca_door_hold(struct mca_door *door, struct mca_svc *svc, struct mca_diag *diag);

/* Serve the api, and say where. */
void mca_door_serve(struct mca_door *door, struct mca_api *api, struct mca_engine *engine);

/* Say what has changed, in the log and as a concern of the engine. Every 50 ms. */
void mca_door_tick(struct mca_door *door, struct mca_engine *engine);

/* As mca_http_stop(). */
int mca_door_close(struct mca_door *door);

#endif
