/* SPDX-License-Identifier: MIT */
/* Regular files only, since a pipe could block the caller for ever, and never more of a file than
 * its kind may have. */
#include "mca/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Descriptor or negative errno. */
static int open_regular(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat status;
	int code = fd < 0 || fstat(fd, &status) < 0 ? -errno : 0;

	if (code == 0 && S_ISREG(status.st_mode))
		return fd;
	if (code == 0)
		code = S_ISDIR(status.st_mode) ? -EISDIR : -EINVAL;
	if (fd >= 0)
		close(fd);
	return code;
}

/* Up to size bytes; how many, or negative errno. */
static ssize_t read_bytes(int fd, char *buffer, size_t size)
{
	size_t used = 0;

	while (used < size) {
		ssize_t got = read(fd, buffer + used, size - used);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (got == 0)
			break;
		used += (size_t)got;
	}
	return (ssize_t)used;
}

/* 0 or negative errno. */
static int read_text(int fd, size_t max, char **text, size_t *length)
{
	char *buffer = malloc(max + 2);
	ssize_t got = buffer ? read_bytes(fd, buffer, max + 1) : -ENOMEM;

	if (got < 0 || (size_t)got > max) {
		free(buffer);
		return got < 0 ? (int)got : -EFBIG;
	}
	buffer[got] = '\0';
	*text = buffer;
	*length = (size_t)got;
	return 0;
}

int mca_store_read(const char *path, size_t max, char **text, size_t *length,
		   struct mca_diag *diag)
{
	int fd = open_regular(path);
	int code = fd < 0 ? fd : read_text(fd, max, text, length);

	if (fd >= 0)
		close(fd);
	if (code == -EISDIR || code == -EINVAL)
		return mca_diag_set(diag, code, "%s is no regular file: put a file in its place",
				    path);
	if (code == -EFBIG)
		return mca_diag_set(diag, code, "%s has more than %zu bytes: that is not the file "
				    "that was meant", path, max);
	if (code < 0)
		return mca_diag_set(diag, code, "cannot read %s: %s", path, strerror(-code));
	return 0;
}
