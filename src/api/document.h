/* SPDX-License-Identifier: MIT */
#ifndef MCA_API_DOCUMENT_H
#define MCA_API_DOCUMENT_H

#include <jansson.h>

#include "mca/api.h"

/*
 * Pieces of response documents. Every function that makes JSON returns NULL when memory ran out,
 * and Jansson hands NULL on to whatever contains it, so one check at the end is enough. Thread:
 * any; pure but for malloc.
 */

/* A document as text, malloc'ed; NULL when memory ran out. */
char *mca_document_dump(const json_t *document, size_t *length);

/* Answer with a document (stolen); NULL = memory ran out, which makes it a 500. */
void mca_document_send(struct mca_api_response *response, int status, json_t *document);

/* A text of unknown origin: bytes that are not UTF-8 (a name cut in the middle of a character, an
 * odd card name) become '?'; Jansson alone would refuse the whole document. */
json_t *mca_document_text(const char *text);
/* The same; "" becomes null. */
json_t *mca_document_text_or_null(const char *text);

/* Numbers rounded to 1 or 2 decimals; what is not finite becomes null. */
json_t *mca_document_tenths(double value);
json_t *mca_document_hundredths(double value);

/* Add a member or an element (stolen). -1 when it is NULL or memory ran out. */
int mca_document_put(json_t *object, const char *key, json_t *value);

#endif
