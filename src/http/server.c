/* SPDX-License-Identifier: MIT */
/*
 * The only file that knows CivetWeb (1.15, as Debian builds it). Every request is answered inside
 * begin_request, so that nothing else of CivetWeb can be reached: no files, CGI, WebSockets,
 * uploads, redirects, passwords, CORS, and no prefix matching of paths.
 *
 * Threads. One worker serves one connection at a time, so the number of workers is the number of
 * slow clients that can be borne. Their stacks are 100 KiB; what needs more (parsing a
 * configuration) runs on the control thread. With one malloc arena and memory locked on fault each
 * costs about 19 KiB resident, mostly first pages of its stack and buffer: the whole process with
 * four channels has 12.5 MiB with 16 workers, 16 MiB with 256 and 33 MiB with 1100. More clients
 * than workers wait until a slow one is cut off, seconds later.
 */
#include "mca/http.h"

#include <arpa/inet.h>
#include <civetweb.h>
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exchange.h"
#include "mca/api.h"
#include "mca/diag.h"
#include "sockets.h"
#include "trouble.h"

#define HEAD_BYTES 8192      /* max_request_size: a whole head must fit */
#define DRAIN_QUIET_MS 100
#define DRAIN_TOTAL_MS 1000

struct mca_http {
	struct mg_context *civetweb;
	struct mca_house house;
	pthread_mutex_t lock;    /* guards trouble */
	char trouble[200];       /* what CivetWeb said first while starting, "" = nothing */
};

/* What a worker remembers from request to request. */
struct worker {
	const char *buffer;      /* where its requests begin, as far as seen; NULL = none yet */
	bool refused;            /* CivetWeb refused the request at hand, and was answered */
};

_Static_assert(MG_MAX_HEADERS == MCA_HEAD_HEADERS, "as many headers as CivetWeb keeps");

/* The way to one client. */
struct link {
	struct mg_connection *connection;
	const struct mca_http *http;
	int fd;                  /* FD_UNKNOWN until it is looked for, -1 = not found */
	unsigned small_steps;    /* single bytes to read before asking again what is ready */
};

#define FD_UNKNOWN (-2)
#define LONG_BODY 512        /* from here on looking for the descriptor pays */
#define SMALL_STEPS 64

static int descriptor(struct link *link)
{
	const struct mg_request_info *info = mg_get_request_info(link->connection);

	if (link->fd == FD_UNKNOWN)
		link->fd = mca_sockets_find(link->http->house.hosts.port, info->remote_addr,
					    (unsigned)info->remote_port);
	return link->fd;
}

/*
 * mg_read() returns only when it has all it was asked for, and its timer starts again with every
 * byte: whoever drips a byte every two seconds holds it for days. So it is asked for what the
 * socket has ready, or for a single byte: that may be waiting in CivetWeb's own buffer, which
 * nobody can look into.
 */
static int read_some(void *context, char *buffer, size_t length)
{
	struct link *link = context;
	size_t step = 0;

	if (link->small_steps > 0) {
		link->small_steps--;
	} else if (length >= LONG_BODY) {
		step = mca_sockets_ready(descriptor(link));
		link->small_steps = step ? 0 : SMALL_STEPS;
	}
	if (step == 0)
		step = 1;
	return mg_read(link->connection, buffer, step < length ? step : length);
}

static int write_all(void *context, const char *text, size_t length)
{
	struct link *link = context;

	return mg_write(link->connection, text, length) == (int)length ? 0 : -1;
}

/* The port is known, and no worker runs yet that could read it. */
static void door_is_open(const struct mg_context *civetweb)
{
	struct mca_http *http = mg_get_user_data(civetweb);
	struct mg_server_port port = { 0 };

	if (mg_get_server_ports(civetweb, 1, &port) == 1)
		http->house.hosts.port = (unsigned)port.port;
}

static void *worker_begins(const struct mg_context *civetweb, int kind)
{
	enum { WORKER = 1 };
	return kind == WORKER ? calloc(1, sizeof(struct worker)) : NULL;
}

static void worker_ends(const struct mg_context *civetweb, int kind, void *worker)
{
	free(worker);
}

/*
 * CivetWeb skips blanks before the request line by looking beyond what was received, into what an
 * earlier request left in the worker's buffer: a few blanks would replay somebody else's request.
 * The buffer never moves, so a request that begins behind its start has been preceded by blanks.
 */
static bool begins_at_once(const struct mg_connection *connection, const char *method)
{
	struct worker *worker = mg_get_thread_pointer(connection);

	if (!worker)
		return true;
	if (!worker->buffer || method < worker->buffer)
		worker->buffer = method;
	return method == worker->buffer;
}

static void take_head(struct mca_head *head, const struct mg_request_info *info)
{
	*head = (struct mca_head){
		.method = info->request_method,
		.target = info->request_uri,
		.path = info->local_uri_raw ? info->local_uri_raw : "*",
		.query = info->query_string,
		.version = info->http_version,
		.count = (unsigned)info->num_headers,
	};
	for (unsigned i = 0; i < head->count; i++)
		head->field[i] = (struct mca_head_field){ info->http_headers[i].name,
							  info->http_headers[i].value };
}

/* Close without a reset overtaking the answer. */
static void end_exchange(struct link *link, const struct mca_exchange *exchange)
{
	if (exchange->keep_alive)
		return;
	mg_disable_connection_keep_alive(link->connection);
	if (exchange->unread && descriptor(link) >= 0)
		mca_sockets_drain(link->fd, DRAIN_QUIET_MS, DRAIN_TOTAL_MS);
}

static int begin_request(struct mg_connection *connection)
{
	const struct mg_request_info *info = mg_get_request_info(connection);
	const struct mca_http *http = info->user_data;
	struct link link = { .connection = connection, .http = http, .fd = FD_UNKNOWN };
	struct mca_head head;
	struct mca_exchange exchange = {
		.house = &http->house, .head = &head, .last = !info->local_uri,
		.client = info->remote_addr,
		.connection = &link, .read = read_some, .write = write_all,
	};

	take_head(&head, info);
	exchange.plain = begins_at_once(connection, head.method) &&
			 mca_head_is_plain(&head, head.method + HEAD_BYTES);
	mca_head_trim(&head);
	mca_exchange_run(&exchange);
	end_exchange(&link, &exchange);
	return exchange.status ? exchange.status : 400;
}

/* CivetWeb closes the connection without a word when the target is "*" or the URL of another host:
 * a request was read and led to no path. */
static void before_close(const struct mg_connection *connection)
{
	const struct mg_request_info *info = mg_get_request_info(connection);
	struct worker *worker = mg_get_thread_pointer(connection);

	if (worker && !worker->refused && info->request_uri && !info->local_uri)
		begin_request((struct mg_connection *)connection);
	if (worker)
		worker->refused = false;
}

/* CivetWeb refuses a method that it does not know after it has cut the request line and before it
 * cuts a header. */
static bool is_unknown_method(const struct mg_request_info *info)
{
	const char *token = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
			    "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	const char *method = info->request_method;

	return method && info->http_version && info->num_headers == 0 && *method &&
	       !method[strspn(method, token)] && !mca_api_takes_method(method);
}

/* What CivetWeb refuses by itself, before begin_request, in our words. It has one code for
 * garbage, for a head that is too long and for one that came too late. */
static int refuse(struct mg_connection *connection, int status, const char *message)
{
	const struct mg_request_info *info = mg_get_request_info(connection);
	const struct mca_http *http = info->user_data;
	struct link link = { .connection = connection, .http = http, .fd = FD_UNKNOWN };
	struct mca_exchange exchange = {
		.house = &http->house, .connection = &link, .write = write_all, .unread = true,
	};
	struct worker *worker = mg_get_thread_pointer(connection);

	if (worker)
		worker->refused = true;

	if (status == 505 || (info->http_version && strncmp(info->http_version, "1.", 2) != 0))
		mca_exchange_refuse(&exchange, 505, "speak HTTP/1.1 or HTTP/1.0");
	else if (is_unknown_method(info))
		mca_exchange_refuse(&exchange, 501, "this method is unknown here: use GET, HEAD or "
				    "POST");
	else if (status == 500)
		mca_exchange_refuse(&exchange, 500, "the request could not be read");
	else
		mca_exchange_refuse(&exchange, 400, "this is no HTTP request, its head holds a tab "
				    "or another control character, is longer than 8192 bytes, or "
				    "did not arrive in time");
	end_exchange(&link, &exchange);
	return 0;
}

/* Nothing goes to stderr; while starting, the first sentence is kept, since only it says why. */
static int keep_trouble(const struct mg_connection *connection, const char *message)
{
	struct mca_http *http = mg_get_user_data(mg_get_context(connection));

	if (!http)
		return 1;
	pthread_mutex_lock(&http->lock);
	if (!http->trouble[0])
		snprintf(http->trouble, sizeof http->trouble, "%s", message);
	pthread_mutex_unlock(&http->lock);
	return 1;
}

static void house_done(struct mca_house *house)
{
	mca_hosts_done(&house->hosts);
	free(house->token);
}

static int house_init(struct mca_house *house, struct mca_api *api,
		      const struct mca_http_options *options)
{
	int code;

	*house = (struct mca_house){
		.api = api,
		.body_timeout_ms = options->body_timeout_ms ? options->body_timeout_ms : 5000,
		.control_timeout_ms =
			options->control_timeout_ms ? options->control_timeout_ms : 10000,
		.run_on_control = options->run_on_control,
		.context = options->context,
	};
	code = mca_hosts_init(&house->hosts, options->bind, options->allowed_hosts,
			      options->allowed_host_count);
	if (!code && options->token) {
		house->token = strdup(options->token);
		code = house->token ? 0 : -ENOMEM;
	}
	return code;
}

/* CivetWeb on the wanted address, NULL = http->trouble says why not. */
static struct mg_context *start_civetweb(struct mca_http *http,
					 const struct mca_http_options *options)
{
	char address[80], threads[16], timeout[16], idle[16];
	const char *settings[] = {
		"listening_ports", address,
		"num_threads", threads,
		"request_timeout_ms", timeout,
		"enable_keep_alive", "yes",
		"keep_alive_timeout_ms", idle,
		"max_request_size", "8192",
		"tcp_nodelay", "1",
		"listen_backlog", "1024",
		"decode_url", "no",
		"enable_auth_domain_check", "no",
		"access_control_allow_origin", "",
		"access_control_allow_methods", "",
		"access_control_allow_headers", "",
		NULL,
	};
	const struct mg_callbacks callbacks = {
		.begin_request = begin_request,
		.http_error = refuse,
		.connection_close = before_close,
		.log_message = keep_trouble,
		.init_context = door_is_open,
		.init_thread = worker_begins,
		.exit_thread = worker_ends,
	};

	snprintf(address, sizeof address, "%s:%u", options->bind, options->port);
	snprintf(threads, sizeof threads, "%u", options->threads);
	snprintf(timeout, sizeof timeout, "%u",
		 options->head_timeout_ms ? options->head_timeout_ms : 3000);
	snprintf(idle, sizeof idle, "%u",
		 options->idle_timeout_ms ? options->idle_timeout_ms : 1000);
	return mg_start(&callbacks, http, settings);
}

static bool lacks_workers(struct mca_http *http)
{
	bool lacks;

	pthread_mutex_lock(&http->lock);
	lacks = strstr(http->trouble, "worker thread") != NULL;
	pthread_mutex_unlock(&http->lock);
	return lacks;
}

static int open_door(struct mca_http *http, const struct mca_http_options *options,
		     struct mca_diag *diag)
{
	struct in_addr address;

	if (inet_pton(AF_INET, options->bind, &address) != 1)
		return mca_diag_set(diag, -EINVAL, "%s is no IPv4 address: bind to 127.0.0.1, or "
				    "to 0.0.0.0 for every interface", options->bind);
	http->civetweb = start_civetweb(http, options);
	if (!http->civetweb)
		return mca_trouble_explain(http->trouble, options->bind, options->port, diag);
	/* Where a worker could not be started the thread that accepts could not either, as a
	 * rule. */
	if (lacks_workers(http))
		return mca_diag_set(diag, -EAGAIN, "not all of the %u HTTP threads could be "
				    "started: lower http.threads, or raise the limit on tasks "
				    "(TasksMax= of the unit, ulimit -u)", options->threads);
	return 0;
}

int mca_http_start(struct mca_http **http, struct mca_api *api,
		   const struct mca_http_options *options, struct mca_diag *diag)
{
	struct mca_http *h = calloc(1, sizeof *h);
	int code;

	if (!h)
		return mca_diag_set(diag, -ENOMEM, "memory ran out while starting the HTTP server");
	mg_init_library(MG_FEATURES_DEFAULT);
	pthread_mutex_init(&h->lock, NULL);
	code = house_init(&h->house, api, options);
	if (code)
		mca_diag_set(diag, code, "memory ran out while starting the HTTP server");
	else
		code = open_door(h, options, diag);
	if (code) {
		mca_http_stop(h);
		return code;
	}
	*http = h;
	return 0;
}

unsigned mca_http_port(const struct mca_http *http)
{
	return http->house.hosts.port;
}

void mca_http_stop(struct mca_http *http)
{
	if (!http)
		return;
	if (http->civetweb) {
		mca_sockets_cut(http->house.hosts.port);
		mg_stop(http->civetweb);
	}
	mg_exit_library();
	house_done(&http->house);
	pthread_mutex_destroy(&http->lock);
	free(http);
}
