/* SPDX-License-Identifier: MIT */
/*
 * Saving without ever harming the old file: write a new one beside it, fsync, rename over it, fsync
 * the folder. Until the rename nothing of the old file is touched; each writer has a temporary file
 * of its own, so of two writers the later rename wins, whole. A symbolic link stays: its target is
 * replaced. Mode and, where allowed, owner of the old file are kept.
 */
#include "mca/config.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct save {
	char target[PATH_MAX];         /* the file itself, links resolved */
	char temporary[PATH_MAX + 16];
	struct stat old;
	bool exists;
};

static const char *cure(int code)
{
	switch (-code) {
	case ENOSPC:
	case EDQUOT:
		return ": make room on the disk";
	case EFBIG:
		return ": raise the limit of file sizes (ulimit -f, LimitFSIZE=)";
	case EROFS:
		return ": the file system is read-only";
	case ENOENT:
		return ": make its folder, or remove the link that leads nowhere";
	case EACCES:
	case EPERM:
		return ": give this user write access to its folder";
	default:
		return "";
	}
}

static int cannot(const char *path, int code, struct mca_diag *diag)
{
	return mca_diag_set(diag, code, "cannot save %s, the old file is untouched: %s%s", path,
			    strerror(-code), cure(code));
}

/* Where the text really goes, and what stands there now. 0 or negative errno. */
static int resolve(struct save *save, const char *path)
{
	if (realpath(path, save->target)) {
		if (stat(save->target, &save->old) < 0)
			return -errno;
		save->exists = true;
		if (S_ISDIR(save->old.st_mode))
			return -EISDIR;
		return S_ISREG(save->old.st_mode) ? 0 : -EINVAL;
	}
	/* Nothing there is fine; a link to nothing is not, its meaning is unknown. */
	if (errno != ENOENT || lstat(path, &save->old) == 0)
		return -errno;
	if (strlen(path) >= sizeof(save->target))
		return -ENAMETOOLONG;
	strcpy(save->target, path);
	return 0;
}

static int write_whole(int fd, const char *text)
{
	size_t left = strlen(text);

	while (left) {
		ssize_t wrote = write(fd, text, left);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote < 0)
			return -errno;
		text += wrote;
		left -= (size_t)wrote;
	}
	return fsync(fd) < 0 ? -errno : 0;
}

static int keep_mode(const struct save *save, int fd)
{
	/* The owner can be kept by root only; for others the file simply becomes theirs. Owner
	 * before mode: chown may clear bits. */
	if (save->exists && fchown(fd, save->old.st_uid, save->old.st_gid) < 0 && errno != EPERM)
		return -errno;
	return fchmod(fd, save->exists ? save->old.st_mode & 07777 : 0644) < 0 ? -errno : 0;
}

/* The folder's entry is durable only after an fsync of the folder. */
static int sync_folder(const char *target)
{
	const char *slash = strrchr(target, '/');
	char folder[PATH_MAX];
	int fd, result;

	snprintf(folder, sizeof(folder), "%.*s", slash ? (int)(slash - target + 1) : 1,
		 slash ? target : ".");
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	result = fsync(fd) < 0 ? -errno : 0;
	close(fd);
	return result == -EINVAL ? 0 : result; /* some file systems know no fsync of a folder */
}

static int fill_temporary(struct save *save, const char *text)
{
	int fd = mkostemp(save->temporary, O_CLOEXEC);
	int result;

	if (fd < 0)
		return -errno;
	result = keep_mode(save, fd);
	if (result == 0)
		result = write_whole(fd, text);
	if (close(fd) < 0 && result == 0)
		result = -errno;
	if (result < 0)
		unlink(save->temporary);
	return result;
}

int mca_config_save(const char *path, const char *text, struct mca_diag *diag)
{
	struct save save = { .exists = false };
	int result = resolve(&save, path);

	if (result < 0)
		return cannot(path, result, diag);
	snprintf(save.temporary, sizeof(save.temporary), "%s.XXXXXX", save.target);
	result = fill_temporary(&save, text);
	if (result < 0)
		return cannot(path, result, diag);
	if (rename(save.temporary, save.target) < 0) {
		result = -errno;
		unlink(save.temporary);
		return cannot(path, result, diag);
	}
	result = sync_folder(save.target);
	if (result < 0)
		return mca_diag_set(diag, result,
				    "%s is saved, but may be lost if the machine fails now: %s",
				    path, strerror(-result));
	return 0;
}
