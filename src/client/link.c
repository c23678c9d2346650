/* SPDX-License-Identifier: MIT */
/*
 * The socket is non-blocking and every call waits in poll() for what is left until the deadline, so
 * a peer that sends one byte a second gains nothing.
 */
#include "link.h"

#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "mca/client.h"
#include "mca/clock.h"

static int left_ms(const struct mca_link *link)
{
	uint64_t now = mca_monotonic_ms();
	uint64_t left = link->deadline_ms > now ? link->deadline_ms - now : 0;

	return left < INT_MAX ? (int)left : INT_MAX;
}

static int link_wait(const struct mca_link *link, short events)
{
	struct pollfd fds[2] = {
		{ .fd = link->fd, .events = events },
		{ .fd = link->interrupt_fd > 0 ? link->interrupt_fd : -1, .events = POLLIN },
	};
	int left, ready;

	do {
		left = left_ms(link);
		ready = left > 0 ? poll(fds, 2, left) : 0;
	} while (ready < 0 && errno == EINTR);
	if (ready < 0)
		return -errno;
	if (fds[1].revents)
		return -ECANCELED;
	return ready ? 0 : -ETIMEDOUT;
}

static int lookup_error(int code)
{
	switch (code) {
	case EAI_MEMORY:
		return -ENOMEM;
	case EAI_SYSTEM:
		return errno == ENOMEM ? -ENOMEM : -ENOENT;
	default:
		return -ENOENT;
	}
}

/*
 * getaddrinfo() may wait for name servers much longer than the deadline, so it runs in the C
 * library's own thread. A lookup that cannot be cancelled still owns its request, which is then
 * left to it: the process ends soon.
 */
static int lookup_name(const struct mca_link *link, const char *host, struct addrinfo **list)
{
	static const struct addrinfo hints = { .ai_family = AF_INET,
					       .ai_socktype = SOCK_STREAM };
	struct gaicb *request = calloc(1, sizeof *request);
	const struct gaicb *pending[1] = { request };
	struct timespec left = { .tv_sec = left_ms(link) / 1000,
				 .tv_nsec = left_ms(link) % 1000 * 1000000L };
	int code;

	if (!request)
		return -ENOMEM;
	request->ar_name = host;
	request->ar_request = &hints;
	code = getaddrinfo_a(GAI_NOWAIT, &request, 1, NULL);
	if (code == 0)
		gai_suspend(pending, 1, &left);
	if (code == 0 && gai_error(request) == EAI_INPROGRESS &&
	    gai_cancel(request) == EAI_NOTCANCELED)
		return -ETIMEDOUT;
	if (code == 0)
		code = gai_error(request);
	*list = request->ar_result;
	free(request);
	return code == EAI_CANCELED ? -ETIMEDOUT : code ? lookup_error(code) : 0;
}

static int link_finish(const struct mca_link *link)
{
	socklen_t size = sizeof(int);
	int error = 0, code = link_wait(link, POLLOUT);

	if (code)
		return code;
	getsockopt(link->fd, SOL_SOCKET, SO_ERROR, &error, &size);
	return -error;
}

static int link_connect(struct mca_link *link, struct in_addr host, unsigned port)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr = host,
				       .sin_port = htons((uint16_t)port) };

	mca_link_close(link);
	link->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (link->fd < 0)
		return -errno;
	if (connect(link->fd, (struct sockaddr *)&address, sizeof address) == 0)
		return 0;
	return errno == EINPROGRESS ? link_finish(link) : -errno;
}

int mca_link_open(struct mca_link *link, const struct mca_client_target *target,
		  unsigned timeout_ms)
{
	struct addrinfo *list = NULL;
	struct in_addr host;
	int code;

	*link = (struct mca_link){ .fd = -1, .interrupt_fd = target->interrupt_fd,
				   .deadline_ms = mca_monotonic_ms() + timeout_ms };
	/* This name means one address everywhere (RFC 6761): no look-up that could fail. */
	if (strcmp(target->host, "localhost") == 0)
		host.s_addr = htonl(INADDR_LOOPBACK);
	else if (inet_pton(AF_INET, target->host, &host) != 1)
		host.s_addr = htonl(INADDR_NONE);
	if (host.s_addr != htonl(INADDR_NONE))
		return link_connect(link, host, target->port);
	code = lookup_name(link, target->host, &list);
	if (code)
		return code;
	code = -ENOENT;
	for (const struct addrinfo *at = list; at && code && code != -ETIMEDOUT; at = at->ai_next) {
		memcpy(&host, &((const struct sockaddr_in *)(const void *)at->ai_addr)->sin_addr,
		       sizeof host);
		code = link_connect(link, host, target->port);
	}
	freeaddrinfo(list);
	return code;
}

int mca_link_send(const struct mca_link *link, const char *text, size_t length)
{
	while (length > 0) {
		ssize_t sent = send(link->fd, text, length, MSG_NOSIGNAL);
		int code;

		if (sent >= 0) {
			text += sent;
			length -= (size_t)sent;
			continue;
		}
		if (errno == EINTR)
			continue;
		if (errno != EAGAIN)
			return -errno;
		code = link_wait(link, POLLOUT);
		if (code)
			return code;
	}
	return 0;
}

int mca_link_receive(const struct mca_link *link, char *text, size_t room)
{
	for (;;) {
		int code = link_wait(link, POLLIN);
		ssize_t got;

		if (code)
			return code;
		got = recv(link->fd, text, room < INT_MAX ? room : INT_MAX, 0);
		if (got >= 0)
			return (int)got;
		if (errno != EINTR && errno != EAGAIN)
			return -errno;
	}
}

void mca_link_close(struct mca_link *link)
{
	if (link->fd >= 0)
		close(link->fd);
	link->fd = -1;
}
