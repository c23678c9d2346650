/* SPDX-License-Identifier: MIT */
/* What an interrupted writer leaves behind. Only names that no person gives, only regular files,
 * and only those that no living writer has locked. */
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "mca/store.h"
#include "temporary.h"

#define RANDOM_LENGTH 6

static unsigned count(const char *name, int (*is)(int))
{
	unsigned found = 0;

	for (; *name; name++)
		found += is((unsigned char)*name) != 0;
	return found;
}

/* The release before the mark: NAME.XXXXXX. A word, a date or a number is no such name. */
static bool is_unmarked(const char *name)
{
	return *name++ == '.' && strlen(name) == RANDOM_LENGTH &&
	       count(name, isalnum) == RANDOM_LENGTH && count(name, isdigit) < RANDOM_LENGTH &&
	       count(name, isupper) > 0 && count(name, isupper) < RANDOM_LENGTH &&
	       !(isupper((unsigned char)*name) && count(name, islower) == RANDOM_LENGTH - 1);
}

static bool is_temporary(const char *name, const char *base, bool own_folder)
{
	static const char mark[] = MCA_TEMPORARY_MARK;
	size_t length = strlen(base);

	if (strncmp(name, base, length) != 0)
		return false;
	name += length;
	if (strncmp(name, mark, sizeof mark - 1) != 0)
		return own_folder && is_unmarked(name);
	name += sizeof mark - 1;
	return strlen(name) == RANDOM_LENGTH && count(name, isalnum) == RANDOM_LENGTH;
}

/* True when it was left over and is gone. */
static bool remove_at(int folder, const char *name)
{
	int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	struct stat status;
	bool gone;

	if (fd < 0)
		return false;
	gone = fstat(fd, &status) == 0 && S_ISREG(status.st_mode) &&
	       flock(fd, LOCK_EX | LOCK_NB) == 0 && unlinkat(folder, name, 0) == 0;
	close(fd);
	return gone;
}

unsigned mca_store_sweep(const char *path, bool own_folder)
{
	char target[PATH_MAX] = "", folder[PATH_MAX];
	struct dirent *entry;
	unsigned removed = 0;
	const char *slash;
	DIR *list;

	if (mca_store_target(target, path) < 0)
		return 0;
	slash = strrchr(target, '/');
	snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - target + 1) : 1,
		 slash ? target : ".");
	list = opendir(folder);
	while (list && (entry = readdir(list)))
		if (is_temporary(entry->d_name, slash ? slash + 1 : target, own_folder))
			removed += remove_at(dirfd(list), entry->d_name);
	if (list)
		closedir(list);
	return removed;
}
