/* SPDX-License-Identifier: MIT */
/* A section that is not `given` on either side stays at its defaults and out of the file: a save
 * without it would lose it at the next start, the token of the API included. */
#include "sections.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mca/settings.h"

/* As many digits as a decimal number keeps on its way through a double. */
#define WRITTEN JSON_REAL_PRECISION(15)

void mca_sections_keep(struct mca_settings *settings, const struct mca_settings *live)
{
	if (!settings->http.given)
		settings->http = live->http;
	if (!settings->realtime.given)
		settings->realtime = live->realtime;
	if (!settings->simulation.given)
		settings->simulation = live->simulation;
}

/* One section of the live document as a member of its own, unless the posted one has it. */
static void print_section(FILE *out, const char *name, const json_t *posted, const json_t *live)
{
	const json_t *section = json_object_get(live, name);

	if (!section || json_object_get(posted, name))
		return;
	fprintf(out, "\n  \"%s\": ", name);
	json_dumpf(section, out, WRITTEN);
	fputc(',', out);
}

/* Sections go behind the brace that opens the document, so that the rest need not be touched. */
static char *insert(const char *text, size_t length, const json_t *posted, const json_t *live)
{
	static const char *const names[] = { "http", "realtime", "simulation" };
	const char *brace = memchr(text, '{', length);
	size_t before = brace ? (size_t)(brace - text) + 1 : 0, size;
	char *result = NULL;
	FILE *out = open_memstream(&result, &size);

	if (!out)
		return NULL;
	fwrite(text, 1, before, out);
	for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
		print_section(out, names[i], posted, live);
	fwrite(text + before, 1, length - before, out);
	if (fclose(out) == 0)
		return result;
	free(result);
	return NULL;
}

char *mca_sections_text(const char *posted, size_t length, const char *live)
{
	json_t *document = json_loadb(posted, length, 0, NULL);
	json_t *old = json_loads(live, 0, NULL);
	char *text = document && (old || !*live) ? insert(posted, length, document, old) : NULL;

	json_decref(document);
	json_decref(old);
	return text;
}
