/* SPDX-License-Identifier: MIT */
/*
 * The temporary file is called NAME.new-XXXXXX, a pattern that a person does not choose for a copy
 * (NAME.backup would match NAME.XXXXXX), since whatever matches it is removed by the sweep. Its
 * writer holds a lock on it, which ends with the process: what is not locked is left over.
 */
#include "mca/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "temporary.h"

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

static int cannot_save(const char *path, int code, struct mca_diag *diag)
{
	return mca_diag_set(diag, code, "cannot save %s, the old file is untouched: %s%s", path,
			    strerror(-code), cure(code));
}

int mca_store_target(char target[PATH_MAX], const char *path)
{
	struct stat link;

	if (realpath(path, target))
		return MCA_TARGET_EXISTS;
	/* Nothing there is fine; a link to nothing is not, its meaning is unknown. */
	if (errno != ENOENT || !*path || lstat(path, &link) == 0)
		return -errno;
	if (strlen(path) >= PATH_MAX)
		return -ENAMETOOLONG;
	strcpy(target, path);
	return MCA_TARGET_ABSENT;
}

/* Where the text goes, and what is there now. 0 or negative errno. */
static int resolve(struct mca_staged *staged, const char *path)
{
	int result = mca_store_target(staged->target, path);

	if (result < 0 || result == MCA_TARGET_ABSENT)
		return result < 0 ? result : 0;
	if (stat(staged->target, &staged->old) < 0)
		return -errno;
	staged->exists = true;
	if (S_ISDIR(staged->old.st_mode))
		return -EISDIR;
	return S_ISREG(staged->old.st_mode) ? 0 : -EINVAL;
}

static int write_whole(int fd, const char *text, size_t left)
{
	while (left) {
		ssize_t wrote = write(fd, text, left);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote < 0)
			return -errno;
		text += wrote;
		left -= (size_t)wrote;
	}
	return 0;
}

static int keep_mode(const struct mca_staged *staged)
{
	/* The owner can be kept by root only; for others the file simply becomes theirs. Owner
	 * before mode: chown may clear bits. */
	if (staged->exists && fchown(staged->fd, staged->old.st_uid, staged->old.st_gid) < 0 &&
	    errno != EPERM)
		return -errno;
	return fchmod(staged->fd, staged->exists ? staged->old.st_mode & 07777 : 0644) < 0 ?
	       -errno : 0;
}

/* The folder's entry is durable only after an fsync of the folder. */
static int sync_folder(const char *target)
{
	const char *slash = strrchr(target, '/');
	char folder[PATH_MAX];
	int fd, result;

	snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - target + 1) : 1,
		 slash ? target : ".");
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	result = fsync(fd) < 0 ? -errno : 0;
	close(fd);
	return result == -EINVAL ? 0 : result; /* some file systems know no fsync of a folder */
}

/* One attempt: a sweep of another process may remove the file before its lock is held. */
static int open_temporary(struct mca_staged *staged)
{
	struct stat status;

	snprintf(staged->temporary, sizeof staged->temporary, "%s" MCA_TEMPORARY_MARK "XXXXXX",
		 staged->target);
	staged->fd = mkostemp(staged->temporary, O_CLOEXEC);
	if (staged->fd < 0)
		return -errno;
	flock(staged->fd, LOCK_EX | LOCK_NB);
	if (fstat(staged->fd, &status) == 0 && status.st_nlink > 0)
		return 0;
	close(staged->fd);
	return -EAGAIN;
}

static int fill_temporary(struct mca_staged *staged, const char *text, size_t length, bool durable)
{
	int result = open_temporary(staged);

	if (result == -EAGAIN)
		result = open_temporary(staged);
	if (result < 0) {
		staged->temporary[0] = '\0';
		return result;
	}
	result = keep_mode(staged);
	if (result == 0)
		result = write_whole(staged->fd, text, length);
	if (result == 0 && durable && fsync(staged->fd) < 0)
		result = -errno;
	if (result < 0)
		mca_store_drop(staged);
	return result;
}

static int stage(struct mca_staged *staged, const char *path, const char *text, size_t length,
		 bool durable, struct mca_diag *diag)
{
	int result;

	*staged = (struct mca_staged){ .fd = -1 };
	result = resolve(staged, path);
	if (result == 0)
		result = fill_temporary(staged, text, length, durable);
	return result < 0 ? cannot_save(path, result, diag) : 0;
}

int mca_store_stage(struct mca_staged *staged, const char *path, const char *text, size_t length,
		    struct mca_diag *diag)
{
	return stage(staged, path, text, length, true, diag);
}

void mca_store_drop(struct mca_staged *staged)
{
	if (!staged->temporary[0])
		return;
	unlink(staged->temporary);
	close(staged->fd);
	staged->temporary[0] = '\0';
}

static int rename_staged(struct mca_staged *staged, struct mca_diag *diag)
{
	int result = rename(staged->temporary, staged->target) < 0 ? -errno : 0;

	if (result < 0) {
		mca_store_drop(staged);
		return cannot_save(staged->target, result, diag);
	}
	close(staged->fd);
	staged->temporary[0] = '\0';
	return 0;
}

int mca_store_commit(struct mca_staged *staged, struct mca_diag *diag)
{
	int result = rename_staged(staged, diag);

	if (result < 0)
		return result;
	result = sync_folder(staged->target);
	if (result < 0)
		return mca_diag_set(diag, result,
				    "%s is saved, but may be lost if the machine fails now: %s",
				    staged->target, strerror(-result));
	return 0;
}

int mca_store_write(const char *path, const char *text, size_t length, struct mca_diag *diag)
{
	struct mca_staged staged;
	int result = mca_store_stage(&staged, path, text, length, diag);

	return result < 0 ? result : mca_store_commit(&staged, diag);
}

int mca_store_put(const char *path, const char *text, size_t length, struct mca_diag *diag)
{
	struct mca_staged staged;
	int result = stage(&staged, path, text, length, false, diag);

	return result < 0 ? result : rename_staged(&staged, diag);
}

int mca_store_flush(const char *path, struct mca_diag *diag)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	int result = fd < 0 || fsync(fd) < 0 ? -errno : 0;

	if (fd >= 0)
		close(fd);
	if (result == 0)
		result = sync_folder(path);
	if (result < 0)
		return mca_diag_set(diag, result, "cannot flush %s to the disk: %s", path,
				    strerror(-result));
	return 0;
}

uint64_t mca_store_hash(const char *text, size_t length)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)text[i]) * UINT64_C(0x100000001b3);
	return hash;
}
