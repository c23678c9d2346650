/* SPDX-License-Identifier: MIT */
/*
 * A recognizer by hand: each take_ function consumes what it accepts and leaves *at behind it. The
 * character sets are spelled out, because isalnum() depends on the locale.
 */
#include "mca/device_name.h"

#include <stdio.h>
#include <string.h>

#define DIGITS "0123456789"
#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define CARD_ID_SET LETTERS DIGITS "_-"
#define PLACE_SET LETTERS DIGITS "_.:-"

enum part { PART_CARD, PART_DEVICE, PART_SUBDEVICE, PARTS };

static const char *const part_key[PARTS] = { "CARD=", "DEV=", "SUBDEV=" };

static bool take_number(const char **at, unsigned max, unsigned *number)
{
	size_t length = strspn(*at, DIGITS);

	if (length < 1 || length > 3 || (length > 1 && **at == '0'))
		return false;
	*number = 0;
	for (const char *end = *at + length; *at < end; (*at)++)
		*number = *number * 10 + (unsigned)(**at - '0');
	return *number <= max;
}

/* Digits only are an index: alsa-lib reads them so too. */
static bool take_card(struct mca_device_name *name, const char **at)
{
	size_t length = strspn(*at, CARD_ID_SET);
	unsigned index;

	if (length < 1 || length >= sizeof name->card_id || **at == '-')
		return false;
	if (strspn(*at, DIGITS) == length) {
		if (!take_number(at, MCA_DEVICE_CARD_MAX, &index))
			return false;
		name->card = (int)index;
		return true;
	}
	memcpy(name->card_id, *at, length);
	name->card_id[length] = '\0';
	*at += length;
	return true;
}

static bool take_part(struct mca_device_name *name, enum part part, const char **at)
{
	unsigned number;

	if (part == PART_CARD)
		return take_card(name, at);
	if (!take_number(at, MCA_DEVICE_NUMBER_MAX, &number))
		return false;
	if (part == PART_DEVICE)
		name->device = number;
	else
		name->subdevice = (int)number;
	return true;
}

/* Which part comes next: by its key, which is consumed, or by its position. */
static enum part take_key(const char **at, enum part position)
{
	for (enum part part = PART_CARD; part < PARTS; part++) {
		size_t length = strlen(part_key[part]);

		if (strncmp(*at, part_key[part], length) == 0) {
			*at += length;
			return part;
		}
	}
	return position;
}

static bool parse_hardware(struct mca_device_name *name, const char *at)
{
	bool given[PARTS] = { false };

	for (enum part position = PART_CARD; position < PARTS; position++) {
		enum part part = take_key(&at, position);

		if (given[part] || !take_part(name, part, &at))
			return false;
		given[part] = true;
		if (*at == '\0')
			return given[PART_CARD];
		if (*at++ != ',')
			return false;
	}
	return false;
}

static bool parse_place(struct mca_device_name *name, const char *at)
{
	size_t length = strspn(at, PLACE_SET);

	if (length < 1)
		return false;
	memcpy(name->place, at, length);
	name->place[length] = '\0';
	at += length;
	if (*at == '\0')
		return true;
	return *at++ == ',' && take_number(&at, MCA_DEVICE_NUMBER_MAX, &name->device) &&
	       *at == '\0';
}

static bool parse_simulated(struct mca_device_name *name, const char *at)
{
	return take_number(&at, MCA_DEVICE_SIM_MAX, &name->sim) && name->sim > 0 && *at == '\0';
}

static const struct {
	const char *prefix;
	enum mca_device_kind kind;
	bool (*parse)(struct mca_device_name *name, const char *at);
} forms[] = {
	{ "hw:", MCA_DEVICE_HW, parse_hardware },
	{ "sim:", MCA_DEVICE_SIM, parse_simulated },
	{ "path:", MCA_DEVICE_PATH, parse_place },
	{ "serial:", MCA_DEVICE_SERIAL, parse_place },
};

bool mca_device_name_parse(struct mca_device_name *name, const char *text)
{
	*name = (struct mca_device_name){ .card = -1, .subdevice = -1 };
	if (strnlen(text, MCA_DEVICE_TEXT) == MCA_DEVICE_TEXT)
		return false;
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		size_t length = strlen(forms[i].prefix);

		if (strncmp(text, forms[i].prefix, length) != 0)
			continue;
		name->kind = forms[i].kind;
		return forms[i].parse(name, text + length);
	}
	return false;
}

static void print_hardware(char *text, const struct mca_device_name *name)
{
	char card[MCA_DEVICE_CARD_ID], subdevice[24] = "";

	if (name->card >= 0)
		snprintf(card, sizeof card, "%d", name->card);
	else
		snprintf(card, sizeof card, "%s", name->card_id);
	if (name->subdevice >= 0)
		snprintf(subdevice, sizeof subdevice, ",SUBDEV=%d", name->subdevice);
	snprintf(text, MCA_DEVICE_TEXT, "hw:CARD=%s,DEV=%u%s", card, name->device, subdevice);
}

/* A place and its prefix fit, for they were parsed from a text of that length; a device that does
 * not fit any more was not written, since 0 is not printed and all others are as long as written.
 */
static void print_place(char *text, const char *prefix, const struct mca_device_name *name)
{
	char device[16] = "";

	if (name->device > 0)
		snprintf(device, sizeof device, ",%u", name->device);
	snprintf(text, MCA_DEVICE_TEXT, "%s%.*s%s", prefix,
		 (int)(MCA_DEVICE_TEXT - 1 - strlen(prefix) - strlen(device)), name->place, device);
}

void mca_device_name_print(char text[MCA_DEVICE_TEXT], const struct mca_device_name *name)
{
	switch (name->kind) {
	case MCA_DEVICE_HW:
		print_hardware(text, name);
		break;
	case MCA_DEVICE_SIM:
		snprintf(text, MCA_DEVICE_TEXT, "sim:%u", name->sim);
		break;
	case MCA_DEVICE_PATH:
		print_place(text, "path:", name);
		break;
	case MCA_DEVICE_SERIAL:
		print_place(text, "serial:", name);
		break;
	}
}

bool mca_device_name_rebuild(char canonical[MCA_DEVICE_TEXT], const char *text)
{
	struct mca_device_name name;

	if (!mca_device_name_parse(&name, text))
		return false;
	mca_device_name_print(canonical, &name);
	return true;
}

void mca_device_place_clean(char *text)
{
	for (; *text; text++)
		if (!strchr(PLACE_SET, *text))
			*text = '_';
}
