/* SPDX-License-Identifier: MIT */
#ifndef MCA_CLIENT_H
#define MCA_CLIENT_H

#include <stddef.h>

struct mca_diag;

/* A client of the HTTP API for the command line (CivetWeb's client half). Thread: control. */
struct mca_client_reply {
	int status;       /* HTTP status */
	char *body;       /* malloc'ed, terminated */
	size_t length;
};

struct mca_client_target {
	const char *host;   /* "127.0.0.1" */
	unsigned port;
	const char *token;  /* NULL = none */
};

/* One request; body NULL = none (JSON otherwise). 0, or -ECONNREFUSED and the like with diag
 * naming the cure. Free with mca_client_reply_done(). */
int mca_client_request(const struct mca_client_target *target, const char *method,
		       const char *path, const char *body, unsigned timeout_ms,
		       struct mca_client_reply *reply, struct mca_diag *diag);
void mca_client_reply_done(struct mca_client_reply *reply);

#endif
