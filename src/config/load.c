/* SPDX-License-Identifier: MIT */
/* A configuration file: regular files only (a pipe could block the caller for ever), never more of
 * it than a configuration may have. */
#include "mca/config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int cannot(const char *path, int code, struct mca_faults *faults)
{
	if (code == -ENOENT)
		return mca_faults_say(faults, code, NULL, NULL, "there is no file %s: write one, "
				      "config.example.json shows how", path);
	return mca_faults_say(faults, code, NULL, NULL, "cannot read %s: %s", path,
			      strerror(-code));
}

/* Opens without waiting for anybody; descriptor or negative errno with a fault. */
static int open_regular(const char *path, struct mca_faults *faults)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat status;
	int code;

	if (fd < 0)
		return cannot(path, -errno, faults);
	if (fstat(fd, &status) < 0)
		code = cannot(path, -errno, faults);
	else if (S_ISREG(status.st_mode))
		return fd;
	else
		code = mca_faults_say(faults, S_ISDIR(status.st_mode) ? -EISDIR : -EINVAL, NULL,
				      NULL, "%s is no regular file: name a JSON file", path);
	close(fd);
	return code;
}

/* Up to size bytes; how many, or negative errno. */
static ssize_t read_whole(int fd, char *buffer, size_t size)
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

static int parse_text(const char *path, const char *text, ssize_t length,
		      struct mca_settings *settings, struct mca_faults *faults)
{
	if (length < 0)
		return cannot(path, (int)length, faults);
	if (length > MCA_CONFIG_BYTES_MAX)
		return mca_faults_say(faults, -EBADMSG, NULL, NULL,
				      "%s has more than %d bytes: that is no configuration",
				      path, MCA_CONFIG_BYTES_MAX);
	return mca_config_parse(text, (size_t)length, settings, faults);
}

int mca_config_load(const char *path, struct mca_settings *settings, struct mca_faults *faults)
{
	const size_t size = MCA_CONFIG_BYTES_MAX + 1;
	char *text;
	int fd = open_regular(path, faults), result;

	if (fd < 0)
		return fd;
	text = malloc(size);
	result = text ? parse_text(path, text, read_whole(fd, text, size), settings, faults)
		      : cannot(path, -ENOMEM, faults);
	free(text);
	close(fd);
	return result;
}
