/* SPDX-License-Identifier: MIT */
#ifndef MCA_HTTP_H
#define MCA_HTTP_H

#include <stdbool.h>

#include "mca/diag.h"

struct mca_api;

/*
 * The HTTP server: CivetWeb behind one file, serving struct mca_api. Requests that need the control
 * thread are handed over through `run_on_control`.
 *
 * Nothing here holds up its caller or the audio. A thread of its own, the warden, starts CivetWeb,
 * tries again when the port is taken, asks it for /healthz every two seconds and starts another one
 * when it does not answer. Of the clients each has a worker while it is served; connections that
 * keep their worker waiting are cut when new ones come (src/http/connections.h).
 */
struct mca_http;

struct mca_http_options {
	const char *bind;              /* IPv4 address */
	unsigned port;                 /* 0 = any free port */
	unsigned threads;              /* workers, >= 16 */
	const char *const *allowed_hosts; /* further Host names besides loopback's and bind's own */
	unsigned allowed_host_count;
	const char *token;             /* bearer token for all but /healthz, NULL = none */
	bool persist;                  /* try again for as long as it takes, when the first start
	                                * fails because of something that can pass */
	unsigned head_timeout_ms;      /* for a head, and for a pause in a body; 0 = 3000 */
	unsigned idle_timeout_ms;      /* between two requests of a connection; 0 = 1000 */
	unsigned body_timeout_ms;      /* for a whole body, however it drips; 0 = 5000 */
	unsigned control_timeout_ms;   /* until the control thread has time; 0 = 10000 */
	unsigned probe_ms;             /* between two self-probes, and for one; 0 = 2000 */
	/* Run fn(arg) on the control thread and wait for it; 0, or -ETIMEDOUT / -ESHUTDOWN when it
	 * was not run (and then never will be). */
	int (*run_on_control)(void *context, void (*fn)(void *arg), void *arg,
			      unsigned timeout_ms);
	void *context;
};

/* What the warden has to tell; copied out whole. */
struct mca_http_view {
	bool listening;
	unsigned starts;               /* of CivetWeb: more than one means that it was restarted */
	char trouble[MCA_DIAG_TEXT_MAX]; /* why it does not listen, or why it was restarted last;
	                                * "" = nothing went wrong so far */
};

/*
 * Hold the port; the options are copied. Until mca_http_open() every request is answered 503. Waits
 * for the first attempt: 0 when it listens, or with `persist` when it may later (the view says
 * which); else negative errno with diag ("port 8000 is in use: ..."). An address that is none, a
 * port that needs root and the like fail with `persist` too.
 * Thread: control, with signals blocked and SCHED_OTHER (its threads inherit both).
 */
int mca_http_start(struct mca_http **http, const struct mca_http_options *options,
		   struct mca_diag *diag);

/* Serve this api (borrowed) from now on. Thread: control. */
void mca_http_open(struct mca_http *http, struct mca_api *api);

/* Ask for another bearer token from the next request on; NULL = for none. Copied. 0 or -ENOMEM.
 * Thread: any. */
int mca_http_set_token(struct mca_http *http, const char *token);

/* Thread: any. */
void mca_http_look(struct mca_http *http, struct mca_http_view *view);

/* The port it listens on. Thread: any, once it has listened. */
unsigned mca_http_port(const struct mca_http *http);

/*
 * Cut every connection, stop and free; NULL is fine. Takes tens of milliseconds, whatever the
 * clients do, provided that run_on_control refuses by now (-ESHUTDOWN): nobody serves it while
 * this waits for the workers. The api must live until it has returned 0. -ETIMEDOUT after 300 ms: a
 * worker or CivetWeb is stuck; it, the api and what the api uses must be left to the end of the
 * process. Thread: control.
 */
int mca_http_stop(struct mca_http *http);

#endif
