/* SPDX-License-Identifier: MIT */
/*
 * stderr belongs to others as well, so it keeps its blocking mode: O_NONBLOCK would count for all
 * who share the open file, the shell included. A socket takes MSG_DONTWAIT. A pipe or a terminal is
 * opened a second time, non-blocking, under its name in /proc. A regular file never blocks.
 *
 * A pipe or terminal that cannot be opened again (it belongs to another user) is asked with poll()
 * first. A line is shorter than PIPE_BUF, so a pipe that has room takes it whole; only a terminal
 * could then still block, when its output is stopped within the line.
 */
#include "line.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static bool line_write_ready(int fd, const char *line, size_t length)
{
	struct pollfd writable = { .fd = fd, .events = POLLOUT };

	return poll(&writable, 1, 0) == 1 && (writable.revents & POLLOUT) &&
	       write(fd, line, length) == (ssize_t)length;
}

static bool line_write_reopened(int fd, const char *line, size_t length)
{
	char name[32];
	bool taken;
	int again;

	snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
	again = open(name, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (again < 0)
		return line_write_ready(fd, line, length);
	taken = write(again, line, length) == (ssize_t)length;
	close(again);
	return taken;
}

bool mca_line_write(int fd, const char *line, size_t length)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return false;
	if (S_ISSOCK(st.st_mode))
		return send(fd, line, length, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)length;
	if (S_ISFIFO(st.st_mode) || S_ISCHR(st.st_mode))
		return line_write_reopened(fd, line, length);
	return write(fd, line, length) == (ssize_t)length;
}
