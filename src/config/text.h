/* SPDX-License-Identifier: MIT */
#ifndef MCA_CONFIG_TEXT_H
#define MCA_CONFIG_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Judging and cutting texts. All inputs are terminated UTF-8 unless a length is given.
 * Thread: any; pure functions.
 */

/* Is this one character a control (U+0000..U+001F, U+007F..U+009F)? */
bool mca_text_is_control(const char *character, size_t bytes);

/* Valid UTF-8 without control characters. */
bool mca_text_is_printable(const char *text);

/* Checks of the table: NULL = good, else what is wrong and the cure. */
const char *mca_text_ipv4(const char *text);
const char *mca_text_host(const char *text);

/* Edit distance of two keys (Levenshtein; a swap of neighbours counts once), letter case ignored;
 * keys longer than 40 bytes are far from everything. */
unsigned mca_text_distance(const char *one, const char *other);

/* Copy `length` bytes into buffer (terminated), cutting between characters and marking the cut by
 * "..." when it does not fit; white space runs become one space, bytes that are no UTF-8 become
 * '?'. */
void mca_text_excerpt(char *buffer, size_t size, const char *text, size_t length);

/* Bytes of the character that begins at text (1..4), 0 = not UTF-8. */
size_t mca_text_utf8(const char *text, size_t length);

#endif
