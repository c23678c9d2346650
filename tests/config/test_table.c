/* SPDX-License-Identifier: MIT */
/*
 * Every row of the table, put to the test by the table: wrong types, both ends of every range, what
 * lies just outside, and defaults. A new row is tested the moment it is written.
 */
#include <errno.h>
#include <math.h>

#include "document.h"
#include "table.h"
#include "../support/check.h"

/* What must stand beside a row under test for its object to be good. */
static const struct { enum mca_object_kind kind; const char *key, *value; } companions[] = {
	{ MCA_OBJECT_CHANNEL, "input_device_id", "1" },
	{ MCA_OBJECT_CHANNEL, "output_device_id", "1" },
	{ MCA_OBJECT_COMP, "attack_ms", "0" }, { MCA_OBJECT_COMP, "release_ms", "10000" },
	{ MCA_OBJECT_SOURCE, "file", "\"a.wav\"" }, { MCA_OBJECT_SOURCE, "card", "8" },
	{ MCA_OBJECT_SINK, "file", "\"b.wav\"" }, { MCA_OBJECT_FAULT, "type", "\"xrun\"" },
};

/* Where an object stands in a document: text before and after it. */
static const struct { const char *before, *after; } places[MCA_OBJECT_KINDS] = {
	[MCA_OBJECT_ROOT] = { "", "" },
	[MCA_OBJECT_CHANNEL] = { "{\"logical_channels\": {\"1\": ", "}}" },
	[MCA_OBJECT_PTT] = { "{\"logical_channels\": {\"1\": {\"input_device_id\": 1, "
			     "\"output_device_id\": 1, \"ptt\": ", "}}}" },
	[MCA_OBJECT_DSP] = { "{\"dsp\": ", "}" },
	[MCA_OBJECT_GATE] = { "{\"dsp\": {\"gate\": ", "}}" },
	[MCA_OBJECT_COMP] = { "{\"dsp\": {\"comp\": ", "}}" },
	[MCA_OBJECT_LIMITER] = { "{\"dsp\": {\"limiter\": ", "}}" },
	[MCA_OBJECT_HTTP] = { "{\"http\": ", "}" },
	[MCA_OBJECT_REALTIME] = { "{\"realtime\": ", "}" },
	[MCA_OBJECT_SIMULATION] = { "{\"simulation\": ", "}" },
	[MCA_OBJECT_CARD] = { "{\"simulation\": {\"cards\": {\"1\": ", "}}}" },
	[MCA_OBJECT_SOURCE] = { "{\"simulation\": {\"cards\": {\"1\": {\"source\": ", "}}}}" },
	[MCA_OBJECT_SINK] = { "{\"simulation\": {\"cards\": {\"1\": {\"sink\": ", "}}}}" },
	[MCA_OBJECT_FAULT] = { "{\"simulation\": {\"cards\": {\"1\": {\"faults\": [", "]}}}}" },
};

static const char logical_channels[] =
	"\"logical_channels\": {\"1\": {\"input_device_id\": 1, \"output_device_id\": 1}}";

/* One document that says `value` for the row, on line 3. The row's channel, card and fault have
 * numbers 1, 1 and 0. */
static struct document say(const struct mca_field *field, const char *value)
{
	enum mca_object_kind kind = field->object;
	bool in_channels = kind == MCA_OBJECT_CHANNEL || kind == MCA_OBJECT_PTT ||
			   field->type == MCA_FIELD_CHANNELS;
	char text[2048];
	struct document document;
	int used;

	used = snprintf(text, sizeof(text), "%s{\n\n\"%s\": %s\n", places[kind].before, field->key,
			value);
	for (size_t i = 0; i < sizeof(companions) / sizeof(companions[0]); i++)
		if (companions[i].kind == kind && strcmp(companions[i].key, field->key) != 0)
			used += snprintf(text + used, sizeof(text) - (size_t)used, ", \"%s\": %s",
					 companions[i].key, companions[i].value);
	used += snprintf(text + used, sizeof(text) - (size_t)used, "}%s", places[kind].after);
	if (!in_channels) {
		assert(text[used - 1] == '}');
		used += snprintf(text + used - 1, sizeof(text) - (size_t)used, ", %s}",
				 logical_channels);
	}
	assert((size_t)used < sizeof(text));
	document = document_read(text);
	return document;
}

/* The pointer of a row under test. */
static void point(const struct mca_field *field, char *buffer, size_t size)
{
	const char *place = mca_table_object(field->object)->place;
	size_t used = 0;

	for (; *place; place++)
		buffer[used++] = *place == 'N' ? '1' : *place == 'I' ? '0' : *place;
	snprintf(buffer + used, size - used, "/%s", field->key);
}

static void accepts(const struct mca_field *field, const char *value)
{
	struct document document = say(field, value);

	if (document.code != 0) {
		CHECK(!"accepted");
		printf("# %s: %s\n", field->key, value);
		document_print(&document);
	}
	document_done(&document);
}

static void refuses(const struct mca_field *field, const char *value)
{
	struct document document = say(field, value);
	const struct mca_diag *fault;
	char pointer[128];

	point(field, pointer, sizeof(pointer));
	fault = document_fault(&document, pointer);
	if (document.code != -EINVAL || document.faults.count != 1 || !fault || fault->line != 3 ||
	    !document_is_untouched(&document)) {
		CHECK(!"refused with one fault at its place");
		printf("# %s: %s\n", pointer, value);
		document_print(&document);
	}
	document_done(&document);
}

/* Every row, whatever its object. */
#define EACH_FIELD(field) \
	for (int kind_ = 0; kind_ < MCA_OBJECT_KINDS; kind_++) \
		for (const struct mca_field *field = NULL; \
		     (field = mca_table_next((enum mca_object_kind)kind_, field));)

/* Which of the sample values suits the type; a number may still be out of range. */
static bool suits(enum mca_field_type type, const char *value)
{
	switch (type) {
	case MCA_FIELD_BOOL:
		return value[0] == 't';
	case MCA_FIELD_INTEGER:
		return strcmp(value, "1") == 0;
	case MCA_FIELD_REAL:
		return value[0] == '1';
	case MCA_FIELD_TEXT:
	case MCA_FIELD_CHOICE:
		return value[0] == '"';
	case MCA_FIELD_DEVICE:
		return value[0] == '"' || strcmp(value, "1") == 0;
	case MCA_FIELD_HOSTS:
	case MCA_FIELD_CPUS:
	case MCA_FIELD_FAULTS:
		return value[0] == '[';
	default:
		return value[0] == '{';
	}
}

static void wrong_types_are_refused_everywhere(void)
{
	static const char *const values[] = { "null", "true", "1", "1.5", "\"x\"", "[]", "{}" };

	EACH_FIELD(field)
		for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
			if (!suits(field->type, values[i]))
				refuses(field, values[i]);
}

static void exact(char buffer[64], double number)
{
	snprintf(buffer, 64, "%.17g", number);
}

static void check_integer(const struct mca_field *field)
{
	char value[64];

	snprintf(value, sizeof(value), "%.0f", field->min);
	accepts(field, value);
	snprintf(value, sizeof(value), "%.0f", field->max);
	accepts(field, value);
	snprintf(value, sizeof(value), "%.0f", field->max + 1);
	refuses(field, value);
	snprintf(value, sizeof(value), "%.0f.0", field->max);
	accepts(field, value);
	snprintf(value, sizeof(value), "%.0f.5", field->min);
	refuses(field, value);
	/* 2^32 and 2^64 more than a good value: what truncation would let through. */
	snprintf(value, sizeof(value), "%.0f", field->min + 4294967296.0);
	refuses(field, value);
	snprintf(value, sizeof(value), "%s", "18446744073709551617");
	refuses(field, value);
	snprintf(value, sizeof(value), "%.0f", field->min - 1);
	if (field->min != 1 || !(field->flags & MCA_FIELD_ZERO))
		refuses(field, value);
	if (field->flags & MCA_FIELD_ZERO)
		accepts(field, "0");
}

static void check_real(const struct mca_field *field)
{
	char value[64];

	exact(value, field->min);
	accepts(field, value);
	exact(value, field->max);
	accepts(field, value);
	exact(value, nextafter(field->min, -INFINITY));
	refuses(field, value);
	exact(value, nextafter(field->max, INFINITY));
	refuses(field, value);
	refuses(field, "1e300");
	refuses(field, "-99999999999999999999999");
	if (field->flags & MCA_FIELD_ZERO)
		accepts(field, "0");
}

static void check_text(const struct mca_field *field)
{
	char value[600];
	size_t max = (size_t)field->max, unit;

	refuses(field, "\"\"");
	refuses(field, "\"a\\u0001b\"");
	if (field->check)
		return; /* test_parse.c knows its rules */
	for (unit = 1; unit <= 2; unit++) {
		/* Lengths count in bytes, also where a character has two. */
		memset(value, 0, sizeof(value));
		value[0] = '"';
		for (size_t at = 1; at + unit <= max + 1; at += unit)
			memcpy(value + at, unit == 1 ? "x" : "\xc3\xbc", unit);
		strcat(value, "\"");
		accepts(field, value);
		value[strlen(value) - 1] = '\0';
		strcat(value, "\xc3\xbc\"");
		refuses(field, value);
	}
}

static void check_choices(const struct mca_field *field)
{
	char value[64];

	for (const char *const *choice = field->choices; *choice; choice++) {
		snprintf(value, sizeof(value), "\"%s\"", *choice);
		if (**choice)
			accepts(field, value);
	}
	refuses(field, "\"\"");
	refuses(field, "\"WAV\"");
}

static void both_ends_of_every_range_hold(void)
{
	EACH_FIELD(field)
		switch (field->type) {
		case MCA_FIELD_INTEGER:
			check_integer(field);
			break;
		case MCA_FIELD_REAL:
			check_real(field);
			break;
		case MCA_FIELD_TEXT:
			check_text(field);
			break;
		case MCA_FIELD_CHOICE:
			check_choices(field);
			break;
		case MCA_FIELD_BOOL:
			accepts(field, "true");
			accepts(field, "false");
			refuses(field, "0");
			refuses(field, "\"true\"");
			break;
		case MCA_FIELD_DEVICE:
			accepts(field, "65535");
			accepts(field, "\"sim:64\"");
			refuses(field, "\"sim:65\"");
			refuses(field, "\"x\"");
			refuses(field, "0");
			refuses(field, "65536");
			refuses(field, "4294967297");
			refuses(field, "\"\"");
			break;
		default:
			break;
		}
}

static void every_object_takes_an_unknown_key_ill(void)
{
	for (int kind = 0; kind < MCA_OBJECT_KINDS; kind++) {
		struct mca_field stranger = { .object = (enum mca_object_kind)kind,
					      .key = "no_such_key_at_all", .type = MCA_FIELD_BOOL };

		refuses(&stranger, "true");
	}
}

static void a_misspelt_key_finds_its_row(void)
{
	char key_of_41[42]; /* longer than what is compared at all */

	EACH_FIELD(field) {
		char key[64];
		size_t length = strlen(field->key);

		/* Short keys have no near neighbours on purpose. */
		if (length < 5)
			continue;
		snprintf(key, sizeof(key), "%s", field->key);
		memmove(key + 1, key + 2, length - 1);
		CHECK_STR(mca_table_nearest(field->object, key), field->key);
		snprintf(key, sizeof(key), "%s", field->key);
		key[2] = field->key[1];
		key[1] = field->key[2];
		CHECK_STR(mca_table_nearest(field->object, key), field->key);
	}
	CHECK(mca_table_nearest(MCA_OBJECT_ROOT, "") == NULL);
	snprintf(key_of_41, sizeof(key_of_41), "%041d", 0);
	CHECK(mca_table_nearest(MCA_OBJECT_ROOT, key_of_41) == NULL);
}

/* The table must agree with itself: a default lies in its range, a range holds a value. */
static void rows_are_sound(void)
{
	EACH_FIELD(field) {
		CHECK(field->doc && *field->doc);
		CHECK(mca_table_find(field->object, field->key) == field);
		if (field->type == MCA_FIELD_REAL || field->type == MCA_FIELD_INTEGER) {
			bool zero = (field->flags & (MCA_FIELD_ZERO | MCA_FIELD_UNSET)) &&
				    field->preset == 0;

			CHECK(field->min < field->max);
			CHECK(zero || (field->preset >= field->min && field->preset <= field->max));
		}
		if (field->type == MCA_FIELD_TEXT)
			CHECK(field->max == (double)field->size - 1 || field->check);
	}
}

/* snprintf() would print "(null)" for a text row that names no default. */
static void a_text_without_a_default_is_empty(void)
{
	struct mca_settings *settings = calloc(1, sizeof(*settings));
	unsigned bare = 0;

	mca_settings_default(settings);
	EACH_FIELD(field) {
		if (field->type != MCA_FIELD_TEXT || field->preset_text)
			continue;
		bare++;
		CHECK_STR(mca_field_preset_text(field), "");
	}
	CHECK(bare >= 3);
	CHECK_STR(settings->http.token_file, "");
	CHECK_STR(settings->simulation.rack.card[0].source.path, "");
	CHECK_STR(settings->simulation.rack.card[0].sink.path, "");
	free(settings);
}

int main(void)
{
	RUN(rows_are_sound);
	RUN(a_text_without_a_default_is_empty);
	RUN(wrong_types_are_refused_everywhere);
	RUN(both_ends_of_every_range_hold);
	RUN(every_object_takes_an_unknown_key_ill);
	RUN(a_misspelt_key_finds_its_row);
	return DONE();
}
