/* SPDX-License-Identifier: MIT */
#ifndef MCA_CLIENT_H
#define MCA_CLIENT_H

#include <stdbool.h>
#include <stddef.h>

struct mca_diag;

/*
 * A client of the HTTP API for the command line: one request over one connection, with one deadline
 * for all of it. Thread: control.
 */
struct mca_client_reply {
	int status;       /* HTTP status, 200 to 599 */
	bool json;        /* Content-Type is application/json or application/problem+json */
	char *body;       /* malloc'ed, terminated */
	size_t length;
};

struct mca_client_target {
	const char *host;   /* IPv4 address or host name */
	unsigned port;
	const char *token;  /* NULL = none */
	int interrupt_fd;   /* a request ends with -ECANCELED when it becomes readable; 0 = none */
};

/*
 * One request; body NULL = none (JSON otherwise). The deadline covers name lookup, connection,
 * request and answer. Redirects are not followed. Returns 0, or with diag naming the cure:
 *   -ECONNREFUSED  no program listens there
 *   -ETIMEDOUT     no byte of an answer came before the deadline
 *   -ECANCELED     interrupt_fd became readable
 *   -ENOMEM        memory ran out
 *   other          the answer is not one of this API, or the connection broke
 * Free with mca_client_reply_done().
 */
int mca_client_request(const struct mca_client_target *target, const char *method,
		       const char *path, const char *body, unsigned timeout_ms,
		       struct mca_client_reply *reply, struct mca_diag *diag);
void mca_client_reply_done(struct mca_client_reply *reply);

#endif
