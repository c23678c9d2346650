/* SPDX-License-Identifier: MIT */
/*
 * A query is split at its ampersands first and decoded afterwards (RFC 3986, 2.4), parameter by
 * parameter. No name or value of this API is longer than PART_MAX - 1 bytes: a longer one is cut,
 * cannot match, and is quoted as far as it goes.
 */
#include "query.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define PART_MAX 40

struct parameter {
	char name[PART_MAX];
	char value[PART_MAX];
	bool has_value;
};

static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, c >= 'A' && c <= 'F' ? c | 0x20 : c) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* One byte, escaped or not; -1 = a broken escape, or a NUL, which no text here can hold. */
static int decode_byte(const char **at, const char *end)
{
	int high, low;

	if (**at != '%')
		return (unsigned char)*(*at)++;
	if (end - *at < 3)
		return -1;
	high = hex_digit((*at)[1]);
	low = hex_digit((*at)[2]);
	*at += 3;
	return high < 0 || low < 0 || !(high | low) ? -1 : high << 4 | low;
}

static bool decode_part(char part[PART_MAX], const char *from, const char *end)
{
	size_t used = 0;

	while (from < end) {
		int byte = decode_byte(&from, end);

		if (byte < 0)
			return false;
		if (used < PART_MAX - 1)
			part[used++] = (char)byte;
	}
	part[used] = '\0';
	return true;
}

/* The next parameter of a query that is not at its end. False when an escape is broken. */
static bool next_parameter(const char **query, struct parameter *parameter)
{
	const char *begin = *query, *end = begin + strcspn(begin, "&");
	const char *equals = memchr(begin, '=', (size_t)(end - begin));

	*query = *end ? end + 1 : end;
	parameter->has_value = equals != NULL;
	parameter->value[0] = '\0';
	return decode_part(parameter->name, begin, equals ? equals : end) &&
	       (!equals || decode_part(parameter->value, equals + 1, end));
}

static bool ends_in_ampersand(const char *query)
{
	return query[0] && query[strlen(query) - 1] == '&';
}

static int find_name(const char *const *names, const char *name)
{
	for (int i = 0; names && names[i]; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	return -1;
}

static int explain_unknown(const char *name, const char *const *names, char *detail, size_t size)
{
	size_t used = (size_t)snprintf(detail, size, "unknown query parameter \"%s\": this request "
				       "takes ", name);

	if (!names || !names[0])
		snprintf(detail + used, size - used, "no query");
	for (int i = 0; names && names[i] && used < size; i++)
		used += (size_t)snprintf(detail + used, size - used, "%s%s=0|1", i ? ", " : "",
					 names[i]);
	return -EINVAL;
}

static bool is_switch(const struct parameter *parameter)
{
	return strcmp(parameter->value, "0") == 0 || strcmp(parameter->value, "1") == 0;
}

static int check_parameter(const struct parameter *parameter, const char *const *names,
			   unsigned *given, char *detail, size_t size)
{
	int at = find_name(names, parameter->name);

	if (!parameter->name[0])
		snprintf(detail, size, "the query holds a parameter without a name: write "
			 "name=value, with one & between two of them");
	else if (at < 0)
		return explain_unknown(parameter->name, names, detail, size);
	else if (*given & 1u << at)
		snprintf(detail, size, "the query parameter %s is given twice: give it once",
			 names[at]);
	else if (!parameter->has_value || !is_switch(parameter))
		snprintf(detail, size, "the query parameter %s must be 0 or 1, not \"%s\"",
			 names[at], parameter->value);
	else {
		*given |= 1u << at;
		return 0;
	}
	return -EINVAL;
}

int mca_query_check(const char *query, const char *const *names, char *detail, size_t size)
{
	struct parameter parameter;
	unsigned given = 0;

	if (!query)
		return 0;
	if (ends_in_ampersand(query)) {
		snprintf(detail, size, "the query ends in &: leave it out");
		return -EINVAL;
	}
	while (*query) {
		if (!next_parameter(&query, &parameter)) {
			snprintf(detail, size, "the query holds a broken escape: write %% and two "
				 "hexadecimal digits, and not %%00");
			return -EINVAL;
		}
		if (check_parameter(&parameter, names, &given, detail, size))
			return -EINVAL;
	}
	return 0;
}

bool mca_query_is_on(const char *query, const char *name)
{
	struct parameter parameter;

	while (query && *query)
		if (next_parameter(&query, &parameter) && strcmp(parameter.name, name) == 0)
			return parameter.value[0] == '1';
	return false;
}
