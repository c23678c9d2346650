/* SPDX-License-Identifier: MIT */
#include "mca/token.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mca/store.h"

#define BLANKS " \t\r\n"

/* The file with the token: `path`, else the credential if it is there. False when there is none. */
static bool find(char file[PATH_MAX], const char *path)
{
	const char *folder = getenv("CREDENTIALS_DIRECTORY");

	if (*path)
		return snprintf(file, PATH_MAX, "%s", path) < PATH_MAX;
	if (!folder || !*folder)
		return false;
	if (snprintf(file, PATH_MAX, "%s/api-token", folder) >= PATH_MAX)
		return false;
	/* One that exists and cannot be looked at must lead to an error, not to an open API. */
	return access(file, F_OK) == 0 || (errno != ENOENT && errno != ENOTDIR);
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

int mca_token_load(char token[MCA_TOKEN_MAX], const char *path, struct mca_diag *diag)
{
	struct mca_diag why = { 0 };
	char file[PATH_MAX], *text, *word;
	size_t length;
	int code;

	token[0] = '\0';
	if (!find(file, path))
		return 0;
	code = mca_store_read(file, MCA_TOKEN_MAX - 1, &text, &length, &why);
	if (code < 0)
		return mca_diag_set(diag, code, "the token of the API cannot be read: %.200s; "
				    "repair the file, or remove http.token_file", why.text);
	/* A zero byte would hide what follows it. */
	word = strlen(text) == length ? trim(text) : text + length;
	if (is_token(word))
		strcpy(token, word);
	else
		code = mca_diag_set(diag, -EINVAL, "%s holds no token: write one word of visible "
				    "ASCII characters into it", file);
	free(text);
	return code;
}

bool mca_token_exposed(const char *path, struct mca_diag *diag)
{
	struct stat status;
	char file[PATH_MAX];

	if (!find(file, path) || stat(file, &status) < 0)
		return false;
	if (!(status.st_mode & (S_IROTH | S_IWOTH | S_IWGRP)))
		return false;
	mca_diag_set(diag, -EPERM, "other users can %s the token in %s: chmod %s it",
		     status.st_mode & (S_IWOTH | S_IWGRP) ? "change" : "read", file,
		     status.st_mode & S_IRGRP ? "640" : "600");
	return true;
}
