/* SPDX-License-Identifier: MIT */
/*
 * alsa-lib accepts arguments by position or by key, and mixed; so does this.
 */
#include "hw_name.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const keys[] = { "CARD", "DEV", "SUBDEV" };

static bool read_number(const char *text, int *number)
{
	char *end;
	long value = strtol(text, &end, 10);

	if (end == text || *end != '\0' || value < -1 || value > 9999)
		return false;
	*number = (int)value;
	return true;
}

static bool set_part(struct mca_hw_name *name, int part, const char *text)
{
	switch (part) {
	case 0:
		if (text[0] == '\0' || strlen(text) >= sizeof(name->card))
			return false;
		strcpy(name->card, text);
		return true;
	case 1:
		return read_number(text, &name->device) && name->device >= 0;
	default:
		return read_number(text, &name->subdevice);
	}
}

/* "DEV=1" -> 1 and the text after it; no key -> the position. */
static int find_part(const char **text, int position)
{
	const char *equals = strchr(*text, '=');

	if (!equals)
		return position;
	for (int i = 0; i < 3; i++) {
		size_t length = strlen(keys[i]);

		if ((size_t)(equals - *text) == length && strncmp(*text, keys[i], length) == 0) {
			*text = equals + 1;
			return i;
		}
	}
	return -1;
}

bool mca_hw_name_parse(struct mca_hw_name *name, const char *text)
{
	char copy[MCA_PCM_NAME], *rest = copy, *word;
	int position = 0;

	memset(name, 0, sizeof(*name));
	name->subdevice = -1;
	if (strncmp(text, "hw:", 3) != 0 || strlen(text) >= sizeof(copy))
		return false;
	strcpy(copy, text + 3);
	while ((word = strsep(&rest, ","))) {
		const char *value = word;
		int part = find_part(&value, position++);

		if (part < 0 || part > 2 || !set_part(name, part, value))
			return false;
	}
	return name->card[0] != '\0';
}

void mca_hw_name_print(char *text, const char *card_id, int device, int subdevice)
{
	int used = snprintf(text, MCA_PCM_NAME, "hw:CARD=%.64s,DEV=%d", card_id, device);

	if (subdevice >= 0)
		snprintf(text + used, MCA_PCM_NAME - (size_t)used, ",SUBDEV=%d", subdevice);
}
