/* SPDX-License-Identifier: MIT */
/*
 * A connection that is not even taken proves nothing: the service's own packet filter
 * (IPAddressDeny=) drops packets to an address that is not allowed without a word, while clients
 * from elsewhere get through.
 */
#include "probe.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mca/clock.h"

/* Until fd is ready: 0, -ECANCELED, or -ETIMEDOUT. */
static int probe_wait(int fd, short events, int wake_fd, uint64_t end_ms)
{
	struct pollfd fds[] = { { .fd = fd, .events = events },
				{ .fd = wake_fd, .events = POLLIN } };
	uint64_t now = mca_monotonic_ms();
	int ready = now < end_ms ? poll(fds, 2, (int)(end_ms - now)) : 0;

	if (fds[1].revents)
		return -ECANCELED;
	return ready > 0 ? 0 : -ETIMEDOUT;
}

static int probe_connect(int fd, const char *bind, unsigned port, int wake_fd, uint64_t end_ms)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	socklen_t size = sizeof(int);
	int code, error = 0;

	if (inet_pton(AF_INET, bind, &address.sin_addr) != 1)
		return -EINVAL;
	if (address.sin_addr.s_addr == htonl(INADDR_ANY))
		address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
		return 0;
	if (errno != EINPROGRESS)
		return -errno;
	code = probe_wait(fd, POLLOUT, wake_fd, end_ms);
	if (code)
		return code == -ETIMEDOUT ? -EHOSTUNREACH : code;
	getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
	return -error;
}

static int probe_talk(int fd, unsigned port, int wake_fd, uint64_t end_ms)
{
	char text[128];
	ssize_t length = snprintf(text, sizeof text, "GET /healthz HTTP/1.1\r\n"
				  "Host: localhost:%u\r\nConnection: close\r\n\r\n", port);
	int code;

	if (send(fd, text, (size_t)length, MSG_NOSIGNAL) != length)
		return -ETIMEDOUT;
	code = probe_wait(fd, POLLIN, wake_fd, end_ms);
	if (code)
		return code;
	length = recv(fd, text, sizeof text, 0);
	return length >= 5 && memcmp(text, "HTTP/", 5) == 0 ? 0 : -ETIMEDOUT;
}

int mca_probe_ask(const char *bind, unsigned port, int wake_fd, unsigned timeout_ms)
{
	uint64_t end_ms = mca_monotonic_ms() + timeout_ms;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int code;

	if (fd < 0)
		return -errno;
	code = probe_connect(fd, bind, port, wake_fd, end_ms);
	if (code == 0)
		code = probe_talk(fd, port, wake_fd, end_ms);
	close(fd);
	return code;
}
