/* SPDX-License-Identifier: MIT */
/*
 * Only a file that may not be written (a read-only /etc under the service's sandbox, missing
 * rights) sends the configuration to the state file. Every other failure, a full disk above all,
 * is told: saving it elsewhere would leave two files that disagree.
 */
#include "save.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mca/config.h"
#include "mca/diag.h"
#include "room.h"

#define BEFORE_MAX (1024 * 1024) /* more than any configuration; what is longer is not ours */

static bool is_read_only(int code)
{
	return code == -EROFS || code == -EACCES || code == -EPERM;
}

/* The text of an open file, terminated; NULL with errno. */
static char *text_of(int fd)
{
	char *text = malloc(BEFORE_MAX + 1);
	size_t used = 0;
	ssize_t got = 1;

	while (text && got > 0 && used <= BEFORE_MAX) {
		got = read(fd, text + used, BEFORE_MAX + 1 - used);
		if (got > 0)
			used += (size_t)got;
		else if (got < 0 && errno == EINTR)
			got = 1;
	}
	if (text && (got < 0 || used > BEFORE_MAX)) {
		errno = got < 0 ? errno : EFBIG;
		free(text);
		return NULL;
	}
	if (text)
		text[used] = '\0';
	return text;
}

/* 0 and its text, or negative errno with diag. */
static int keep_open(int fd, const char *path, char **before, struct mca_diag *diag)
{
	struct stat status;

	if (fstat(fd, &status) == 0 && !S_ISREG(status.st_mode))
		return mca_diag_set(diag, -EINVAL, "%s is no regular file: put a file in its place",
				    path);
	*before = text_of(fd);
	if (*before)
		return 0;
	return mca_diag_set(diag, -errno, "cannot read %s before replacing it: %s", path,
			    strerror(errno));
}

/* Keep what stands at path; no file there is fine. Opens without waiting: the control thread must
 * not wait for whoever writes into a fifo. */
static int keep(const char *path, char **before, struct mca_diag *diag)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	int code;

	*before = NULL;
	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0)
		return mca_diag_set(diag, -errno, "cannot read %s before replacing it: %s", path,
				    strerror(errno));
	code = keep_open(fd, path, before, diag);
	close(fd);
	return code;
}

static int write_to(const char *path, enum mca_source source, const char *text,
		    struct mca_save *save, struct mca_diag *diag)
{
	int code = keep(path, &save->before, diag);

	if (!code)
		code = mca_config_save(path, text, diag);
	if (code) {
		mca_save_done(save);
		return code;
	}
	save->path = path;
	save->source = source;
	return 0;
}

int mca_save_write(struct mca_api *api, const char *text, struct mca_save *save,
		   struct mca_diag *diag)
{
	const char *path = api->origin.path, *state = api->state_path;
	int code = -EROFS;

	*save = (struct mca_save){ 0 };
	if (!path && !state)
		return mca_diag_set(diag, -ENOENT, "no configuration file is in use: start the "
				    "service with run --config FILE to have one");
	if (path)
		code = write_to(path, api->origin.path_source, text, save, diag);
	if (is_read_only(code) && state && !(path && strcmp(path, state) == 0))
		code = write_to(state, MCA_SOURCE_STATE, text, save, diag);
	return code;
}

int mca_save_undo(const struct mca_save *save, struct mca_diag *diag)
{
	if (save->before)
		return mca_config_save(save->path, save->before, diag);
	if (unlink(save->path) && errno != ENOENT)
		return mca_diag_set(diag, -errno, "cannot remove %s again: %s", save->path,
				    strerror(errno));
	return 0;
}

void mca_save_done(struct mca_save *save)
{
	free(save->before);
	*save = (struct mca_save){ 0 };
}
