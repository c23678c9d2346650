/* SPDX-License-Identifier: MIT */
/*
 * /proc/self/fd is read rather than a range of numbers, since the limit on descriptors may be a
 * billion. Where there is no /proc nothing is found: a stop then takes up to two seconds, a refused
 * client may see a reset, and long bodies are read byte by byte.
 */
#include "sockets.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "mca/clock.h"

/* Called for each of our TCP sockets on the port; peer is NULL for the one that listens. True
 * ends. */
typedef bool visitor(void *context, int fd, const struct sockaddr_in *peer);

static bool is_local_port(int fd, unsigned port)
{
	struct sockaddr_in local;
	socklen_t size = sizeof local;

	return getsockname(fd, (struct sockaddr *)&local, &size) == 0 &&
	       local.sin_family == AF_INET && ntohs(local.sin_port) == port;
}

static bool is_listening(int fd)
{
	int listening = 0;
	socklen_t size = sizeof listening;

	return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) == 0 && listening;
}

static bool visit_one(int fd, unsigned port, visitor *visit, void *context)
{
	struct sockaddr_in peer;
	socklen_t size = sizeof peer;

	if (!is_local_port(fd, port))
		return false;
	if (is_listening(fd))
		return visit(context, fd, NULL);
	if (getpeername(fd, (struct sockaddr *)&peer, &size) == 0)
		return visit(context, fd, &peer);
	return false;
}

static void visit_all(unsigned port, visitor *visit, void *context)
{
	DIR *folder = opendir("/proc/self/fd");
	bool done = false;

	if (!folder)
		return;
	for (struct dirent *entry = readdir(folder); entry && !done; entry = readdir(folder))
		if (entry->d_name[0] != '.')
			done = visit_one(atoi(entry->d_name), port, visit, context);
	closedir(folder);
}

bool mca_sockets_peer(int fd, unsigned port, struct sockaddr_in *peer)
{
	socklen_t size = sizeof *peer;

	/* The peer first: most descriptors of the process have none. */
	return getpeername(fd, (struct sockaddr *)peer, &size) == 0 &&
	       peer->sin_family == AF_INET && is_local_port(fd, port);
}

size_t mca_sockets_ready(int fd)
{
	int bytes = 0;

	return fd >= 0 && ioctl(fd, FIONREAD, &bytes) == 0 && bytes > 0 ? (size_t)bytes : 0;
}

void mca_sockets_drain(int fd, unsigned quiet_ms, unsigned total_ms)
{
	uint64_t end = mca_monotonic_ms() + total_ms;
	struct pollfd descriptor = { .fd = fd, .events = POLLIN };
	char waste[16 * 1024];

	/* Our half is over: a client that waits for the end of the answer has it. */
	shutdown(fd, SHUT_WR);
	while (mca_monotonic_ms() < end && poll(&descriptor, 1, (int)quiet_ms) > 0)
		if (recv(fd, waste, sizeof waste, MSG_DONTWAIT) <= 0)
			return;
}

static bool stop_listening(void *context, int fd, const struct sockaddr_in *peer)
{
	if (!peer)
		shutdown(fd, SHUT_RD);
	return false;
}

static bool cut(void *context, int fd, const struct sockaddr_in *peer)
{
	if (peer)
		shutdown(fd, SHUT_RDWR);
	return false;
}

void mca_sockets_cut(unsigned port)
{
	visit_all(port, stop_listening, NULL);
	visit_all(port, cut, NULL);
}
