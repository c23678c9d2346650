/* SPDX-License-Identifier: MIT */
/* A saved configuration that no longer counts is kept under a dated name,
 * config.json.20261126T013000Z, since it may be the only copy of a day's work. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "room.h"

#define KEPT 5
#define NAME "config.json."
#define PATTERN "ddddddddTddddddZ"

static int is_dated(const struct dirent *entry)
{
	const char *at = entry->d_name;

	if (strncmp(at, NAME, strlen(NAME)) != 0)
		return 0;
	at += strlen(NAME);
	for (const char *want = PATTERN; *want; want++, at++)
		if (*want == 'd' ? !isdigit((unsigned char)*at) : *at != *want)
			return 0;
	return *at == '\0';
}

static void remove_old(const char *folder)
{
	struct dirent **list;
	int count = scandir(folder, &list, is_dated, alphasort);
	char path[PATH_MAX];

	for (int i = 0; i < count; i++) {
		int length = snprintf(path, sizeof path, "%s/%s", folder, list[i]->d_name);

		if (i < count - KEPT && length < (int)sizeof path)
			unlink(path);
		free(list[i]);
	}
	if (count >= 0)
		free(list);
}

/* The next second that is free: a name is never used twice. */
static bool name_it(const char *saved, char aside[PATH_MAX])
{
	time_t now = time(NULL);
	char date[sizeof "20261126T013000Z"];
	struct tm utc;

	for (time_t second = now; second < now + 60; second++) {
		gmtime_r(&second, &utc);
		if (!strftime(date, sizeof date, "%Y%m%dT%H%M%SZ", &utc) ||
		    snprintf(aside, PATH_MAX, "%s.%s", saved, date) >= PATH_MAX)
			return false;
		if (access(aside, F_OK) < 0 && errno == ENOENT)
			return true;
	}
	return false;
}

void mca_aside_set(const struct mca_place *place, char aside[PATH_MAX])
{
	if (!name_it(place->saved, aside) || rename(place->saved, aside) < 0) {
		aside[0] = '\0';
		return;
	}
	unlink(place->record);
	remove_old(place->state);
}
