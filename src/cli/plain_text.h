/* SPDX-License-Identifier: MIT */
#ifndef MCA_CLI_PLAIN_TEXT_H
#define MCA_CLI_PLAIN_TEXT_H

#include <stdarg.h>
#include <stdio.h>

/*
 * Text for a terminal that came from elsewhere: names of devices, keys of a file, answers of a
 * service. Control characters in it become '?', so that none of them can move the cursor, change
 * colours or worse. Thread: control.
 */
void mca_plain_text(char *text);

/* fprintf() of one piece of such text, without a newline; cut at 1023 bytes. */
void mca_plain_print(FILE *stream, const char *format, ...) __attribute__((format(printf, 2, 3)));
void mca_plain_vprint(FILE *stream, const char *format, va_list arguments)
	__attribute__((format(printf, 2, 0)));

#endif
