/* SPDX-License-Identifier: MIT */
/*
 * A place counts as present unless the system says that nothing is there: a file that exists but
 * may not be looked at must lead to an error, not to another configuration.
 */
#include "locate.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "mca/diag.h"
#include "mca/svc.h"

#define BLANKS " \t\r\n"

static bool is_present(const char *path)
{
	return access(path, F_OK) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

/* The first folder of a colon-separated list of systemd, joined with a file name. False when there
 * is no such variable or the path does not fit. */
static bool in_folder(char path[MCA_PLACE_MAX], const char *variable, const char *file)
{
	const char *folders = getenv(variable);
	int length;

	if (!folders || !*folders)
		return false;
	length = snprintf(path, MCA_PLACE_MAX, "%.*s/%s", (int)strcspn(folders, ":"), folders,
			  file);
	return length > 0 && length < MCA_PLACE_MAX;
}

static int use(struct mca_place *place, const char *source, const char *path, struct mca_diag *diag)
{
	int length = snprintf(place->path, sizeof place->path, "%s", path);

	if (length < 0 || (size_t)length >= sizeof place->path)
		return mca_diag_set(diag, -ENAMETOOLONG, "the path of the configuration is longer "
				    "than %d characters", MCA_PLACE_MAX - 1);
	place->source = source;
	return 0;
}

int mca_locate_config(struct mca_place *place, const char *given, struct mca_diag *diag)
{
	*place = (struct mca_place){ .source = "example" };
	if (!in_folder(place->state, "STATE_DIRECTORY", "config.json"))
		place->state[0] = '\0';
	if (given) {
		place->hidden = *place->state && is_present(place->state) &&
				strcmp(given, place->state) != 0 ? place->state : NULL;
		return use(place, "file", given, diag);
	}
	if (*place->state && is_present(place->state)) {
		place->hidden = is_present(MCA_SYSTEM_CONFIG) ? MCA_SYSTEM_CONFIG : NULL;
		return use(place, "state", place->state, diag);
	}
	if (is_present(MCA_SYSTEM_CONFIG))
		return use(place, "file", MCA_SYSTEM_CONFIG, diag);
	return 0;
}

void mca_locate_tell(const struct mca_place *place)
{
	if (place->hidden == place->state)
		mca_svc_log(LOG_WARNING, "%s, made through the API, is not used, since --config "
			    "names %s: run without --config to use it, or remove it",
			    place->hidden, place->path);
	else if (place->hidden)
		mca_svc_log(LOG_NOTICE, "using %s, made through the API, and not %s: remove the "
			    "former to go back to the latter", place->path, place->hidden);
}

static int read_all(int fd, char *text, size_t size)
{
	size_t filled = 0;

	while (filled < size) {
		ssize_t got = read(fd, text + filled, size - filled);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (got == 0) {
			text[filled] = '\0';
			return (int)filled;
		}
		filled += (size_t)got;
	}
	return -EFBIG;
}

int mca_locate_read(const char *path, char *text, size_t size, struct mca_diag *diag)
{
	/* Non-blocking, so that a fifo in place of the file cannot hold the start up. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	int result = fd < 0 ? -errno : read_all(fd, text, size);

	if (fd >= 0)
		close(fd);
	if (result == -EFBIG)
		return mca_diag_set(diag, result, "%s is too large: at most %zu bytes make sense",
				    path, size - 1);
	if (result < 0)
		return mca_diag_set(diag, result, "cannot read %s: %s", path, strerror(-result));
	return result;
}

/* Drop the blanks around it. */
static char *trim(char *text)
{
	size_t length;

	text += strspn(text, BLANKS);
	length = strlen(text);
	while (length && strchr(BLANKS, text[length - 1]))
		length--;
	text[length] = '\0';
	return text;
}

/* A token travels in an HTTP header: visible ASCII only. */
static bool is_token(const char *text)
{
	for (const char *c = text; *c; c++)
		if (*c <= ' ' || *c >= 0x7f)
			return false;
	return *text;
}

int mca_locate_token(char token[MCA_TOKEN_MAX], const char *path, struct mca_diag *diag)
{
	char credential[MCA_PLACE_MAX], text[MCA_TOKEN_MAX];
	struct mca_diag why = { 0 };
	const char *word;
	int length;

	token[0] = '\0';
	if (!*path) {
		if (!in_folder(credential, "CREDENTIALS_DIRECTORY", "api-token") ||
		    !is_present(credential))
			return 0;
		path = credential;
	}
	length = mca_locate_read(path, text, sizeof text, &why);
	if (length < 0)
		return mca_diag_set(diag, length, "the token of the API cannot be had: %s; mend "
				    "the file, or take http.token_file out of the configuration",
				    why.text);
	/* A zero byte would hide what follows it. */
	word = strlen(text) == (size_t)length ? trim(text) : "";
	if (!is_token(word))
		return mca_diag_set(diag, -EINVAL, "%s holds no token: write one word of visible "
				    "ASCII characters into it", path);
	strcpy(token, word);
	return 0;
}
