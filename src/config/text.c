/* SPDX-License-Identifier: MIT */
/* Texts as people and diagnostics need them; see text.h. */
#include "text.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

size_t mca_text_utf8(const char *text, size_t length)
{
	const unsigned char *c = (const unsigned char *)text;
	size_t need, i;
	unsigned long code;

	if (!length)
		return 0;
	if (c[0] < 0x80)
		return 1;
	if (c[0] < 0xc2 || c[0] > 0xf4)
		return 0;
	need = c[0] < 0xe0 ? 2 : c[0] < 0xf0 ? 3 : 4;
	if (length < need)
		return 0;
	code = c[0] & (0x7fu >> need);
	for (i = 1; i < need; i++) {
		if ((c[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (c[i] & 0x3f);
	}
	/* Overlong forms, surrogates and what lies beyond Unicode. */
	if ((need == 3 && (code < 0x800 || (code >= 0xd800 && code < 0xe000))) ||
	    (need == 4 && (code < 0x10000 || code > 0x10ffff)))
		return 0;
	return need;
}

bool mca_text_is_control(const char *character, size_t bytes)
{
	const unsigned char *c = (const unsigned char *)character;

	if (bytes == 1)
		return c[0] < 0x20 || c[0] == 0x7f;
	return bytes == 2 && c[0] == 0xc2 && c[1] < 0xa0;
}

bool mca_text_is_printable(const char *text)
{
	size_t left = strlen(text), bytes;

	for (; left; text += bytes, left -= bytes) {
		bytes = mca_text_utf8(text, left);
		if (bytes == 0 || mca_text_is_control(text, bytes))
			return false;
	}
	return true;
}

const char *mca_text_ipv4(const char *text)
{
	struct in_addr address;

	if (inet_pton(AF_INET, text, &address) == 1)
		return NULL;
	if (strchr(text, ':'))
		return "must be an IPv4 address, the HTTP server has no IPv6: use 127.0.0.1, or "
		       "put a reverse proxy in front";
	return "must be an IPv4 address such as 127.0.0.1 (this machine only) or 0.0.0.0 (every "
	       "interface), not a host name";
}

static size_t name_length(const char *text)
{
	size_t length = 0;

	while (isalnum((unsigned char)text[length]) ||
	       (text[length] && strchr("-._", text[length])))
		length++;
	return length;
}

/* With both brackets; 0 = no such address. */
static size_t ipv6_length(const char *text)
{
	size_t length = 1 + strspn(text + 1, "0123456789abcdefABCDEF:.");

	return length > 1 && text[length] == ']' ? length + 1 : 0;
}

/* ":8000" */
static bool is_port(const char *text)
{
	size_t digits = strspn(text + 1, "0123456789");
	long port = digits <= 5 ? strtol(text + 1, NULL, 10) : 0;

	return text[0] == ':' && !text[1 + digits] && port >= 1 && port <= 65535;
}

const char *mca_text_host(const char *text)
{
	size_t length = text[0] == '[' ? ipv6_length(text) : name_length(text);

	if (length > 0 && (!text[length] || is_port(text + length)))
		return NULL;
	return "must be a host name of letters, digits, '-' and '.', or [IPv6 address], alone or "
	       "with :PORT from 1 to 65535, without scheme and path";
}

enum { DISTANCE_MAX = 40 };

static unsigned smallest(unsigned a, unsigned b, unsigned c)
{
	unsigned least = a < b ? a : b;

	return least < c ? least : c;
}

static bool same_letter(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

unsigned mca_text_distance(const char *one, const char *other)
{
	size_t rows = strlen(one), columns = strlen(other), i, j;
	unsigned cost[3][DISTANCE_MAX + 1]; /* the last three rows, by row number modulo 3 */

	if (rows > DISTANCE_MAX || columns > DISTANCE_MAX)
		return DISTANCE_MAX;
	for (j = 0; j <= columns; j++)
		cost[0][j] = (unsigned)j;
	for (i = 1; i <= rows; i++) {
		unsigned *row = cost[i % 3], *above = cost[(i + 2) % 3];

		row[0] = (unsigned)i;
		for (j = 1; j <= columns; j++) {
			row[j] = smallest(above[j] + 1, row[j - 1] + 1,
					  above[j - 1] + !same_letter(one[i - 1], other[j - 1]));
			if (i > 1 && j > 1 && same_letter(one[i - 1], other[j - 2]) &&
			    same_letter(one[i - 2], other[j - 1]))
				row[j] = smallest(row[j], cost[(i + 1) % 3][j - 2] + 1, row[j]);
		}
	}
	return cost[rows % 3][columns];
}

/* Append one character to buffer; false when it does not fit before `limit`. */
static bool append(char *buffer, size_t limit, size_t *used, const char *character, size_t bytes)
{
	if (*used + bytes > limit)
		return false;
	memcpy(buffer + *used, character, bytes);
	*used += bytes;
	return true;
}

/* Up to `limit` bytes; returns whether all of the text went in. */
static bool excerpt(char *buffer, size_t limit, const char *text, size_t length)
{
	size_t used = 0, at = 0;
	bool whole = true;

	while (whole && at < length) {
		size_t bytes = mca_text_utf8(text + at, length - at);
		bool space = isspace((unsigned char)text[at]);

		if (space && used && buffer[used - 1] == ' ')
			at++;
		else if (space || bytes == 0 || mca_text_is_control(text + at, bytes))
			whole = append(buffer, limit, &used, space ? " " : "?", 1),
			at += bytes ? bytes : 1;
		else
			whole = append(buffer, limit, &used, text + at, bytes), at += bytes;
	}
	buffer[used] = '\0';
	return whole;
}

void mca_text_excerpt(char *buffer, size_t size, const char *text, size_t length)
{
	if (excerpt(buffer, size - 1, text, length))
		return;
	excerpt(buffer, size - 4, text, length);
	strcat(buffer, "...");
}
