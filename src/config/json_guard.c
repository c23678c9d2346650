/* SPDX-License-Identifier: MIT */
/*
 * The guard before the parser. Jansson descends one stack frame a bracket, and its words for what
 * people really write (comments, NaN, a last comma) are hard to act on. One pass, no recursion:
 * inside texts nothing counts, outside every character is looked at once. Up to the first error of
 * grammar this pass and the parser agree on what is a text, so the depth found here bounds the
 * parser's.
 */
#include "mca/json.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "mca/config.h"
#include "mca/diag.h"

struct guard {
	const char *text;
	size_t length, at;
	unsigned line;
	unsigned depth;
	size_t values;
	char last;              /* last significant character */
	struct mca_diag *diag;
};

#define REFUSE(guard, ...) refuse(guard, mca_diag_set((guard)->diag, -EBADMSG, __VA_ARGS__))

static int refuse(struct guard *guard, int code)
{
	guard->diag->line = guard->line;
	return code;
}

static char peek(const struct guard *guard)
{
	return guard->at + 1 < guard->length ? guard->text[guard->at + 1] : '\0';
}

static int guard_text(struct guard *guard)
{
	for (guard->at++; guard->at < guard->length; guard->at++) {
		char c = guard->text[guard->at];

		if (c == '"')
			return 0;
		if (c == '\0')
			return REFUSE(guard,
				      "a NUL byte inside a text: save the file as plain UTF-8");
		if (c == '\n' || c == '\r')
			return REFUSE(guard, "the line ends inside a text: close it with a double "
				      "quote");
		if (c == '\\' && guard->at + 1 < guard->length && peek(guard) != '\n')
			guard->at++;
	}
	return REFUSE(guard, "the document ends inside a text: close it with a double quote");
}

static int guard_open(struct guard *guard)
{
	guard->values++;
	if (++guard->depth > MCA_JSON_DEPTH_MAX)
		return REFUSE(guard, "nested deeper than %d levels: a configuration needs 6",
			      MCA_JSON_DEPTH_MAX);
	return 0;
}

static int guard_close(struct guard *guard)
{
	if (guard->last == ',')
		return REFUSE(guard, "a comma before '%c': remove it", guard->text[guard->at]);
	if (guard->depth)
		guard->depth--;
	return 0;
}

static bool is_word(const char *word, size_t length, const char *known)
{
	return length == strlen(known) && strncasecmp(word, known, length) == 0;
}

/* A run of letters, digits and signs: a number, true, false, null, or something to explain. */
static int guard_word(struct guard *guard)
{
	const char *word = guard->text + guard->at;
	size_t length = 0, room = guard->length - guard->at;

	while (length < room &&
	       (isalnum((unsigned char)word[length]) || strchr("+-._", word[length])) &&
	       word[length])
		length++;
	guard->at += length - 1;
	if (isdigit((unsigned char)word[0]) || (length > 1 && isdigit((unsigned char)word[1])))
		return 0;
	if (word[0] == '-' || word[0] == '+')
		word++, length--;
	if (is_word(word, length, "nan") || is_word(word, length, "inf") ||
	    is_word(word, length, "infinity"))
		return REFUSE(guard,
			      "%.*s is no JSON number: write a number within the allowed range",
			      (int)length, word);
	if (length && isalpha((unsigned char)word[0]) && strncmp(word, "true", length) != 0 &&
	    strncmp(word, "false", length) != 0 && strncmp(word, "null", length) != 0)
		return REFUSE(guard,
			      "%.*s%s is no JSON value: put keys and texts into double quotes, "
			      "write true and false in small letters",
			      (int)(length < 40 ? length : 40), word, length < 40 ? "" : "...");
	return 0;
}

static int guard_character(struct guard *guard, char c)
{
	if (c == '\0')
		return REFUSE(guard, "a NUL byte: save the file as plain UTF-8");
	if (c == '#' || (c == '/' && (peek(guard) == '/' || peek(guard) == '*')))
		return REFUSE(guard, "a comment: JSON has none, remove it");
	if (c == '\'')
		return REFUSE(guard, "a single quote: JSON texts and keys stand in double quotes");
	if (c == '"')
		return guard_text(guard);
	if (c == '{' || c == '[')
		return guard_open(guard);
	if (c == '}' || c == ']')
		return guard_close(guard);
	if (c == ',')
		guard->values++;
	if (isalnum((unsigned char)c) || c == '-' || c == '+')
		return guard_word(guard);
	return 0;
}

static int guard_whole(const struct guard *guard)
{
	const unsigned char *c = (const unsigned char *)guard->text;

	if (guard->length > MCA_CONFIG_BYTES_MAX)
		return mca_diag_set(guard->diag, -EBADMSG,
				    "the document has %zu bytes: at most %d are allowed",
				    guard->length, MCA_CONFIG_BYTES_MAX);
	if (guard->length >= 2 &&
	    ((c[0] == 0xff && c[1] == 0xfe) || (c[0] == 0xfe && c[1] == 0xff)))
		return mca_diag_set(guard->diag, -EBADMSG,
				    "the document is UTF-16: save it as UTF-8");
	if (guard->length >= 3 && c[0] == 0xef && c[1] == 0xbb && c[2] == 0xbf)
		return mca_diag_set(guard->diag, -EBADMSG, "the document begins with a byte order "
				    "mark: save it as UTF-8 without one");
	return 0;
}

int mca_json_guard(const char *text, size_t length, size_t *values, struct mca_diag *diag)
{
	struct mca_diag unheard;
	struct guard guard = { .text = text, .length = length, .line = 1, .values = 1,
			       .diag = diag ? diag : &unheard };
	int result = guard_whole(&guard);

	for (; result == 0 && guard.at < length; guard.at++) {
		char c = text[guard.at];

		result = guard_character(&guard, c);
		if (c == '\n')
			guard.line++;
		if (!isspace((unsigned char)c))
			guard.last = c;
	}
	if (result == 0 && !guard.last)
		return mca_diag_set(diag, -EBADMSG, "the document is empty: write a JSON object");
	*values = guard.values;
	return result;
}
