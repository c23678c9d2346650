/* SPDX-License-Identifier: MIT */
/*
 * The only file that knows CivetWeb (1.15, as Debian builds it). Every request is answered inside
 * begin_request, so that nothing else of CivetWeb can be reached: no files, CGI, WebSockets,
 * uploads, redirects, passwords, CORS, and no prefix matching of paths.
 *
 * Threads. One worker serves one connection at a time (connections.c says which ones may keep
 * theirs). Their stacks are 100 KiB; what needs more (parsing a configuration) runs on the control
 * thread. With one malloc arena and memory locked on fault each costs about 19 KiB resident, mostly
 * first pages of its stack and buffer: the whole process with four channels has 12.5 MiB with 16
 * workers, 16 MiB with 256 and 33 MiB with 1100.
 */
#include "civet.h"


#include <arpa/inet.h>
#include <civetweb.h>
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "connections.h"
#include "exchange.h"
#include "mca/api.h"
#include "mca/diag.h"
#include "sockets.h"
#include "spare.h"
#include "trouble.h"

#define HEAD_BYTES 8192      /* max_request_size: a whole head must fit */
#define DRAIN_QUIET_MS 100
#define DRAIN_TOTAL_MS 1000

/* How CivetWeb begins its complaint of a worker that could not be started. */
#define NO_WORKER "Cannot start worker thread"

struct mca_civet {
	struct mg_context *context;
	struct mca_house *house;
	struct mca_connections *connections;
	pthread_mutex_t lock;    /* guards trouble */
	char trouble[200];       /* what CivetWeb said first while starting, "" = nothing */
	struct mca_spare spare;
	bool lacks_workers;      /* not all of them could be started */
};

/* What a worker remembers from request to request. */
struct worker {
	const char *buffer;      /* where its requests begin, as far as seen; NULL = none yet */
	int seat;                /* of its connection (connections.h), -1 = not known yet */
	bool refused;            /* CivetWeb refused the request at hand, and was answered */
};

_Static_assert(MG_MAX_HEADERS == MCA_HEAD_HEADERS, "as many headers as CivetWeb keeps");

/* The way to one client. */
struct link {
	struct mg_connection *connection;
	struct mca_connections *connections;
	int seat;
	unsigned small_steps;    /* single bytes to read before asking again what is ready */
};

#define LONG_BODY 512        /* from here on the socket is asked what it has ready */
#define SMALL_STEPS 64

static int descriptor(const struct link *link)
{
	return mca_connections_descriptor(link->connections, link->seat);
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
	int got;

	if (link->small_steps > 0) {
		link->small_steps--;
	} else if (length >= LONG_BODY) {
		step = mca_sockets_ready(descriptor(link));
		link->small_steps = step ? 0 : SMALL_STEPS;
	}
	if (step == 0)
		step = 1;
	mca_connections_hold(link->connections, link->seat, false);
	got = mg_read(link->connection, buffer, step < length ? step : length);
	mca_connections_hold(link->connections, link->seat, true);
	return got;
}

static int write_all(void *context, const char *text, size_t length)
{
	struct link *link = context;

	mca_connections_wait(link->connections, link->seat);
	return mg_write(link->connection, text, length) == (int)length ? 0 : -1;
}

/* The port is known, and no worker runs yet that could read it. */
static void port_is_open(const struct mg_context *civetweb)
{
	struct mca_civet *civet = mg_get_user_data(civetweb);
	struct mg_server_port port = { 0 };

	/* A restart finds it as it is, and old workers may be reading it. */
	if (mg_get_server_ports(civetweb, 1, &port) == 1 &&
	    civet->house->hosts.port != (unsigned)port.port)
		civet->house->hosts.port = (unsigned)port.port;
}

static void *worker_begins(const struct mg_context *civetweb, int kind)
{
	enum { WORKER = 1 };
	struct worker *worker = kind == WORKER ? calloc(1, sizeof *worker) : NULL;

	if (worker)
		worker->seat = -1;
	return worker;
}

static void worker_ends(const struct mg_context *civetweb, int kind, void *worker)
{
	free(worker);
}

static struct mca_civet *civet_of(const struct mg_connection *connection)
{
	return mg_get_user_data(mg_get_context(connection));
}

/* CivetWeb has no address of the peer yet. */
static int connection_begins(const struct mg_connection *connection, void **data)
{
	struct mca_civet *civet = civet_of(connection);

	mca_connections_seat_new(civet->connections, civet->house->hosts.port);
	return 0;
}

static int seat_of(const struct mg_connection *connection)
{
	const struct mg_request_info *info = mg_get_request_info(connection);
	struct worker *worker = mg_get_thread_pointer(connection);
	struct mca_civet *civet = civet_of(connection);

	if (!worker)
		return -1;
	if (worker->seat < 0)
		worker->seat = mca_connections_find(civet->connections, civet->house->hosts.port,
						    info->remote_addr,
						    (unsigned)info->remote_port);
	return worker->seat;
}

static void connection_ended(const struct mg_connection *connection)
{
	struct worker *worker = mg_get_thread_pointer(connection);

	if (!worker)
		return;
	mca_connections_leave(civet_of(connection)->connections, worker->seat);
	worker->seat = -1;
}

static struct link link_to(struct mg_connection *connection)
{
	return (struct link){ .connection = connection,
			      .connections = civet_of(connection)->connections,
			      .seat = seat_of(connection) };
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
	if (!info->local_uri_raw)
		mca_head_take_url(head);
}

/* Close without a reset overtaking the answer. */
static void end_exchange(struct link *link, const struct mca_exchange *exchange)
{
	if (exchange->keep_alive)
		return;
	mg_disable_connection_keep_alive(link->connection);
	if (exchange->unread && descriptor(link) >= 0)
		mca_sockets_drain(descriptor(link), DRAIN_QUIET_MS, DRAIN_TOTAL_MS);
}

static int begin_request(struct mg_connection *connection)
{
	const struct mg_request_info *info = mg_get_request_info(connection);
	struct link link = link_to(connection);
	struct mca_head head;
	struct mca_exchange exchange = {
		.house = civet_of(connection)->house, .head = &head, .last = !info->local_uri,
		.client = info->remote_addr, .connection = &link, .read = read_some,
		.write = write_all,
	};

	mca_connections_hold(link.connections, link.seat, true);
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
	mca_connections_close(civet_of(connection)->connections, seat_of(connection));
}

/* What CivetWeb refuses by itself, before begin_request. */
static int refuse(struct mg_connection *connection, int status, const char *message)
{
	const struct mg_request_info *info = mg_get_request_info(connection);
	struct link link = link_to(connection);
	struct mca_exchange exchange = {
		.house = civet_of(connection)->house, .connection = &link, .write = write_all,
		.unread = true,
	};
	struct worker *worker = mg_get_thread_pointer(connection);

	if (worker)
		worker->refused = true;

	mca_exchange_refuse(&exchange, status, info->num_headers == 0 ? info->request_method : NULL,
			    info->http_version);
	end_exchange(&link, &exchange);
	return 0;
}

/* Nothing goes to stderr; while starting, the first sentence is kept, since only it says why. */
static int keep_trouble(const struct mg_connection *connection, const char *message)
{
	struct mca_civet *civet = mg_get_user_data(mg_get_context(connection));

	if (!civet)
		return 1;
	pthread_mutex_lock(&civet->lock);
	if (!civet->trouble[0])
		snprintf(civet->trouble, sizeof civet->trouble, "%s", message);
	pthread_mutex_unlock(&civet->lock);
	/* In the thread that starts it, before the thread that accepts is started. */
	if (strstr(message, NO_WORKER)) {
		civet->lacks_workers = true;
		mca_spare_give_way(&civet->spare);
	}
	return 1;
}

/* CivetWeb on the wanted address, NULL = civet->trouble says why not. */
static struct mg_context *start_civetweb(struct mca_civet *civet,
					 const struct mca_civet_options *options)
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
		.init_connection = connection_begins,
		.connection_close = before_close,
		.connection_closed = connection_ended,
		.log_message = keep_trouble,
		.init_context = port_is_open,
		.init_thread = worker_begins,
		.exit_thread = worker_ends,
	};

	snprintf(address, sizeof address, "%s:%u", options->bind, options->port);
	snprintf(threads, sizeof threads, "%u", options->threads);
	snprintf(timeout, sizeof timeout, "%u", options->head_timeout_ms);
	snprintf(idle, sizeof idle, "%u", options->idle_timeout_ms);
	return mg_start(&callbacks, civet, settings);
}

static int open_port(struct mca_civet *civet, const struct mca_civet_options *options,
		     struct mca_diag *diag)
{
	struct in_addr address;

	if (inet_pton(AF_INET, options->bind, &address) != 1)
		return mca_diag_set(diag, -EINVAL, "%s is no IPv4 address: bind to 127.0.0.1, or "
				    "to 0.0.0.0 for every interface", options->bind);
	civet->connections = mca_connections_new(options->threads);
	if (!civet->connections)
		return mca_diag_set(diag, -ENOMEM, "memory ran out while starting the HTTP server");
	if (mca_spare_begin(&civet->spare))
		return mca_trouble_explain(NO_WORKER, options, diag);
	civet->context = start_civetweb(civet, options);
	mca_spare_end(&civet->spare);
	if (civet->context && !civet->lacks_workers)
		return 0;
	return mca_trouble_explain(civet->trouble, options, diag);
}

int mca_civet_start(struct mca_civet **civet, struct mca_house *house,
		    const struct mca_civet_options *options, struct mca_diag *diag)
{
	struct mca_civet *c = calloc(1, sizeof *c);
	int code;

	if (!c)
		return mca_diag_set(diag, -ENOMEM, "memory ran out while starting the HTTP server");
	c->house = house;
	mg_init_library(MG_FEATURES_DEFAULT);
	pthread_mutex_init(&c->lock, NULL);
	code = open_port(c, options, diag);
	if (code) {
		mca_civet_stop(c);
		return code;
	}
	*civet = c;
	return 0;
}

void mca_civet_stop(struct mca_civet *civet)
{
	if (civet->context) {
		mca_sockets_cut(civet->house->hosts.port);
		mg_stop(civet->context);
	}
	mg_exit_library();
	mca_connections_free(civet->connections);
	pthread_mutex_destroy(&civet->lock);
	free(civet);
}
