/* SPDX-License-Identifier: MIT */
#include "mca/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define LOCK_NAME "instance.lock"

/* Only another holder counts: where nothing can be locked, nothing can be written either, or it is
 * a network file system without locks, and audio does not wait for that. */
int mca_store_hold(const char *folder, struct mca_diag *diag)
{
	char path[PATH_MAX];
	int fd;

	if (!*folder || snprintf(path, sizeof path, "%s/" LOCK_NAME, folder) >= PATH_MAX)
		return 0;
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0600);
	if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) == 0)
		return 0; /* open for as long as the process lives */
	if (errno != EWOULDBLOCK) {
		close(fd);
		return 0;
	}
	close(fd);
	return mca_diag_set(diag, -EBUSY, "another instance keeps its mute and gate changes and "
			    "its configuration in %s: end it, or give this one a folder of its "
			    "own in STATE_DIRECTORY", folder);
}
