/* SPDX-License-Identifier: MIT */
/*
 * Decided by the digits: a double would round some of them away. All digits of the number stand in
 * one row, first those of the integer part, then those of the fraction; the exponent moves the
 * point along that row. The number is whole if only zeros stand behind the point.
 */
#include "whole.h"

#include <string.h>

#define WHOLE_MAX 9007199254740992ll /* 2^53: up to here a double holds every whole number */
#define EXPONENT_MAX 100000          /* more than a document has digits */

static size_t find(const char *text, size_t length, const char *letters)
{
	size_t at = 0;

	while (at < length && !strchr(letters, text[at]))
		at++;
	return at;
}

/* "+12", "-3", "": what follows the e. Beyond EXPONENT_MAX it makes no difference. */
static long exponent_of(const char *text, size_t length)
{
	bool negative = length > 0 && *text == '-';
	long exponent = 0;

	for (size_t at = 0; at < length; at++)
		if (text[at] != '-' && text[at] != '+' && exponent < EXPONENT_MAX)
			exponent = exponent * 10 + (text[at] - '0');
	return negative ? -exponent : exponent;
}

/* One more digit behind the others; false if the number becomes too large. */
static bool append(long long *number, int digit)
{
	*number = *number * 10 + digit;
	return *number <= WHOLE_MAX;
}

bool mca_whole_number(const char *text, size_t length, long long *number)
{
	bool negative = length > 0 && *text == '-';
	size_t digits, point;
	long before_point;

	text += negative;
	length -= negative;
	digits = find(text, length, "eE");
	point = find(text, digits, ".");
	before_point = (long)point;
	if (digits < length)
		before_point += exponent_of(text + digits + 1, length - digits - 1);
	*number = 0;
	for (size_t at = 0; at < digits; at++) {
		if (at == point)
			continue;
		if (before_point-- > 0 ? !append(number, text[at] - '0') : text[at] != '0')
			return false;
	}
	for (; before_point > 0 && *number > 0; before_point--)
		if (!append(number, 0))
			return false;
	if (negative)
		*number = -*number;
	return true;
}
