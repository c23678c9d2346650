/* SPDX-License-Identifier: MIT */
#ifndef MCA_HTTP_SOCKETS_H
#define MCA_HTTP_SOCKETS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * The sockets that CivetWeb keeps to itself, found among the descriptors of the process by their
 * addresses. Needed to end all connections at a stop, where CivetWeb would wait up to two seconds
 * for silent ones, to cut the connections that wait too long, to close a refused connection
 * without losing the answer, and to read a long body in steps that cannot block.
 */

/* Is this descriptor an accepted connection on the port? Thread: any. */
bool mca_sockets_peer(int fd, unsigned port, struct sockaddr_in *peer);

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
