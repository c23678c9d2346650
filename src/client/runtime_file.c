/* SPDX-License-Identifier: MIT */
/*
 * Liveness is an open file description lock: the kernel releases it when the process ends, however
 * it ends, and unlike a process id it cannot mean another process later.
 *
 * The file is written under another name, locked, and renamed: a reader finds either a whole file
 * or none. It is readable for everybody; it holds no secret.
 */
#include "mca/runtime_file.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mca/diag.h"

#define NAME "mission-control-audio"
#define TEXT_MAX (MCA_RUNTIME_PATH_MAX + 128)

static const struct {
	const char *variable, *folder;
} places[MCA_RUNTIME_PLACES] = {
	{ "RUNTIME_DIRECTORY", "" },
	{ "STATE_DIRECTORY", "" },
	[MCA_RUNTIME_SYSTEM] = { NULL, "/run/" NAME },
	{ "XDG_RUNTIME_DIR", "/" NAME },
};

/* systemd puts several folders into one variable, with colons between them. */
bool mca_runtime_file_place(char path[MCA_RUNTIME_PATH_MAX], unsigned n)
{
	const char *variable = places[n].variable;
	const char *base = variable ? getenv(variable) : "";
	int length;

	if (!base || (variable && *base != '/'))
		return false;
	length = snprintf(path, MCA_RUNTIME_PATH_MAX, "%.*s%s/api", (int)strcspn(base, ":"), base,
			  places[n].folder);
	return length > 0 && length < MCA_RUNTIME_PATH_MAX;
}

/* "key value\n" at *text; the value, terminated in place, or NULL. */
static char *line_take(char **text, const char *key)
{
	size_t length = strlen(key);
	char *value = *text + length + 1, *end;

	if (strncmp(*text, key, length) != 0 || (*text)[length] != ' ')
		return NULL;
	end = strchr(value, '\n');
	if (!end || end == value)
		return NULL;
	for (const char *c = value; c < end; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			return NULL;
	*end = '\0';
	*text = end + 1;
	return value;
}

/* Digits only, no leading zero; 0 = refused. */
static long number_read(const char *text, long max)
{
	long value;

	if (!text || *text == '0' || strlen(text) > 10 ||
	    strspn(text, "0123456789") != strlen(text))
		return 0;
	value = strtol(text, NULL, 10);
	return value <= max ? value : 0;
}

static bool runtime_parse(struct mca_runtime *runtime, char *text)
{
	char *address = line_take(&text, "address");
	const char *port = address ? line_take(&text, "port") : NULL;
	const char *pid = port ? line_take(&text, "pid") : NULL;
	const char *token = pid && *text ? line_take(&text, "token_file") : NULL;
	struct in_addr ignored;

	runtime->port = (unsigned)number_read(port, 65535);
	runtime->pid = (int)number_read(pid, INT_MAX);
	if (!runtime->port || !runtime->pid || *text || inet_pton(AF_INET, address, &ignored) != 1)
		return false;
	if (token && *token != '/')
		return false;
	strcpy(runtime->address, address);
	snprintf(runtime->token_file, sizeof runtime->token_file, "%s", token ? token : "");
	return true;
}

/* A system that cannot say is believed to: the request will show. */
static bool is_locked(int fd)
{
	struct flock lock = { .l_type = F_RDLCK, .l_whence = SEEK_SET };

	return fcntl(fd, F_OFD_GETLK, &lock) < 0 || lock.l_type != F_UNLCK;
}

static int file_read(int fd, struct mca_runtime *runtime)
{
	char text[TEXT_MAX];
	struct stat st;
	ssize_t got;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EBADMSG;
	got = read(fd, text, sizeof text);
	if (got < 0)
		return -errno;
	if (got == sizeof text || memchr(text, '\0', (size_t)got))
		return -EBADMSG;
	text[got] = '\0';
	if (!runtime_parse(runtime, text))
		return -EBADMSG;
	runtime->is_own = st.st_uid == geteuid();
	return is_locked(fd) ? 0 : -ESTALE;
}

int mca_runtime_file_read(const char *path, struct mca_runtime *runtime, struct mca_diag *diag)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW);
	int code = fd < 0 ? -errno : file_read(fd, runtime);

	if (fd >= 0)
		close(fd);
	switch (code) {
	case 0:
		return 0;
	case -ESTALE:
		return mca_diag_set(diag, code, "%s is left over from process %d, which has ended",
				    path, runtime->pid);
	case -EBADMSG:
		return mca_diag_set(diag, code, "%s is not a runtime file of the service", path);
	default:
		return mca_diag_set(diag, code, "cannot read %s: %s", path, strerror(-code));
	}
}

/* The first place of this process; false = none. The folder below $XDG_RUNTIME_DIR is made here,
 * the others are made by the service manager. */
static bool own_place(char path[MCA_RUNTIME_PATH_MAX])
{
	for (unsigned n = 0; n < MCA_RUNTIME_PLACES; n++) {
		char *name;

		if (n == MCA_RUNTIME_SYSTEM || !mca_runtime_file_place(path, n))
			continue;
		if (n < MCA_RUNTIME_SYSTEM)
			return true;
		name = strrchr(path, '/');
		*name = '\0';
		if (mkdir(path, 0700) < 0 && errno != EEXIST)
			return false;
		*name = '/';
		return true;
	}
	return false;
}

static int file_write(int fd, const struct mca_runtime *runtime)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int length = dprintf(fd, "address %s\nport %u\npid %d\n", runtime->address, runtime->port,
			     runtime->pid);

	if (length > 0 && *runtime->token_file)
		length = dprintf(fd, "token_file %s\n", runtime->token_file);
	if (length < 0 || fchmod(fd, 0644) < 0 || fcntl(fd, F_OFD_SETLK, &lock) < 0)
		return -errno;
	return 0;
}

static int file_replace(struct mca_runtime_file *file, const struct mca_runtime *runtime)
{
	char draft[MCA_RUNTIME_PATH_MAX + 8];
	int code, fd;

	snprintf(draft, sizeof draft, "%s.XXXXXX", file->path);
	fd = mkostemp(draft, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	code = file_write(fd, runtime);
	if (code == 0 && rename(draft, file->path) < 0)
		code = -errno;
	if (code == 0) {
		file->fd = fd;
		return 0;
	}
	unlink(draft);
	close(fd);
	return code;
}

int mca_runtime_file_publish(struct mca_runtime_file *file, const struct mca_runtime *runtime,
			     struct mca_diag *diag)
{
	struct mca_runtime other;
	int code;

	file->fd = -1;
	if (!own_place(file->path))
		return 0;
	if (mca_runtime_file_read(file->path, &other, NULL) == 0 && other.pid != runtime->pid)
		return mca_diag_set(diag, -EBUSY, "%s names the service of process %d: client "
				    "commands reach this one with --port %u", file->path,
				    other.pid, runtime->port);
	code = file_replace(file, runtime);
	if (code < 0)
		return mca_diag_set(diag, code, "cannot write %s: %s; client commands need --port "
				    "%u", file->path, strerror(-code), runtime->port);
	return 0;
}

void mca_runtime_file_withdraw(struct mca_runtime_file *file)
{
	struct stat ours, found;

	if (file->fd < 0)
		return;
	if (fstat(file->fd, &ours) == 0 && lstat(file->path, &found) == 0 &&
	    ours.st_ino == found.st_ino && ours.st_dev == found.st_dev)
		unlink(file->path);
	close(file->fd);
	file->fd = -1;
}
