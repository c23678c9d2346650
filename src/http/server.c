/* SPDX-License-Identifier: MIT */
/*
 * The warden: a thread that owns CivetWeb. It starts it, asks it for /healthz, starts another one
 * when it does not answer, and stops it at the end, so that none of that can hold up the control
 * thread.
 *
 * A CivetWeb that is stuck cannot be stopped either: mg_stop() waits for its threads. Each stop
 * therefore runs on a thread of its own that is left behind when it takes too long, with the
 * CivetWeb that it waits for; its port is free all the same, because the sockets are shut down
 * first. After STUCK_MAX of them the warden gives up: another restart would only use up more
 * threads.
 */
#include "mca/http.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "civet.h"
#include "exchange.h"
#include "mca/clock.h"
#include "probe.h"
#include "sockets.h"
#include "token.h"

#define RETRY_MS 1000        /* between two attempts to start */
#define FAILURES_MAX 3       /* probes in a row until CivetWeb counts as stuck */
#define STUCK_MAX 3
#define RESTART_STOP_MS 3000 /* how long a stop may take before its CivetWeb is left behind */
#define FINAL_STOP_MS 250
#define FINAL_WAIT_MS 300    /* a little more than FINAL_STOP_MS */

struct mca_http {
	struct mca_house house;
	struct mca_token token;
	struct mca_civet_options options;
	bool persist;
	unsigned probe_ms;
	/* The warden's own. */
	pthread_t warden;
	struct mca_civet *civet;
	unsigned failures;       /* probes in a row */
	unsigned stuck;          /* CivetWebs left behind */
	bool proven;             /* a probe has been answered */
	int wake_fd;             /* eventfd: stop */
	/* Shared. */
	pthread_mutex_t lock;
	pthread_cond_t moved;    /* tried or ended; on the monotonic clock */
	bool tried;              /* the first attempt to start is over */
	bool ended;              /* the warden has returned, or is about to */
	bool clean;              /* and no CivetWeb is left behind */
	struct mca_http_view view;
	struct mca_diag diag;    /* of the first attempt */
};

/* One CivetWeb on its way out. Whoever is last frees it: the stopping thread, or whoever waits. */
struct ending {
	struct mca_civet *civet;
	pthread_mutex_t lock;
	pthread_cond_t done;
	bool is_done;
	bool is_left;
};

static struct timespec deadline_after(unsigned ms)
{
	uint64_t ns = mca_monotonic_ns() + ms * MCA_MS_NS;

	return (struct timespec){ .tv_sec = (time_t)(ns / MCA_S_NS),
				  .tv_nsec = (long)(ns % MCA_S_NS) };
}

static void init_condition(pthread_cond_t *condition)
{
	pthread_condattr_t monotonic;

	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(condition, &monotonic);
	pthread_condattr_destroy(&monotonic);
}

static void free_ending(struct ending *ending)
{
	pthread_cond_destroy(&ending->done);
	pthread_mutex_destroy(&ending->lock);
	free(ending);
}

static void *run_ending(void *arg)
{
	struct ending *ending = arg;
	bool last;

	mca_civet_stop(ending->civet);
	pthread_mutex_lock(&ending->lock);
	ending->is_done = true;
	last = ending->is_left;
	pthread_cond_signal(&ending->done);
	pthread_mutex_unlock(&ending->lock);
	if (last)
		free_ending(ending);
	return NULL;
}

/* True when it is gone in time. */
static bool await_ending(struct ending *ending, unsigned limit_ms)
{
	struct timespec deadline = deadline_after(limit_ms);
	bool done;

	pthread_mutex_lock(&ending->lock);
	while (!ending->is_done &&
	       pthread_cond_timedwait(&ending->done, &ending->lock, &deadline) == 0)
		;
	done = ending->is_done;
	ending->is_left = !done;
	pthread_mutex_unlock(&ending->lock);
	if (done)
		free_ending(ending);
	return done;
}

/* Stop a CivetWeb within limit_ms, or leave it behind. */
static void stop_civet(struct mca_http *http, unsigned limit_ms)
{
	struct ending *ending = calloc(1, sizeof *ending);
	pthread_t thread;

	/* Free the port whatever comes. */
	mca_sockets_cut(http->house.hosts.port);
	if (ending) {
		ending->civet = http->civet;
		pthread_mutex_init(&ending->lock, NULL);
		init_condition(&ending->done);
	}
	http->civet = NULL;
	http->failures = 0;
	if (ending && pthread_create(&thread, NULL, run_ending, ending) == 0) {
		pthread_setname_np(thread, "mca-http-stop");
		pthread_detach(thread);
		http->stuck += !await_ending(ending, limit_ms);
		return;
	}
	http->stuck++;
	if (ending)
		free_ending(ending);
}

static void tell(struct mca_http *http, bool listening, const char *trouble)
{
	pthread_mutex_lock(&http->lock);
	http->view.listening = listening;
	http->view.starts += listening;
	if (trouble)
		snprintf(http->view.trouble, sizeof http->view.trouble, "%s", trouble);
	http->tried = true;
	pthread_cond_broadcast(&http->moved);
	pthread_mutex_unlock(&http->lock);
}

/* Can this failure pass by itself? */
static bool may_pass(int code)
{
	return code == -EADDRINUSE || code == -EADDRNOTAVAIL || code == -EAGAIN || code == -ENOMEM;
}

/* False when trying again makes no sense. */
static bool try_start(struct mca_http *http)
{
	struct mca_diag diag = { 0 };
	int code = mca_civet_start(&http->civet, &http->house, &http->options, &diag);

	if (!http->tried)
		http->diag = diag;
	if (code) {
		tell(http, false, diag.text);
		return may_pass(code);
	}
	/* A free port was wanted, and this one was given: clients know it by now. */
	http->options.port = http->house.hosts.port;
	tell(http, true, NULL);
	return true;
}

static void restart(struct mca_http *http, const char *why)
{
	char trouble[MCA_DIAG_TEXT_MAX];

	stop_civet(http, RESTART_STOP_MS);
	snprintf(trouble, sizeof trouble, "the HTTP server %s%s", why, http->stuck < STUCK_MAX ?
		 " and is restarted" : ", as others before it: restart the service");
	tell(http, false, trouble);
}

static void check_health(struct mca_http *http)
{
	int code = mca_probe_ask(http->options.bind, http->options.port, http->wake_fd,
				 http->probe_ms);

	if (code == 0) {
		http->proven = true;
		http->failures = 0;
	} else if (code == -ECONNREFUSED || code == -ETIMEDOUT ||
		   (code == -EHOSTUNREACH && http->proven)) {
		http->failures++;
	}
	if (http->failures >= FAILURES_MAX)
		restart(http, code == -ECONNREFUSED ? "had stopped listening" : "did not answer");
}

/* True when the warden has to end. */
static bool rest(const struct mca_http *http, unsigned ms)
{
	struct pollfd wake = { .fd = http->wake_fd, .events = POLLIN };

	return poll(&wake, 1, (int)ms) > 0;
}

static void *warden_run(void *arg)
{
	struct mca_http *http = arg;
	bool goes_on = true;

	while (goes_on) {
		if (!http->civet && http->stuck < STUCK_MAX)
			goes_on = try_start(http) || http->view.starts > 0;
		else if (http->civet)
			check_health(http);
		if (goes_on && !http->persist && !http->view.starts)
			break;
		if (goes_on)
			goes_on = !rest(http, http->civet ? http->probe_ms : RETRY_MS);
	}
	if (http->civet)
		stop_civet(http, FINAL_STOP_MS);
	pthread_mutex_lock(&http->lock);
	http->ended = true;
	http->clean = http->stuck == 0;
	pthread_cond_broadcast(&http->moved);
	pthread_mutex_unlock(&http->lock);
	return NULL;
}

static int init_house(struct mca_house *house, const struct mca_http_options *options)
{
	int code;

	house->body_timeout_ms = options->body_timeout_ms ? options->body_timeout_ms : 5000;
	house->control_timeout_ms =
		options->control_timeout_ms ? options->control_timeout_ms : 10000;
	house->control_calls_max = options->threads / 8 > 4 ? options->threads / 8 : 4;
	house->run_on_control = options->run_on_control;
	house->context = options->context;
	code = mca_hosts_init(&house->hosts, options->bind, options->allowed_hosts,
			      options->allowed_host_count);
	return code;
}

static void free_http(struct mca_http *http)
{
	mca_hosts_done(&http->house.hosts);
	mca_token_done(&http->token);
	pthread_cond_destroy(&http->moved);
	pthread_mutex_destroy(&http->lock);
	if (http->wake_fd >= 0)
		close(http->wake_fd);
	free(http);
}

static int init_http(struct mca_http *http, const struct mca_http_options *options)
{
	int code = init_house(&http->house, options);
	int token_code = mca_token_init(&http->token, options->token);

	http->options = (struct mca_civet_options){
		.bind = http->house.hosts.bind,
		.port = options->port,
		.threads = options->threads,
		.head_timeout_ms = options->head_timeout_ms ? options->head_timeout_ms : 3000,
		.idle_timeout_ms = options->idle_timeout_ms ? options->idle_timeout_ms : 1000,
	};
	http->persist = options->persist;
	http->probe_ms = options->probe_ms ? options->probe_ms : 2000;
	pthread_mutex_init(&http->lock, NULL);
	init_condition(&http->moved);
	http->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	http->house.token = &http->token;
	code = code ? code : token_code;
	return code ? code : http->wake_fd < 0 ? -errno : 0;
}

int mca_http_set_token(struct mca_http *http, const char *token)
{
	return mca_token_set(&http->token, token);
}

static void await_first_attempt(struct mca_http *http)
{
	pthread_mutex_lock(&http->lock);
	while (!http->tried)
		pthread_cond_wait(&http->moved, &http->lock);
	pthread_mutex_unlock(&http->lock);
}

int mca_http_start(struct mca_http **http, const struct mca_http_options *options,
		   struct mca_diag *diag)
{
	struct mca_http *h = calloc(1, sizeof *h);
	int code;

	if (!h)
		return mca_diag_set(diag, -ENOMEM, "memory ran out while starting the HTTP server");
	code = init_http(h, options);
	if (!code)
		code = -pthread_create(&h->warden, NULL, warden_run, h);
	if (code) {
		free_http(h);
		return mca_diag_set(diag, code, "the HTTP server did not start: %s",
				    mca_thread_failure(-code));
	}
	pthread_setname_np(h->warden, "mca-http");
	await_first_attempt(h);
	if (h->diag.code && !(h->persist && may_pass(h->diag.code))) {
		*diag = h->diag;
		mca_http_stop(h);
		return diag->code;
	}
	*http = h;
	return 0;
}

void mca_http_open(struct mca_http *http, struct mca_api *api)
{
	atomic_store(&http->house.api, api);
}

void mca_http_look(struct mca_http *http, struct mca_http_view *view)
{
	pthread_mutex_lock(&http->lock);
	*view = http->view;
	pthread_mutex_unlock(&http->lock);
}

unsigned mca_http_port(const struct mca_http *http)
{
	return http->house.hosts.port;
}

int mca_http_stop(struct mca_http *http)
{
	struct timespec deadline = deadline_after(FINAL_WAIT_MS);
	const uint64_t one = 1;
	bool ended, clean;

	if (!http)
		return 0;
	(void)!write(http->wake_fd, &one, sizeof one);
	pthread_mutex_lock(&http->lock);
	while (!http->ended &&
	       pthread_cond_timedwait(&http->moved, &http->lock, &deadline) == 0)
		;
	ended = http->ended;
	clean = http->clean;
	pthread_mutex_unlock(&http->lock);
	if (ended)
		pthread_join(http->warden, NULL);
	if (!ended || !clean)
		return -ETIMEDOUT;
	free_http(http);
	return 0;
}
