/* SPDX-License-Identifier: MIT */
/*
 * libsystemd sends to the journal and to the service manager with a blocking socket: when the
 * receiver does not read, sd_journal_sendv() and sd_notify() block for as long as it does not, and
 * with them the main loop. Both protocols are one datagram on a documented socket, so this file
 * sends it with MSG_DONTWAIT.
 *
 * A socket is opened for each datagram. What is still queued counts against the socket that sent
 * it, so a fresh socket never meets the limit of its own send buffer.
 */
#include "datagram.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* The length of the address, 0 = it cannot be one. */
static socklen_t address_set(struct sockaddr_un *to, const char *address)
{
	size_t length = strlen(address);

	*to = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (length < 2 || length >= sizeof to->sun_path || (*address != '/' && *address != '@'))
		return 0;
	memcpy(to->sun_path, address, length);
	if (*address == '/')
		return (socklen_t)sizeof *to;
	to->sun_path[0] = '\0';
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
}

int mca_datagram_send(const char *address, const struct iovec *part, size_t count)
{
	struct sockaddr_un to;
	socklen_t length = address_set(&to, address);
	struct msghdr message = { .msg_name = &to, .msg_namelen = length,
				  .msg_iov = (struct iovec *)part, .msg_iovlen = count };
	int fd, result = 0;

	if (!length)
		return -EINVAL;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (sendmsg(fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		result = errno == ENOBUFS ? -EAGAIN : -errno;
	close(fd);
	return result;
}
