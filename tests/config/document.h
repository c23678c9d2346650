/* SPDX-License-Identifier: MIT */
#ifndef MCA_TEST_DOCUMENT_H
#define MCA_TEST_DOCUMENT_H

/*
 * One parsed document of a test: its settings and its faults, together. The settings are filled
 * with a pattern first, so that a refused document can be seen to leave them alone.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mca/config.h"

struct document {
	int code;
	struct mca_settings *settings;
	struct mca_faults faults;
};

enum { DOCUMENT_PATTERN = 0x5a };

static inline struct document document_of(const char *text, size_t length)
{
	struct document document = { .settings = malloc(sizeof(struct mca_settings)) };
	char *copy = malloc(length ? length : 1); /* exact, so that reading past the end is seen */

	assert(document.settings && copy);
	memcpy(copy, text, length);
	memset(document.settings, DOCUMENT_PATTERN, sizeof(*document.settings));
	document.code = mca_config_parse(copy, length, document.settings, &document.faults);
	free(copy);
	return document;
}

static inline struct document document_read(const char *text)
{
	return document_of(text, strlen(text));
}

static inline void document_done(struct document *document)
{
	mca_faults_done(&document->faults);
	free(document->settings);
	memset(document, 0, sizeof(*document));
}

/* The fault at a pointer, NULL = none. */
static inline const struct mca_diag *document_fault(const struct document *document,
						    const char *pointer)
{
	for (size_t i = 0; i < document->faults.count; i++)
		if (strcmp(document->faults.list[i].pointer, pointer) == 0)
			return &document->faults.list[i];
	return NULL;
}

/* Did parsing leave the settings as they were? */
static inline int document_is_untouched(const struct document *document)
{
	const unsigned char *byte = (const unsigned char *)document->settings;

	for (size_t i = 0; i < sizeof(*document->settings); i++)
		if (byte[i] != DOCUMENT_PATTERN)
			return 0;
	return 1;
}

static inline void document_print(const struct document *document)
{
	for (size_t i = 0; i < document->faults.count; i++) {
		const struct mca_diag *fault = &document->faults.list[i];

		printf("# line %u %s [%s]: %s\n", fault->line, fault->pointer, fault->value,
		       fault->text);
	}
}

#endif
