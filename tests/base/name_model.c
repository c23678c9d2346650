/* SPDX-License-Identifier: MIT */
#include "name_model.h"

#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER "(0|[1-9][0-9]?|1[0-9][0-9]|2[0-4][0-9]|25[0-5])"

enum { CARD, DEV, SUBDEV, WORDS };

enum { IS_NUMBER, IS_ID, IS_DIGITS, IS_INDEX, IS_SIMULATED, IS_PLACE, PATTERNS };

static const char *const pattern[PATTERNS] = {
	[IS_NUMBER] = "^" NUMBER "$",
	[IS_ID] = "^[A-Za-z0-9_][A-Za-z0-9_-]{0,14}$",
	[IS_DIGITS] = "^[0-9]+$",
	[IS_INDEX] = "^([0-9]|[12][0-9]|3[01])$",
	[IS_SIMULATED] = "^sim:([1-9]|[1-5][0-9]|6[0-4])$",
	[IS_PLACE] = "^(path|serial):[A-Za-z0-9_.:-]+(," NUMBER ")?$",
};

/* Compiled once: the model is asked millions of times. */
static bool matches(const char *text, unsigned which)
{
	static regex_t compiled[PATTERNS];
	static bool ready[PATTERNS];

	if (!ready[which] && regcomp(&compiled[which], pattern[which], REG_EXTENDED | REG_NOSUB))
		abort();
	ready[which] = true;
	return regexec(&compiled[which], text, 0, NULL, 0) == 0;
}

static bool is_card(const char *word)
{
	return matches(word, IS_ID) && (!matches(word, IS_DIGITS) || matches(word, IS_INDEX));
}

/* The words between the commas, into their places by key or position. */
static bool hardware(char *canonical, const char *text)
{
	static const char *const keys[WORDS] = { "CARD=", "DEV=", "SUBDEV=" };
	char copy[512], *rest = copy, *word;
	const char *part[WORDS] = { NULL };
	unsigned count = 0;

	strcpy(copy, text);
	while ((word = strsep(&rest, ","))) {
		unsigned place = count++;

		for (unsigned i = 0; i < WORDS; i++) {
			if (strncmp(word, keys[i], strlen(keys[i])) != 0)
				continue;
			word += strlen(keys[i]);
			place = i;
			break;
		}
		if (place >= WORDS || part[place])
			return false;
		part[place] = word;
	}
	if (!part[CARD] || !is_card(part[CARD]) || (part[DEV] && !matches(part[DEV], IS_NUMBER)) ||
	    (part[SUBDEV] && !matches(part[SUBDEV], IS_NUMBER)))
		return false;
	sprintf(canonical, "hw:CARD=%s,DEV=%s%s%s", part[CARD], part[DEV] ? part[DEV] : "0",
		part[SUBDEV] ? ",SUBDEV=" : "", part[SUBDEV] ? part[SUBDEV] : "");
	return true;
}

bool name_model(char canonical[512], const char *text)
{
	size_t length = strlen(text);

	if (length > 127)
		return false;
	if (strncmp(text, "hw:", 3) == 0)
		return hardware(canonical, text + 3);
	if (!matches(text, IS_SIMULATED) && !matches(text, IS_PLACE))
		return false;
	strcpy(canonical, text);
	if (length > 2 && strcmp(text + length - 2, ",0") == 0)
		canonical[length - 2] = '\0';
	return true;
}
