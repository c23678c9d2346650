/* SPDX-License-Identifier: MIT */
/*
 * Everything is formatted into a buffer first and cleaned there, so that no conversion lets
 * anything through. Bytes from 0x80 on belong to UTF-8 and stay.
 */
#include "plain_text.h"

#define TEXT_BYTES 1024

void mca_plain_text(char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			*text = '?';
}

void mca_plain_vprint(FILE *stream, const char *format, va_list arguments)
{
	char text[TEXT_BYTES];

	vsnprintf(text, sizeof(text), format, arguments);
	mca_plain_text(text);
	fputs(text, stream);
}

void mca_plain_print(FILE *stream, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	mca_plain_vprint(stream, format, arguments);
	va_end(arguments);
}
