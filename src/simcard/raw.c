/* SPDX-License-Identifier: MIT */
/*
 * Opened without waiting, because opening a pipe that nobody reads would wait for ever; what a full
 * pipe does is set afterwards. Written in pieces that a pipe takes whole or not at all, so that no
 * sample is ever cut in two.
 */
#include "raw.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "mca/diag.h"

int mca_simraw_open(const char *path, bool waits, struct mca_diag *diag)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK | O_CLOEXEC, 0666);
	int err = -errno;

	if (fd < 0)
		return mca_diag_set(diag, err, "cannot write %s: %s%s", path, strerror(-err),
				    err == -ENXIO ? " (nobody reads the pipe: start its reader "
						    "first)" : "; name a file in a folder that "
						    "may be written");
	if (waits && fcntl(fd, F_SETFL, 0) < 0) {
		err = -errno;
		close(fd);
		return mca_diag_set(diag, err, "cannot write %s: %s", path, strerror(-err));
	}
	return fd;
}

int64_t mca_simraw_write(int fd, const int16_t *samples, uint64_t count)
{
	const uint64_t most = PIPE_BUF / sizeof(*samples);
	uint64_t done = 0;

	while (done < count) {
		uint64_t piece = count - done < most ? count - done : most;
		ssize_t got = write(fd, samples + done, piece * sizeof(*samples));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return errno == EAGAIN ? (int64_t)done : -errno;
		if ((uint64_t)got != piece * sizeof(*samples))
			return -ENOSPC; /* a disk that fills up takes a part */
		done += piece;
	}
	return (int64_t)done;
}
