/* SPDX-License-Identifier: MIT */
#ifndef MCA_API_SECTIONS_H
#define MCA_API_SECTIONS_H

struct mca_settings;

/* http, realtime and simulation take effect only at a restart, so a document that leaves one out
 * means "as it is": copy it from the live settings, or saving the document would lose it at the
 * next start. Thread: control. */
void mca_sections_keep(struct mca_settings *settings, const struct mca_settings *live);

#endif
