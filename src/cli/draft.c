/* SPDX-License-Identifier: MIT */
#include "draft.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mca/diag.h"

/*
 * rename() replaces a file in one step only within one folder's file system, so the draft stands in
 * the destination's own folder. mkstemp() makes files that nobody else may read; a result is given
 * the permissions of the file it replaces, or those the umask leaves.
 */
static mode_t mode_for(const char *destination)
{
	struct stat old;
	mode_t mask;

	if (stat(destination, &old) == 0)
		return old.st_mode & 0777;
	mask = umask(0);
	umask(mask);
	return 0666 & ~mask;
}

/* Where the bytes would go in the end: the target of a link, or the name as it is. */
static char *resolve(const char *destination)
{
	char *path = realpath(destination, NULL);

	return path ? path : strdup(destination);
}

static int check_destination(const char *destination, struct mca_diag *diag)
{
	struct stat old;

	if (stat(destination, &old) == 0 && !S_ISREG(old.st_mode))
		return mca_diag_set(diag, -EINVAL, "%s is not a regular file: give the name of "
				    "a file", destination);
	return 0;
}

int mca_draft_open(struct mca_draft *draft, const char *destination, struct mca_diag *diag)
{
	int fd, result = check_destination(destination, diag);

	*draft = (struct mca_draft){0};
	if (result < 0)
		return result;
	draft->destination = resolve(destination);
	if (!draft->destination || asprintf(&draft->path, "%s.XXXXXX", draft->destination) < 0) {
		free(draft->destination);
		*draft = (struct mca_draft){0};
		return mca_diag_set(diag, -ENOMEM, "out of memory");
	}
	fd = mkstemp(draft->path);
	if (fd < 0) {
		result = mca_diag_set(diag, -errno, "cannot write beside %s: %s", destination,
				      strerror(errno));
		free(draft->path);
		free(draft->destination);
		*draft = (struct mca_draft){0};
		return result;
	}
	if (fchmod(fd, mode_for(draft->destination)) < 0)
		result = mca_diag_set(diag, -errno, "cannot set permissions of %s: %s", draft->path,
				      strerror(errno));
	close(fd);
	if (result < 0)
		mca_draft_drop(draft);
	return result;
}

static int sync_file(const char *path)
{
	int result, fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	result = fsync(fd) < 0 ? -errno : 0;
	close(fd);
	return result;
}

int mca_draft_commit(struct mca_draft *draft, struct mca_diag *diag)
{
	int result = sync_file(draft->path);

	if (result == 0 && rename(draft->path, draft->destination) < 0)
		result = -errno;
	if (result < 0) {
		mca_diag_set(diag, result, "cannot write %s: %s", draft->destination,
			     strerror(-result));
		mca_draft_drop(draft);
		return result;
	}
	free(draft->path);
	free(draft->destination);
	*draft = (struct mca_draft){0};
	return 0;
}

void mca_draft_drop(struct mca_draft *draft)
{
	if (draft->path)
		unlink(draft->path);
	free(draft->path);
	free(draft->destination);
	*draft = (struct mca_draft){0};
}
