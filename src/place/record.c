/* SPDX-License-Identifier: MIT */
/* The file is read back line by line; a line that is not understood counts as none. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "room.h"

#define HEADER "mission-control-audio base 1\n"
#define RECORD_MAX (4 * (PATH_MAX + 64))
#define HASH_LENGTH 16

static bool read_hash(const char **at, uint64_t *hash)
{
	char digits[HASH_LENGTH + 1];

	if (strspn(*at, "0123456789abcdef") < HASH_LENGTH || (*at)[HASH_LENGTH] != ' ')
		return false;
	memcpy(digits, *at, HASH_LENGTH);
	digits[HASH_LENGTH] = '\0';
	*hash = strtoull(digits, NULL, 16);
	*at += HASH_LENGTH + 1;
	return true;
}

/* SAVED_HASH BASE_HASH|- PATH */
static bool read_line(const char *at, struct mca_base_line *line)
{
	*line = (struct mca_base_line){ 0 };
	if (!read_hash(&at, &line->saved_hash))
		return false;
	if (strncmp(at, "- ", 2) == 0)
		at += 2;
	else if (read_hash(&at, &line->base_hash))
		line->base_exists = true;
	else
		return false;
	if (*at != '/' || strlen(at) >= sizeof line->base)
		return false;
	strcpy(line->base, at);
	return true;
}

int mca_record_find(const char *path, uint64_t saved_hash, struct mca_base_line *line)
{
	struct mca_base_line found;
	char *text, *rest, *next;
	size_t length;
	int result = mca_store_read(path, RECORD_MAX, &text, &length, NULL);

	if (result < 0)
		return result;
	result = -EBADMSG;
	rest = strncmp(text, HEADER, strlen(HEADER)) == 0 ? text + strlen(HEADER) : NULL;
	while (rest && (next = strchr(rest, '\n'))) {
		*next = '\0';
		if (read_line(rest, &found)) {
			*line = found;
			result = 0;
		}
		if (result == 0 && line->saved_hash == saved_hash)
			break;
		rest = next + 1;
	}
	free(text);
	return result;
}

static int print_line(char *text, size_t size, const struct mca_base_line *line)
{
	char hash[HASH_LENGTH + 1] = "-";

	if (line->base_exists)
		snprintf(hash, sizeof hash, "%016" PRIx64, line->base_hash);
	return snprintf(text, size, "%016" PRIx64 " %s %s\n", line->saved_hash, hash, line->base);
}

int mca_record_write(const char *path, const struct mca_base_line *old,
		     const struct mca_base_line *next, struct mca_diag *diag)
{
	char *text = malloc(RECORD_MAX);
	int length, result;

	if (!text)
		return mca_diag_set(diag, -ENOMEM, "memory ran out");
	length = snprintf(text, RECORD_MAX, HEADER);
	if (old)
		length += print_line(text + length, RECORD_MAX - (size_t)length, old);
	length += print_line(text + length, RECORD_MAX - (size_t)length, next);
	result = mca_store_write(path, text, (size_t)length, diag);
	free(text);
	return result;
}
