/* SPDX-License-Identifier: MIT */
#ifndef MCA_HTTP_H
#define MCA_HTTP_H

struct mca_api;
struct mca_diag;

/*
 * The HTTP server: CivetWeb behind one file, serving struct mca_api. Every worker thread is
 * CivetWeb's. Requests that need the control thread are handed over through `run_on_control`.
 */
struct mca_http;

struct mca_http_options {
	const char *bind;              /* IPv4 address */
	unsigned port;                 /* 0 = any free port */
	unsigned threads;              /* 0 = default (1100) */
	const char *const *allowed_hosts; /* further Host names besides loopback's and bind's own */
	unsigned allowed_host_count;
	const char *token;             /* bearer token, NULL = none */
	/* Run fn(arg) on the control thread and wait for it; 0, or -ETIMEDOUT / -ESHUTDOWN when it was
	 * not run (and then never will be). */
	int (*run_on_control)(void *context, void (*fn)(void *arg), void *arg,
			      unsigned timeout_ms);
	void *context;
};

/* Start listening. 0, or negative errno with diag ("port 8000 is in use: ..."). Thread: control,
 * with signals blocked and SCHED_OTHER (its threads inherit both). */
int mca_http_start(struct mca_http **http, struct mca_api *api,
		   const struct mca_http_options *options, struct mca_diag *diag);

/* The port it listens on. Thread: any. */
unsigned mca_http_port(const struct mca_http *http);

/* Stop within a bounded time and free; NULL is fine. Thread: control. */
void mca_http_stop(struct mca_http *http);

#endif
