/* SPDX-License-Identifier: MIT */
/*
 * Documents leave with nine significant digits: enough for every rounded figure of ours, and few
 * enough that -23.4 reads -23.4. Each ends with a newline, for people at a terminal.
 */
#include "document.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

char *mca_document_dump(const json_t *document, size_t *length)
{
	char *text = json_dumps(document, JSON_COMPACT | JSON_REAL_PRECISION(9));
	char *longer;

	if (!text)
		return NULL;
	*length = strlen(text) + 1;
	longer = realloc(text, *length + 1);
	if (!longer) {
		free(text);
		return NULL;
	}
	longer[*length - 1] = '\n';
	longer[*length] = '\0';
	return longer;
}

void mca_document_send(struct mca_api_response *response, int status, json_t *document)
{
	char *text;
	size_t length = 0;

	text = document ? mca_document_dump(document, &length) : NULL;
	json_decref(document);
	if (!text) {
		mca_api_problem(response, 500, "memory ran out while answering; try again");
		return;
	}
	*response = (struct mca_api_response){
		.status = status, .content_type = "application/json", .body = text,
		.length = length,
	};
}

json_t *mca_document_text(const char *text)
{
	json_t *string = json_string(text);
	char *copy;

	if (string)
		return string;
	copy = strdup(text);
	if (!copy)
		return NULL;
	for (char *c = copy; *c; c++)
		if ((unsigned char)*c >= 0x80)
			*c = '?';
	string = json_string(copy);
	free(copy);
	return string;
}

json_t *mca_document_text_or_null(const char *text)
{
	return text[0] ? mca_document_text(text) : json_null();
}

static json_t *rounded(double value, double steps)
{
	if (!isfinite(value))
		return json_null();
	/* Adding zero turns a rounded -0.0 into 0.0. */
	return json_real(round(value * steps) / steps + 0.0);
}

json_t *mca_document_tenths(double value)
{
	return rounded(value, 10.0);
}

json_t *mca_document_hundredths(double value)
{
	return rounded(value, 100.0);
}

int mca_document_put(json_t *object, const char *key, json_t *value)
{
	return json_object_set_new(object, key, value);
}
