/* SPDX-License-Identifier: MIT */
/*
 * A fuzz target as an ordinary test: each file of a folder as it is, then damaged at random, the
 * same way in every run.
 *
 *     fuzz_corpus FOLDER
 */
#include "fuzz.h"

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 5000, ROOM = 16384, DAMAGES = 8 };

static uint64_t draw(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static size_t damage(unsigned char *text, size_t length, uint64_t *state)
{
	size_t at = length ? draw(state) % length : 0, bytes = 1 + draw(state) % 8;

	switch (draw(state) % 4) {
	case 0:                                    /* another byte */
		if (length)
			text[at] = (unsigned char)draw(state);
		return length;
	case 1:                                    /* a piece less */
		bytes = bytes < length - at ? bytes : length - at;
		memmove(text + at, text + at + bytes, length - at - bytes);
		return length - bytes;
	case 2:                                    /* a piece twice */
		bytes = bytes < length - at ? bytes : length - at;
		if (length + bytes > ROOM)
			return length;
		memmove(text + at + bytes, text + at, length - at);
		return length + bytes;
	default:                                   /* another bit */
		if (length)
			text[at] ^= (unsigned char)(1u << draw(state) % 8);
		return length;
	}
}

static void run_damaged(const unsigned char *text, size_t length, uint64_t *state)
{
	unsigned char *copy = malloc(ROOM);

	for (unsigned round = 0; round < ROUNDS; round++) {
		size_t now = length;

		memcpy(copy, text, length);
		for (uint64_t left = draw(state) % DAMAGES; left > 0; left--)
			now = damage(copy, now, state);
		LLVMFuzzerTestOneInput(copy, now);
	}
	free(copy);
}

static void run_file(const char *folder, const char *name, uint64_t *state)
{
	unsigned char *text = malloc(ROOM);
	char path[4096];
	size_t length;
	FILE *file;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	file = fopen(path, "rb");
	if (!file || !text) {
		perror(path);
		exit(1);
	}
	length = fread(text, 1, ROOM, file);
	fclose(file);
	LLVMFuzzerTestOneInput(text, length);
	run_damaged(text, length, state);
	free(text);
}

static int is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

int main(int argc, char **argv)
{
	uint64_t state = 88172645463325252u;
	struct dirent **entry;
	int count = argc == 2 ? scandir(argv[1], &entry, is_visible, alphasort) : -1;

	for (int i = 0; i < count; i++) {
		run_file(argv[1], entry[i]->d_name, &state);
		printf("ok %d - %s\n", i + 1, entry[i]->d_name);
		free(entry[i]);
	}
	if (count > 0)
		free(entry);
	printf("1..%d\n", count);
	return count > 0 ? 0 : 1;
}
