/* SPDX-License-Identifier: MIT */
/*
 * A query is accepted if and only if a second, plainer reading of it finds switches that are known,
 * each once, each 0 or 1; and what is on is the same by both readings.
 */
#include "../support/fuzz.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "query.h"

#define TEXT_MAX 8192

static const char *const names[] = { "dry_run", "save", NULL };

/* The whole of a parameter decoded, or NULL; by the standard library's reading of hexadecimal. */
static bool model_decode(char *to, const char *from, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		char digits[3] = { 0 };

		if (from[i] != '%') {
			*to++ = from[i];
			continue;
		}
		if (i + 2 >= length || !isxdigit((unsigned char)from[i + 1]) ||
		    !isxdigit((unsigned char)from[i + 2]))
			return false;
		memcpy(digits, from + i + 1, 2);
		*to = (char)strtol(digits, NULL, 16);
		if (!*to++)
			return false;
		i += 2;
	}
	*to = '\0';
	return true;
}

struct model {
	int value[2]; /* -1 = not given */
};

static bool model_parameter(struct model *model, const char *text, size_t length)
{
	char name[TEXT_MAX], value[TEXT_MAX];
	const char *equals = memchr(text, '=', length);

	if (!equals || !model_decode(name, text, (size_t)(equals - text)) ||
	    !model_decode(value, equals + 1, length - (size_t)(equals + 1 - text)))
		return false;
	for (int i = 0; names[i]; i++) {
		if (strcmp(name, names[i]) != 0)
			continue;
		if (model->value[i] >= 0 || (strcmp(value, "0") != 0 && strcmp(value, "1") != 0))
			return false;
		model->value[i] = value[0] - '0';
		return true;
	}
	return false;
}

static bool model_query(struct model *model, const char *query)
{
	model->value[0] = model->value[1] = -1;
	if (!*query)
		return true;
	for (;;) {
		size_t length = strcspn(query, "&");

		if (!model_parameter(model, query, length))
			return false;
		if (!query[length])
			return true;
		query += length + 1;
	}
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	char query[TEXT_MAX], detail[200] = "";
	struct model model;
	int code;

	if (size >= sizeof query)
		return 0;
	memcpy(query, data, size);
	query[size] = '\0';
	code = mca_query_check(query, names, detail, sizeof detail);
	demand(code == 0 || code == -EINVAL, "accepted or refused");
	demand((code == 0) == model_query(&model, query), "both readings accept the same");
	demand((code == 0) == !detail[0], "a refusal says why");
	demand(memchr(detail, '\0', sizeof detail), "the sentence ends");
	for (int i = 0; code == 0 && names[i]; i++)
		demand(mca_query_is_on(query, names[i]) == (model.value[i] == 1),
		       "both readings see the same switches on");
	demand((mca_query_check(query, NULL, detail, sizeof detail) == 0) == !*query,
	       "a request without switches takes no query");
	return 0;
}
