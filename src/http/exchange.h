/* SPDX-License-Identifier: MIT */
#ifndef MCA_HTTP_EXCHANGE_H
#define MCA_HTTP_EXCHANGE_H

#include <stdatomic.h>

#include "body.h"
#include "head.h"
#include "host.h"
#include "mca/http.h"

struct mca_api;
struct mca_token;

/* What all exchanges of a server share; constant while it runs, but for the atomics. */
struct mca_house {
	_Atomic(struct mca_api *) api;   /* NULL = the service is starting */
	atomic_uint control_calls;       /* requests that wait for the control thread */
	unsigned control_calls_max;
	struct mca_hosts hosts;
	struct mca_token *token;     /* guards itself */
	unsigned body_timeout_ms;
	unsigned control_timeout_ms;
	int (*run_on_control)(void *context, void (*fn)(void *arg), void *arg,
			      unsigned timeout_ms);
	void *context;
};

/* One request and the way to its client; no socket library in sight. */
struct mca_exchange {
	struct mca_house *house;
	const struct mca_head *head;
	bool plain;                  /* mca_head_is_plain() */
	bool last;                   /* the connection closes after it, whatever was asked for */
	const char *client;          /* "127.0.0.1" */
	void *connection;
	mca_body_source *read;
	/* Writes everything; negative = the client is gone. */
	int (*write)(void *connection, const char *text, size_t length);
	/* out: */
	int status;                  /* what was answered, 0 = nothing: the client was gone */
	bool keep_alive;             /* the connection may serve another request */
	bool unread;                 /* a part of the body was left in the socket */
};

/* Answer one request: check the head, read the body, ask the api, write the response.
 * Thread: a worker. */
void mca_exchange_run(struct mca_exchange *exchange);

/* Answer what CivetWeb has refused with a status of its own. Method and version as far as it cut
 * them, when it cut no header after them; NULL = it did not come so far. Thread: a worker. */
void mca_exchange_refuse(struct mca_exchange *exchange, int status, const char *method,
			 const char *version);

#endif
