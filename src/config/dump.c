/* SPDX-License-Identifier: MIT */
/*
 * Settings -> text, by the table. Complete: every value in effect is written, sections only when
 * they were given, a channel's dsp only where it differs from the global one (so that the next
 * change of the global one still reaches it). Objects of plain values stand on one line.
 *
 * Should a complete document be longer than a document may be (64 channels with long names), the
 * terse form is tried: no white space, and members at their default left out.
 */
#include "mca/config.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "table.h"

struct dump {
	FILE *out;
	bool terse;
	unsigned depth;
	const void *wider;    /* inside a channel: the global dsp, what equals it is left out */
};

static void dump_object(struct dump *dump, enum mca_object_kind kind, const void *base);

static void dump_text(struct dump *dump, const char *text)
{
	fputc('"', dump->out);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', dump->out);
		if ((unsigned char)*text < 0x20)
			fprintf(dump->out, "\\u%04x", (unsigned)*text);
		else
			fputc(*text, dump->out);
	}
	fputc('"', dump->out);
}

static void dump_number(struct dump *dump, const struct mca_field *field, const void *base)
{
	double number = mca_field_number(field, base);
	char buffer[MCA_NUMBER_TEXT];

	if (field->type == MCA_FIELD_BOOL) {
		fputs(number != 0 ? "true" : "false", dump->out);
		return;
	}
	if ((field->flags & MCA_FIELD_TOP_INFINITE) && number > field->max)
		number = field->max;
	fputs(mca_number_text(buffer, number), dump->out);
	if (field->type == MCA_FIELD_REAL && !dump->terse && !strpbrk(buffer, ".e"))
		fputs(".0", dump->out);
}

static void dump_device(struct dump *dump, const struct mca_device_ref *ref)
{
	if (ref->id)
		fprintf(dump->out, "%u", ref->id);
	else
		dump_text(dump, ref->name);
}

static void comma(struct dump *dump, bool first)
{
	if (!first)
		fputs(dump->terse ? "," : ", ", dump->out);
}

static void dump_hosts(struct dump *dump, const struct mca_settings *settings)
{
	fputc('[', dump->out);
	for (unsigned i = 0; i < settings->http.allowed_host_count; i++) {
		comma(dump, i == 0);
		dump_text(dump, settings->http.allowed_hosts[i]);
	}
	fputc(']', dump->out);
}

static void dump_cpus(struct dump *dump, unsigned long long mask)
{
	bool first = true;

	fputc('[', dump->out);
	for (unsigned cpu = 0; cpu < 64; cpu++) {
		if (!(mask >> cpu & 1))
			continue;
		comma(dump, first);
		fprintf(dump->out, "%u", cpu);
		first = false;
	}
	fputc(']', dump->out);
}

static void dump_lanes(struct dump *dump, const struct mca_lane_pick *pick)
{
	fputc('[', dump->out);
	for (unsigned i = 0; i < pick->count; i++) {
		comma(dump, i == 0);
		fprintf(dump->out, "%u", pick->lane[i]);
	}
	fputc(']', dump->out);
}

static void new_line(struct dump *dump)
{
	if (!dump->terse)
		fprintf(dump->out, "\n%*s", (int)dump->depth * 2, "");
}

/* The start of one entry of an object spread over lines. */
static void __attribute__((format(printf, 3, 4)))
entry(struct dump *dump, bool first, const char *format, ...)
{
	va_list arguments;

	if (!first)
		fputc(',', dump->out);
	new_line(dump);
	va_start(arguments, format);
	vfprintf(dump->out, format, arguments);
	va_end(arguments);
	fputs(dump->terse ? ":" : ": ", dump->out);
}

static void dump_channels(struct dump *dump, const struct mca_settings *settings)
{
	fputc('{', dump->out);
	dump->depth++;
	for (unsigned i = 0; i < settings->channel_count; i++) {
		entry(dump, i == 0, "\"%u\"", settings->channel[i].id);
		dump->wider = &settings->dsp;
		dump_object(dump, MCA_OBJECT_CHANNEL, &settings->channel[i]);
		dump->wider = NULL;
	}
	dump->depth--;
	new_line(dump);
	fputc('}', dump->out);
}

static void dump_cards(struct dump *dump, const struct mca_sim_card_spec *card)
{
	fputc('{', dump->out);
	dump->depth++;
	for (unsigned i = 0; i < MCA_SIM_CARDS; i++) {
		entry(dump, i == 0, "\"%u\"", i + 1);
		dump_object(dump, MCA_OBJECT_CARD, &card[i]);
	}
	dump->depth--;
	new_line(dump);
	fputc('}', dump->out);
}

static void dump_faults(struct dump *dump, const struct mca_sim_card_spec *card)
{
	fputc('[', dump->out);
	dump->depth++;
	for (unsigned i = 0; i < card->fault_count; i++) {
		if (i)
			fputc(',', dump->out);
		new_line(dump);
		dump_object(dump, MCA_OBJECT_FAULT, &card->fault[i]);
	}
	dump->depth--;
	if (card->fault_count)
		new_line(dump);
	fputc(']', dump->out);
}

static void dump_value(struct dump *dump, const struct mca_field *field, const void *base)
{
	switch (field->type) {
	case MCA_FIELD_TEXT:
		dump_text(dump, mca_field_at(field, base));
		break;
	case MCA_FIELD_CHOICE:
		dump_text(dump, field->choices[(unsigned)mca_field_number(field, base)]);
		break;
	case MCA_FIELD_DEVICE:
		dump_device(dump, mca_field_at(field, base));
		break;
	case MCA_FIELD_HOSTS:
		dump_hosts(dump, base);
		break;
	case MCA_FIELD_LANES:
		dump_lanes(dump, mca_field_at(field, base));
		break;
	case MCA_FIELD_CPUS:
		dump_cpus(dump, *(const unsigned long long *)mca_field_at(field, base));
		break;
	case MCA_FIELD_OBJECT:
		dump_object(dump, field->inner, mca_field_at(field, base));
		break;
	case MCA_FIELD_CHANNELS:
		dump_channels(dump, base);
		break;
	case MCA_FIELD_CARDS:
		dump_cards(dump, mca_field_at(field, base));
		break;
	case MCA_FIELD_FAULTS:
		dump_faults(dump, base);
		break;
	default:
		dump_number(dump, field, base);
	}
}

static bool inherits_all(enum mca_object_kind kind, const void *base, const void *wider);

static bool is_inherited(const struct mca_field *field, const void *base, const void *wider)
{
	if (field->type == MCA_FIELD_OBJECT)
		return inherits_all(field->inner, mca_field_at(field, base),
				    mca_field_at(field, wider));
	return mca_field_same(field, base, wider);
}

static bool inherits_all(enum mca_object_kind kind, const void *base, const void *wider)
{
	const struct mca_field *field = NULL;

	while ((field = mca_table_next(kind, field)))
		if (!is_inherited(field, base, wider))
			return false;
	return true;
}

/* A value whose default means "not set" has no text for it. */
static bool is_unset(const struct mca_field *field, const void *base)
{
	if (!(field->flags & MCA_FIELD_UNSET))
		return false;
	if (field->type == MCA_FIELD_LANES)
		return ((const struct mca_lane_pick *)mca_field_at(field, base))->count == 0;
	return field->type == MCA_FIELD_TEXT ? !*(const char *)mca_field_at(field, base)
					     : mca_field_number(field, base) == 0;
}

static bool is_default(const struct mca_field *field, const void *base)
{
	switch (field->type) {
	case MCA_FIELD_BOOL:
	case MCA_FIELD_INTEGER:
	case MCA_FIELD_REAL:
	case MCA_FIELD_CHOICE:
		return mca_field_number(field, base) == field->preset;
	default:
		return false;
	}
}

static bool is_dsp(enum mca_object_kind kind)
{
	return kind == MCA_OBJECT_DSP || kind == MCA_OBJECT_GATE || kind == MCA_OBJECT_COMP ||
	       kind == MCA_OBJECT_LIMITER;
}

static bool is_left_out(const struct dump *dump, const struct mca_field *field, const void *base)
{
	if (field->flags & MCA_FIELD_SECTION)
		return !*(const bool *)((const char *)base + field->given);
	if (dump->wider && is_dsp(field->object))
		return is_inherited(field, base, dump->wider);
	if (dump->wider && field->inner == MCA_OBJECT_DSP)
		return inherits_all(field->inner, mca_field_at(field, base), dump->wider);
	return is_unset(field, base) || (dump->terse && is_default(field, base));
}

/* Objects of plain values only are short enough for one line. */
static bool is_flat(enum mca_object_kind kind)
{
	const struct mca_field *field = NULL;

	while ((field = mca_table_next(kind, field)))
		if (field->type >= MCA_FIELD_OBJECT)
			return false;
	return true;
}

static void dump_object(struct dump *dump, enum mca_object_kind kind, const void *base)
{
	const struct mca_field *field = NULL;
	bool flat = is_flat(kind), first = true;

	fputc('{', dump->out);
	dump->depth++;
	while ((field = mca_table_next(kind, field))) {
		if (is_left_out(dump, field, base))
			continue;
		if (flat) {
			comma(dump, first);
			fprintf(dump->out, dump->terse ? "\"%s\":" : "\"%s\": ", field->key);
		} else {
			entry(dump, first, "\"%s\"", field->key);
		}
		dump_value(dump, field, base);
		first = false;
	}
	dump->depth--;
	if (!flat && !first)
		new_line(dump);
	fputc('}', dump->out);
}

static char *dump_as(const struct mca_settings *settings, bool terse, size_t *length)
{
	struct dump dump = { .terse = terse };
	char *text = NULL;

	dump.out = open_memstream(&text, length);
	if (!dump.out)
		return NULL;
	dump_object(&dump, MCA_OBJECT_ROOT, settings);
	fputc('\n', dump.out);
	if (fclose(dump.out) == 0)
		return text;
	free(text);
	return NULL;
}

char *mca_config_dump(const struct mca_settings *settings)
{
	size_t length = 0;
	char *text = dump_as(settings, false, &length);

	if (!text || length <= MCA_CONFIG_BYTES_MAX)
		return text;
	free(text);
	return dump_as(settings, true, &length);
}
