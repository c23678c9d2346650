/* SPDX-License-Identifier: MIT */
/*
 * The head of an answer is text from outside: it is refused unless it has exactly the form of
 * RFC 9112. Header fields that do not matter are checked for their form only.
 */
#include "reply_head.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <strings.h>

#define VERSION "HTTP/1."
#define LENGTH_DIGITS 9

/* A part of the head; not terminated. */
struct span {
	const char *text;
	size_t length;
};

bool mca_reply_head_begins(const char *text, size_t length)
{
	size_t known = sizeof VERSION - 1;

	return memcmp(text, VERSION, length < known ? length : known) == 0;
}

static bool span_is(struct span span, const char *word)
{
	return span.length == strlen(word) && strncasecmp(span.text, word, span.length) == 0;
}

static struct span span_trim(struct span span)
{
	while (span.length && (*span.text == ' ' || *span.text == '\t'))
		span.text++, span.length--;
	while (span.length && (span.text[span.length - 1] == ' ' ||
			       span.text[span.length - 1] == '\t'))
		span.length--;
	return span;
}

/* Cut the next line off; a line must end with CR LF and hold no other control character. */
static bool line_next(struct span *rest, struct span *line)
{
	const char *end = memchr(rest->text, '\r', rest->length);
	size_t length = end ? (size_t)(end - rest->text) : rest->length;

	if (end && (length + 1 >= rest->length || end[1] != '\n'))
		return false;
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)rest->text[i] < ' ' && rest->text[i] != '\t')
			return false;
	*line = (struct span){ rest->text, length };
	length += end ? 2 : 0;
	*rest = (struct span){ rest->text + length, rest->length - length };
	return true;
}

/* "HTTP/1.1 200 OK", the phrase being optional. */
static bool status_read(struct mca_reply_head *head, struct span line)
{
	const char *t = line.text;

	if (line.length < 12 || !mca_reply_head_begins(t, line.length) ||
	    (t[7] != '0' && t[7] != '1') || t[8] != ' ' || (line.length > 12 && t[12] != ' '))
		return false;
	for (int i = 9; i < 12; i++) {
		if (!isdigit((unsigned char)t[i]))
			return false;
		head->status = head->status * 10 + t[i] - '0';
	}
	return head->status >= 200 && head->status <= 599;
}

static bool length_read(struct mca_reply_head *head, struct span value)
{
	long length = 0;

	if (!value.length || value.length > LENGTH_DIGITS)
		return false;
	for (size_t i = 0; i < value.length; i++) {
		if (!isdigit((unsigned char)value.text[i]))
			return false;
		length = length * 10 + value.text[i] - '0';
	}
	if (head->content_length >= 0 && head->content_length != length)
		return false;
	head->content_length = length;
	return true;
}

static bool field_read(struct mca_reply_head *head, struct span line)
{
	const char *colon = memchr(line.text, ':', line.length);
	struct span name, value, type;

	if (!colon || colon == line.text)
		return false;
	name = (struct span){ line.text, (size_t)(colon - line.text) };
	if (memchr(name.text, ' ', name.length) || memchr(name.text, '\t', name.length))
		return false;
	value = span_trim((struct span){ colon + 1, line.length - name.length - 1 });
	if (span_is(name, "Content-Length"))
		return length_read(head, value);
	if (span_is(name, "Transfer-Encoding") && span_is(value, "chunked") && !head->chunked)
		head->chunked = true;
	else if (span_is(name, "Transfer-Encoding") || span_is(name, "Content-Encoding"))
		head->coded = true;
	if (span_is(name, "Content-Type")) {
		const char *end = memchr(value.text, ';', value.length);

		type = end ? (struct span){ value.text, (size_t)(end - value.text) } : value;
		type = span_trim(type);
		head->json = span_is(type, "application/json") ||
			     span_is(type, "application/problem+json");
	}
	return true;
}

int mca_reply_head_parse(struct mca_reply_head *head, const char *text, size_t length)
{
	struct span rest = { text, length }, line;

	*head = (struct mca_reply_head){ .content_length = -1 };
	if (!line_next(&rest, &line) || !status_read(head, line))
		return -EBADMSG;
	while (rest.length > 0)
		if (!line_next(&rest, &line) || !field_read(head, line))
			return -EBADMSG;
	return 0;
}
