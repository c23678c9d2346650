/* SPDX-License-Identifier: MIT */
#ifndef MCA_HTTP_CONNECTIONS_H
#define MCA_HTTP_CONNECTIONS_H

#include <netinet/in.h>
#include <stdbool.h>

/*
 * Who holds a worker. CivetWeb gives each connection a worker from its first byte to its last, so
 * that silent clients would use up the workers. This table bounds them: while more than three
 * quarters of the workers serve connections, or one address has more than its share, the
 * connection that has kept its worker waiting longest is cut for each new one. A connection that
 * has sent a complete request is never cut before it is answered; one that has been answered
 * before is cut only when there is no other.
 *
 * Waiting: for a head, for a body, for the next request, for the client to take the answer.
 * Thread: any; every call takes one short lock.
 */
struct mca_connections;

/* A table for so many workers. NULL when memory ran out. Thread: warden. */
struct mca_connections *mca_connections_new(unsigned workers);
void mca_connections_free(struct mca_connections *connections); /* Thread: warden. */

/* A worker has a new connection. CivetWeb does not say which at this moment, so that every accepted
 * connection on the port that has no seat yet gets one, those in CivetWeb's queue included; and
 * others are cut if there are too many. */
void mca_connections_seat_new(struct mca_connections *connections, unsigned local_port);

/* The seat of the connection from a peer ("127.0.0.1", port), -1 = not found; the other functions
 * take -1 and do nothing. */
int mca_connections_find(struct mca_connections *connections, unsigned local_port,
			 const char *peer, unsigned peer_port);

/* The descriptor, -1 for seat -1. It stays CivetWeb's, and valid until the connection closes. */
int mca_connections_descriptor(struct mca_connections *connections, int seat);

/* Is the server at work for it (then it is not cut), or does it wait for a part of the request? */
void mca_connections_hold(struct mca_connections *connections, int seat, bool working);

/* The answer is there: from now on the server waits for the client to take it, and for its next
 * request. */
void mca_connections_wait(struct mca_connections *connections, int seat);

/* The descriptor is about to be closed: never shut it down from now on. */
void mca_connections_close(struct mca_connections *connections, int seat);

/* It has been closed, and the seat is free. */
void mca_connections_leave(struct mca_connections *connections, int seat);

#endif
