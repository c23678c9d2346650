/* SPDX-License-Identifier: MIT */
#ifndef MCA_HTTP_CIVET_H
#define MCA_HTTP_CIVET_H

struct mca_diag;
struct mca_house;

/*
 * One running CivetWeb with its listening socket and its threads. The house outlives it; the port
 * that it got stands in house->hosts.port.
 */
struct mca_civet;

struct mca_civet_options {
	const char *bind;          /* IPv4 address */
	unsigned port;             /* 0 = any free port */
	unsigned threads;          /* workers */
	unsigned head_timeout_ms;  /* for a head, and for a pause in a body */
	unsigned idle_timeout_ms;  /* between two requests of a connection */
};

/* Listen and start the threads. 0, or negative errno with diag: -EADDRINUSE, -EAGAIN (not all
 * threads could be started; those that could have ended). Thread: the warden (server.c). */
int mca_civet_start(struct mca_civet **civet, struct mca_house *house,
		    const struct mca_civet_options *options, struct mca_diag *diag);

/* Cut all connections, wait for the threads and free. Tens of milliseconds as a rule, for ever when
 * a worker never returns from a handler. Thread: any single one. */
void mca_civet_stop(struct mca_civet *civet);

#endif
