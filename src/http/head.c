/* SPDX-License-Identifier: MIT */
/*
 * CivetWeb takes the first of two Content-Length headers, reads "10abc" as 10, prefers
 * Transfer-Encoding, stops reading at a folded line and forgets the 65th header. Each of these is
 * refused here instead of guessed.
 */
#include "head.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

const char *mca_head_value(const struct mca_head *head, const char *name)
{
	for (unsigned i = 0; i < head->count; i++)
		if (strcasecmp(head->field[i].name, name) == 0)
			return head->field[i].value;
	return NULL;
}

unsigned mca_head_count(const struct mca_head *head, const char *name)
{
	unsigned count = 0;

	for (unsigned i = 0; i < head->count; i++)
		count += strcasecmp(head->field[i].name, name) == 0;
	return count;
}

/* "Name : value" was cut into "Name", two NULs or more, "value". */
static bool has_blank_before_colon(const struct mca_head_field *field)
{
	const char *colon = field->name + strlen(field->name);

	return field->value > colon + 1 && !colon[1];
}

bool mca_head_is_token(const char *text)
{
	return *text && !text[strspn(text, "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
				     "ABCDEFGHIJKLMNOPQRSTUVWXYZ")];
}

void mca_head_trim(struct mca_head *head)
{
	for (unsigned i = 0; i < head->count; i++) {
		const char *value = head->field[i].value + strspn(head->field[i].value, " \t");
		size_t length = strlen(value);

		while (length > 0 && strchr(" \t", value[length - 1]))
			length--;
		/* The text is a buffer of CivetWeb's, constant by its declaration only. */
		((char *)value)[length] = '\0';
		head->field[i].value = value;
	}
}

void mca_head_take_url(struct mca_head *head)
{
	static const char scheme[] = "http://";
	char *query;

	if (!head->target || strncasecmp(head->target, scheme, sizeof scheme - 1) != 0)
		return;
	query = strchr(head->target, '?');
	if (query) {
		*query++ = '\0';
		head->query = query;
	}
	head->path = strchr(head->target + sizeof scheme - 1, '/');
	if (!head->path)
		head->path = "/";
}

const char *mca_head_join(const struct mca_head *head, const char *name, char *buffer, size_t size)
{
	size_t used = 0;

	buffer[0] = '\0';
	for (unsigned i = 0; i < head->count; i++)
		if (strcasecmp(head->field[i].name, name) == 0 && used < size)
			used += (size_t)snprintf(buffer + used, size - used, "%s%s",
						 used ? ", " : "", head->field[i].value);
	return mca_head_count(head, name) ? buffer : NULL;
}

bool mca_head_is_plain(const struct mca_head *head, const char *end)
{
	const char *line_end = head->version + strlen(head->version);

	/* CR LF became two NULs; the next line begins behind them. */
	for (unsigned i = 0; i < head->count; i++) {
		if (head->field[i].name != line_end + 2 || has_blank_before_colon(&head->field[i]))
			return false;
		line_end = head->field[i].value + strlen(head->field[i].value);
	}
	if (end - line_end < 4 || line_end[1])
		return false;
	/* The empty line: its LF is always overwritten; its CR too when there is no header. */
	return (line_end[2] == '\r' || (head->count == 0 && !line_end[2])) && !line_end[3];
}

/* Digits only; SIZE_MAX for what has more digits than any body of ours could need. */
static bool read_length(const char *text, size_t *length)
{
	size_t digits = strspn(text, "0123456789");

	if (digits == 0 || text[digits + strspn(text + digits, " \t")])
		return false;
	*length = 0;
	for (size_t i = 0; i < digits; i++)
		*length = digits > 15 ? SIZE_MAX : *length * 10 + (size_t)(text[i] - '0');
	return true;
}

/* Is a token in a comma-separated list? */
static bool has_token(const char *list, const char *token)
{
	size_t length = strlen(token);

	while (*list) {
		list += strspn(list, ", \t");
		if (strncasecmp(list, token, length) == 0 && strchr(", \t", list[length]))
			return true;
		list += strcspn(list, ",");
	}
	return false;
}

/* The rules CivetWeb goes by, so that the Connection header we send tells the truth. */
static bool wants_keep_alive(const struct mca_head *head)
{
	const char *connection = mca_head_value(head, "Connection");

	if (connection)
		return has_token(connection, "keep-alive");
	return strcmp(head->version, "1.1") == 0;
}

static struct mca_refusal frame_expect(const struct mca_head *head, struct mca_framing *framing)
{
	const char *expect = mca_head_value(head, "Expect");

	if (!expect)
		return MCA_ACCEPT;
	if (strcasecmp(expect, "100-continue") != 0)
		return MCA_REFUSE(417, "the only expectation that can be met is 100-continue");
	framing->expects_continue = strcmp(head->version, "1.1") == 0;
	return MCA_ACCEPT;
}

/* Two readers of one head may take different ones of two values. */
static struct mca_refusal check_single(const struct mca_head *head)
{
	static const char *const single[] = { "Host", "Content-Length", "Content-Type", "Expect",
					      "Authorization", "Origin" };
	struct mca_refusal refusal = { .status = 400 };

	for (size_t i = 0; i < sizeof single / sizeof single[0]; i++) {
		if (mca_head_count(head, single[i]) < 2)
			continue;
		snprintf(refusal.detail, sizeof refusal.detail, "%s is given twice: send it once",
			 single[i]);
		return refusal;
	}
	return MCA_ACCEPT;
}

struct mca_refusal mca_head_frame(const struct mca_head *head, struct mca_framing *framing)
{
	unsigned lengths = mca_head_count(head, "Content-Length");
	bool encoded = mca_head_count(head, "Transfer-Encoding") > 0;
	struct mca_refusal refusal;

	*framing = (struct mca_framing){ .has_length = lengths > 0 };
	if (head->count >= MCA_HEAD_HEADERS)
		return MCA_REFUSE(431, "64 headers or more: send fewer");
	refusal = check_single(head);
	if (refusal.status)
		return refusal;
	if (lengths && encoded)
		return MCA_REFUSE(400, "Content-Length and Transfer-Encoding exclude each other: "
				  "send Content-Length alone");
	if (encoded)
		return MCA_REFUSE(411, "bodies in chunks are not taken: send Content-Length");
	if (lengths && !read_length(mca_head_value(head, "Content-Length"), &framing->length))
		return MCA_REFUSE(400, "Content-Length is not a decimal number");
	framing->keep_alive = wants_keep_alive(head);
	return frame_expect(head, framing);
}
