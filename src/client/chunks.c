/* SPDX-License-Identifier: MIT */
/*
 * The text is walked twice: first only from size to size, so that nothing moves before the body is
 * whole. A walk costs a step a chunk, so it may be tried again after every byte that comes.
 */
#include "chunks.h"

#include <errno.h>
#include <string.h>

#define DIGITS_MAX 7 /* hexadecimal: far beyond every limit on a body */

static int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* One "SIZE[;extension]\r\n" at *at, which moves behind it. 1, 0 or -EBADMSG. */
static int size_read(const char *text, size_t length, size_t *at, size_t *size)
{
	const char *end = memmem(text + *at, length - *at, "\r\n", 2);
	size_t digits = 0;

	*size = 0;
	while (*at + digits < length && digit_value(text[*at + digits]) >= 0) {
		*size = *size * 16 + (size_t)digit_value(text[*at + digits]);
		if (++digits > DIGITS_MAX)
			return -EBADMSG;
	}
	if (!end)
		return length - *at > 256 ? -EBADMSG : 0;
	if (!digits || (text + *at + digits != end && text[*at + digits] != ';'))
		return -EBADMSG;
	*at = (size_t)(end - text) + 2;
	return 1;
}

/* Walk to the end. With `into`, the chunks are moved there, one behind the other. */
static int walk(const char *text, size_t length, char *into, size_t *joined)
{
	size_t at = 0, size;
	int code;

	*joined = 0;
	while ((code = size_read(text, length, &at, &size)) == 1) {
		if (length - at < size + 2)
			return 0;
		if (memcmp(text + at + size, "\r\n", 2) != 0)
			return -EBADMSG;
		if (!size)
			return 1;
		if (into)
			memmove(into + *joined, text + at, size);
		*joined += size;
		at += size + 2;
	}
	return code;
}

int mca_chunks_join(char *text, size_t length, size_t *joined)
{
	int code = walk(text, length, NULL, joined);

	return code == 1 ? walk(text, length, text, joined) : code;
}
