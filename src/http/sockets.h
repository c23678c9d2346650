/* SPDX-License-Identifier: MIT */
#ifndef MCA_HTTP_SOCKETS_H
#define MCA_HTTP_SOCKETS_H

#include <stddef.h>

/*
 * The sockets that CivetWeb keeps to itself, found among the descriptors of the process by their
 * addresses. Needed to end all connections at a stop, where CivetWeb would wait up to two seconds
 * for silent ones, to close a refused connection without losing the answer, and to read a long
 * body in steps that cannot block.
 */

/* The accepted connection from a peer ("127.0.0.1", port), -1 = not found. The descriptor stays
 * CivetWeb's and is valid while the worker that serves it is in our code. Thread: any. */
int mca_sockets_find(unsigned port, const char *peer, unsigned peer_port);

/* Bytes that can be read from a descriptor without waiting; 0 for -1. Thread: any. */
size_t mca_sockets_ready(int fd);

/* Read and throw away what the peer still sends, until it stops (its end of file, or silence for
 * quiet_ms), at most total_ms long: closing a socket with unread data resets the connection, and a
 * reset can overtake our answer. Thread: any. */
void mca_sockets_drain(int fd, unsigned quiet_ms, unsigned total_ms);

/* Stop listening on a port and cut all its connections; every worker that waits for one of them
 * wakes up at once. Thread: control. */
void mca_sockets_cut(unsigned port);

#endif
