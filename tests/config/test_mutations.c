/* SPDX-License-Identifier: MIT */
/*
 * Good documents, damaged at random, a bounded number of times, the same way in every run; and
 * every file of the corpus as it is. The promises that must hold stand in fuzz_config.c.
 */
#include <dirent.h>

#include "document.h"
#include "fuzz_config.h"
#include "random_settings.h"
#include "../support/check.h"

enum { ROUNDS = 4000, ROOM = MCA_CONFIG_BYTES_MAX };

static const char *const pieces[] = {
	"{", "}", "[", "]", ",", ":", "\"", "\\", "\\u0000", "\\ud800", "null", "true", "NaN",
	"1e308", "-0", "0", "99999999999999999999", "4294967297", "//", "/*", "#", "\"1\"",
	"\"dsp\":{", "\n", "\xff", "\xc3", "\xef\xbb\xbf", "\"name\":", "{\"\":",
	"\"input_device_id\":", "\"sim:1\"",
};

struct damage {
	char *text;
	size_t length;
	unsigned long long state;
};

static size_t place(struct damage *damage)
{
	return random_below(&damage->state, (unsigned)damage->length + 1);
}

static void insert(struct damage *damage, const char *piece, size_t bytes)
{
	size_t at = place(damage);

	if (damage->length + bytes > ROOM)
		return;
	memmove(damage->text + at + bytes, damage->text + at, damage->length - at);
	memcpy(damage->text + at, piece, bytes);
	damage->length += bytes;
}

static void cut(struct damage *damage)
{
	size_t at = place(damage), bytes = 1 + random_below(&damage->state, 20);

	if (bytes > damage->length - at)
		bytes = damage->length - at;
	memmove(damage->text + at, damage->text + at + bytes, damage->length - at - bytes);
	damage->length -= bytes;
}

/* A piece of the text once more, somewhere else: duplicates, wrong places. */
static void repeat(struct damage *damage)
{
	size_t at = place(damage), bytes = 1 + random_below(&damage->state, 120);
	char copy[128];

	if (bytes > damage->length - at)
		bytes = damage->length - at;
	memcpy(copy, damage->text + at, bytes);
	insert(damage, copy, bytes);
}

static void harm(struct damage *damage)
{
	const char *piece =
		pieces[random_below(&damage->state, sizeof(pieces) / sizeof(pieces[0]))];

	switch (random_below(&damage->state, 5)) {
	case 0:
		insert(damage, piece, strlen(piece));
		break;
	case 1:
		cut(damage);
		break;
	case 2:
		repeat(damage);
		break;
	case 3: /* a digit or letter becomes another */
		if (damage->length)
			damage->text[random_below(&damage->state, (unsigned)damage->length)] =
				(char)random_below(&damage->state, 256);
		break;
	default:
		cut(damage);
		insert(damage, piece, strlen(piece));
	}
}

static void damaged_documents_break_no_promise(void)
{
	struct damage damage = { .text = malloc(ROOM), .state = 1 };
	struct mca_settings *settings = malloc(sizeof(*settings));
	unsigned long long state = 99;
	char *good = NULL;

	for (unsigned round = 0; round < ROUNDS; round++) {
		if (round % 50 == 0) {
			free(good);
			random_settings(settings, &state);
			if (settings->channel_count > 3)
				settings->channel_count = 3;
			good = mca_config_dump(settings);
		}
		damage.length = strlen(good);
		memcpy(damage.text, good, damage.length);
		for (unsigned n = 1 + random_below(&damage.state, 4); n; n--)
			harm(&damage);
		LLVMFuzzerTestOneInput((const unsigned char *)damage.text, damage.length);
	}
	CHECK(good != NULL);
	free(good);
	free(settings);
	free(damage.text);
}

static void replay(const char *name)
{
	unsigned char *text = malloc(2 * ROOM);
	char path[1024];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", CORPUS, name);
	file = fopen(path, "r");
	CHECK(file != NULL);
	if (file) {
		LLVMFuzzerTestOneInput(text, fread(text, 1, 2 * ROOM, file));
		fclose(file);
	}
	free(text);
}

static void the_corpus_breaks_no_promise(void)
{
	DIR *corpus = opendir(CORPUS);
	unsigned count = 0;

	CHECK(corpus != NULL);
	for (struct dirent *entry; corpus && (entry = readdir(corpus));)
		if (entry->d_name[0] != '.') {
			replay(entry->d_name);
			count++;
		}
	CHECK(count >= 5);
	if (corpus)
		closedir(corpus);
}

int main(void)
{
	RUN(the_corpus_breaks_no_promise);
	RUN(damaged_documents_break_no_promise);
	return DONE();
}
