/* SPDX-License-Identifier: MIT */
#ifndef MCA_STORE_TALK_TEXT_H
#define MCA_STORE_TALK_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The text of ptt.state: a header, one line a channel, and a last line with the number of lines, so
 * that a text that was cut off is not taken for a whole one.
 *
 *     mission-control-audio ptt 1
 *     1 muted open
 *     2 live closed
 *     end 2
 */
#define MCA_TALK_ENTRIES 256    /* 64 channels, and what is kept of channels that are gone */
#define MCA_TALK_TEXT_MAX (MCA_TALK_ENTRIES * 32 + 64)

struct mca_talk_entry {
	unsigned channel;
	bool mute, gate_open;
};

/* Returns the length. Thread: any. */
size_t mca_talk_print(char text[MCA_TALK_TEXT_MAX], const struct mca_talk_entry *entry,
		      unsigned count);

/* The number of entries, or -EBADMSG. Strict: every byte is accounted for. Thread: any. */
int mca_talk_parse(const char *text, size_t length,
		   struct mca_talk_entry entry[MCA_TALK_ENTRIES]);

#endif
