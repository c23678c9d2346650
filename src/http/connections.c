/* SPDX-License-Identifier: MIT */
/*
 * A seat for each worker and for each place in CivetWeb's queue. Seats are searched from end to
 * end: a new connection costs a few microseconds for 256 workers, less than its thread's wake-up.
 *
 * New descriptors are looked for among the low numbers that have no seat, since the kernel gives
 * out the lowest free one: some tens of system calls, where a walk through /proc/self/fd would cost
 * thousands under a flood.
 *
 * shutdown() under the lock hits the right socket, because a seat is marked, under the same lock,
 * before CivetWeb closes its descriptor, and is free only after that. The worker then reads the
 * end of the file and ends the connection.
 */
#include "connections.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "mca/clock.h"
#include "sockets.h"

#define SHARE_MIN 8       /* connections that one address may have at least: a browser opens six */
#define QUEUE_MAX 64      /* more than CivetWeb queues (20) */
#define FDS_KNOWN 16384   /* descriptors above it are never cut */
#define BEYOND_KNOWN 64   /* descriptors above the highest known one that are looked at */

struct seat {
	int fd;              /* -1 = free */
	struct in_addr address;
	unsigned port;       /* of the peer */
	uint64_t since_ns;   /* when it began to wait */
	bool working;        /* a complete request is being answered */
	bool served;         /* has been answered before */
	bool over;           /* cut or about to be closed: it counts no longer */
};

struct mca_connections {
	pthread_mutex_t lock;
	unsigned limit;      /* of all addresses, and of loopback */
	unsigned share;      /* of any other address */
	unsigned seats;
	unsigned local_port;
	int highest_fd;      /* ever seen in a seat */
	bool seated[FDS_KNOWN]; /* descriptors that have a seat */
	struct seat seat[];
};

struct mca_connections *mca_connections_new(unsigned workers)
{
	unsigned seats = workers + QUEUE_MAX;
	struct mca_connections *c = calloc(1, sizeof *c + seats * sizeof c->seat[0]);

	if (!c)
		return NULL;
	pthread_mutex_init(&c->lock, NULL);
	c->seats = seats;
	c->limit = workers - workers / 4;
	c->share = workers / 4 > SHARE_MIN ? workers / 4 : SHARE_MIN;
	for (unsigned i = 0; i < seats; i++)
		c->seat[i].fd = -1;
	return c;
}

void mca_connections_free(struct mca_connections *connections)
{
	if (!connections)
		return;
	pthread_mutex_destroy(&connections->lock);
	free(connections);
}

static void mark_seated(struct mca_connections *connections, int fd, bool seated)
{
	if (fd < FDS_KNOWN)
		connections->seated[fd] = seated;
}

/* Of two waiting ones, which is cut first? */
static bool goes_before(const struct seat *one, const struct seat *other)
{
	if (one->served != other->served)
		return !one->served;
	return one->since_ns < other->since_ns;
}

/* A CivetWeb that was left behind (server.c) closes its descriptors without telling this table. */
static bool is_still(const struct seat *seat, unsigned local_port)
{
	struct sockaddr_in peer;

	return mca_sockets_peer(seat->fd, local_port, &peer) &&
	       peer.sin_addr.s_addr == seat->address.s_addr && ntohs(peer.sin_port) == seat->port;
}

static bool counts(const struct seat *seat, const struct in_addr *address)
{
	return seat->fd >= 0 && !seat->over &&
	       (!address || seat->address.s_addr == address->s_addr);
}

/* The client has sent what no worker has read yet: it waits for the server. */
static bool is_unheard(const struct seat *seat)
{
	return mca_sockets_ready(seat->fd) > 0;
}

static struct seat *longest_waiting(struct mca_connections *connections, const struct seat *newest,
				    const struct in_addr *address)
{
	struct seat *first = NULL;

	for (unsigned i = 0; i < connections->seats; i++) {
		struct seat *seat = &connections->seat[i];

		if (seat != newest && counts(seat, address) && !seat->working &&
		    (!first || goes_before(seat, first)) && !is_unheard(seat))
			first = seat;
	}
	return first;
}

/* Cut the longest waiting connection, of one address or (NULL) of all, if there are more than
 * limit; not the newest one, for which room is made. */
static void make_room(struct mca_connections *connections, const struct seat *newest,
		      const struct in_addr *address, unsigned limit)
{
	struct seat *seat;
	unsigned count = 0;

	for (unsigned i = 0; i < connections->seats; i++)
		count += counts(&connections->seat[i], address);
	seat = count > limit ? longest_waiting(connections, newest, address) : NULL;
	if (!seat)
		return;
	if (is_still(seat, connections->local_port))
		shutdown(seat->fd, SHUT_RDWR);
	seat->over = true;
}

static struct seat *free_seat(struct mca_connections *connections)
{
	for (unsigned i = 0; i < connections->seats; i++)
		if (connections->seat[i].fd < 0)
			return &connections->seat[i];
	return NULL;
}

static void sit_down(struct mca_connections *connections, int fd, const struct sockaddr_in *peer)
{
	struct seat *seat = free_seat(connections);
	bool loopback = ntohl(peer->sin_addr.s_addr) >> 24 == 127;

	if (!seat)
		return;
	*seat = (struct seat){ .fd = fd, .address = peer->sin_addr,
			       .port = ntohs(peer->sin_port), .since_ns = mca_monotonic_ns() };
	mark_seated(connections, fd, true);
	if (fd > connections->highest_fd)
		connections->highest_fd = fd;
	make_room(connections, seat, &seat->address,
		  loopback ? connections->limit : connections->share);
	make_room(connections, seat, NULL, connections->limit);
}

static void seat_new(struct mca_connections *connections, unsigned local_port)
{
	int end = connections->highest_fd + BEYOND_KNOWN;
	struct sockaddr_in peer;

	connections->local_port = local_port;
	for (int fd = 0; fd < end && fd < FDS_KNOWN; fd++)
		if (!connections->seated[fd] && mca_sockets_peer(fd, local_port, &peer))
			sit_down(connections, fd, &peer);
}

void mca_connections_seat_new(struct mca_connections *connections, unsigned local_port)
{
	pthread_mutex_lock(&connections->lock);
	seat_new(connections, local_port);
	pthread_mutex_unlock(&connections->lock);
}

static int find_seat(const struct mca_connections *connections, struct in_addr address,
		     unsigned port)
{
	for (unsigned i = 0; i < connections->seats; i++) {
		const struct seat *seat = &connections->seat[i];

		if (seat->fd >= 0 && seat->port == port && seat->address.s_addr == address.s_addr)
			return (int)i;
	}
	return -1;
}

int mca_connections_find(struct mca_connections *connections, unsigned local_port,
			 const char *peer, unsigned peer_port)
{
	struct in_addr address;
	int seat;

	if (inet_pton(AF_INET, peer, &address) != 1)
		return -1;
	pthread_mutex_lock(&connections->lock);
	seat = find_seat(connections, address, peer_port);
	if (seat < 0) {
		seat_new(connections, local_port);
		seat = find_seat(connections, address, peer_port);
	}
	pthread_mutex_unlock(&connections->lock);
	return seat;
}

int mca_connections_descriptor(struct mca_connections *connections, int seat)
{
	int fd = -1;

	if (seat < 0)
		return -1;
	pthread_mutex_lock(&connections->lock);
	fd = connections->seat[seat].fd;
	pthread_mutex_unlock(&connections->lock);
	return fd;
}

void mca_connections_hold(struct mca_connections *connections, int seat, bool working)
{
	if (seat < 0)
		return;
	pthread_mutex_lock(&connections->lock);
	connections->seat[seat].working = working;
	pthread_mutex_unlock(&connections->lock);
}

void mca_connections_wait(struct mca_connections *connections, int seat)
{
	if (seat < 0)
		return;
	pthread_mutex_lock(&connections->lock);
	connections->seat[seat].working = false;
	connections->seat[seat].served = true;
	connections->seat[seat].since_ns = mca_monotonic_ns();
	pthread_mutex_unlock(&connections->lock);
}

void mca_connections_close(struct mca_connections *connections, int seat)
{
	if (seat < 0)
		return;
	pthread_mutex_lock(&connections->lock);
	connections->seat[seat].over = true;
	pthread_mutex_unlock(&connections->lock);
}

void mca_connections_leave(struct mca_connections *connections, int seat)
{
	if (seat < 0)
		return;
	pthread_mutex_lock(&connections->lock);
	mark_seated(connections, connections->seat[seat].fd, false);
	connections->seat[seat].fd = -1;
	pthread_mutex_unlock(&connections->lock);
}
