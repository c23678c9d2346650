/* SPDX-License-Identifier: MIT */
#ifndef MCA_HTTP_H
#define MCA_HTTP_H

struct mca_api;
struct mca_diag;

/*
 * The HTTP server: CivetWeb behind one file, serving struct mca_api. Every worker thread is
 * CivetWeb's. Requests that need the control thread are handed over through `run_on_control`.
 *
 * One worker a connection: slow clients cost a sleeping thread each and nobody waits for them. No
 * worker touches audio: the engine answers from atomics and short locks that no real-time thread
 * takes.
 */
struct mca_http;

struct mca_http_options {
	const char *bind;              /* IPv4 address */
	unsigned port;                 /* 0 = any free port */
	unsigned threads;              /* connections served at once, >= 1 */
	const char *const *allowed_hosts; /* further Host names besides loopback's and bind's own */
	unsigned allowed_host_count;
	const char *token;             /* bearer token for all but /healthz, NULL = none */
	unsigned head_timeout_ms;      /* for a head, and for a pause in a body; 0 = 3000 */
	unsigned idle_timeout_ms;      /* between two requests of a connection; 0 = 1000 */
	unsigned body_timeout_ms;      /* for a whole body, however it drips; 0 = 5000 */
	unsigned control_timeout_ms;   /* until the control thread has time; 0 = 10000 */
	/* Run fn(arg) on the control thread and wait for it; 0, or -ETIMEDOUT / -ESHUTDOWN when it
	 * was not run (and then never will be). */
	int (*run_on_control)(void *context, void (*fn)(void *arg), void *arg,
			      unsigned timeout_ms);
	void *context;
};

/* Start listening; the options are copied. 0, or negative errno with diag ("port 8000 is in use:
 * ..."). Thread: control, with signals blocked and SCHED_OTHER (its threads inherit both). */
int mca_http_start(struct mca_http **http, struct mca_api *api,
		   const struct mca_http_options *options, struct mca_diag *diag);

/* The port it listens on. Thread: any. */
unsigned mca_http_port(const struct mca_http *http);

/* Cut every connection, stop and free; NULL is fine. Takes tens of milliseconds, whatever the
 * clients do, provided that run_on_control refuses by now (-ESHUTDOWN): nobody serves it while
 * this waits for the workers. The api must live until it has returned. Thread: control. */
void mca_http_stop(struct mca_http *http);

#endif
