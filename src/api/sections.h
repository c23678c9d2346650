/* SPDX-License-Identifier: MIT */
#ifndef MCA_API_SECTIONS_H
#define MCA_API_SECTIONS_H

#include <stddef.h>

struct mca_settings;

/* http, realtime and simulation take effect only at a restart, so a document that leaves one out
 * means "as it is": copy it from the live settings. Thread: control. */
void mca_sections_keep(struct mca_settings *settings, const struct mca_settings *live);

/* The same for the text: the posted one byte for byte, with the sections that it leaves out and the
 * live text has put in front. Both are good configurations ("" = no live one). malloc'ed, NULL when
 * memory ran out. Thread: control. */
char *mca_sections_text(const char *posted, size_t length, const char *live);

#endif
