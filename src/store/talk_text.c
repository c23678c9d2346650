/* SPDX-License-Identifier: MIT */
/* A text is good only if printing what was read gives the same bytes: there is one spelling. */
#include "talk_text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEADER "mission-control-audio ptt 1\n"

size_t mca_talk_print(char text[MCA_TALK_TEXT_MAX], const struct mca_talk_entry *entry,
		      unsigned count)
{
	size_t length = (size_t)sprintf(text, HEADER);

	for (unsigned i = 0; i < count; i++)
		length += (size_t)sprintf(text + length, "%u %s %s\n", entry[i].channel,
					  entry[i].mute ? "muted" : "live",
					  entry[i].gate_open ? "open" : "closed");
	return length + (size_t)sprintf(text + length, "end %u\n", count);
}

static bool is_known(const struct mca_talk_entry *entry, unsigned count, unsigned channel)
{
	for (unsigned i = 0; i < count; i++)
		if (entry[i].channel == channel)
			return true;
	return false;
}

/* One line, without its end; false when it is none of ours. */
static bool read_line(const char *line, struct mca_talk_entry *entry)
{
	char *end;
	unsigned long channel = strtoul(line, &end, 10);

	if (channel == 0 || channel > 2147483647ul)
		return false;
	entry->channel = (unsigned)channel;
	entry->mute = strncmp(end, " muted ", 7) == 0;
	end = strchr(end + (*end == ' '), ' ');
	entry->gate_open = end && strncmp(end, " open\n", 6) == 0;
	return end;
}

int mca_talk_parse(const char *text, size_t length, struct mca_talk_entry entry[MCA_TALK_ENTRIES])
{
	char again[MCA_TALK_TEXT_MAX];
	const char *line = text + strlen(HEADER);
	unsigned count = 0;

	if (length >= sizeof again || strlen(text) != length ||
	    strncmp(text, HEADER, strlen(HEADER)) != 0)
		return -EBADMSG;
	while (*line && strncmp(line, "end ", 4) != 0) {
		if (count == MCA_TALK_ENTRIES || !read_line(line, &entry[count]) ||
		    is_known(entry, count, entry[count].channel))
			return -EBADMSG;
		count++;
		line = strchr(line, '\n');
		if (!line)
			return -EBADMSG;
		line++;
	}
	if (mca_talk_print(again, entry, count) != length || memcmp(again, text, length) != 0)
		return -EBADMSG;
	return (int)count;
}
