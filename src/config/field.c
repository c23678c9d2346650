/* SPDX-License-Identifier: MIT */
/*
 * Rows applied to structs: the one place where an offset of the table becomes a pointer. Every
 * number of the table fits a double exactly (32-bit integers, indices, doubles themselves).
 */
#include "table.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const void *mca_field_at(const struct mca_field *field, const void *base)
{
	assert(field->offset != MCA_FIELD_NOWHERE);
	return (const char *)base + field->offset;
}

/* A choice lies in a bool, an unsigned or an enum; only the size tells them apart. */
static double choice_number(const struct mca_field *field, const void *at)
{
	unsigned wide;

	if (field->size == sizeof(bool))
		return *(const bool *)at;
	assert(field->size == sizeof(wide));
	memcpy(&wide, at, sizeof(wide));
	return wide;
}

double mca_field_number(const struct mca_field *field, const void *base)
{
	const void *at;

	if (field->offset == MCA_FIELD_NOWHERE)
		return field->preset;
	at = mca_field_at(field, base);
	switch (field->type) {
	case MCA_FIELD_BOOL:
		return *(const bool *)at;
	case MCA_FIELD_INTEGER:
		return *(const unsigned *)at;
	case MCA_FIELD_REAL:
		return *(const double *)at;
	default:
		assert(field->type == MCA_FIELD_CHOICE);
		return choice_number(field, at);
	}
}

void mca_field_set_number(const struct mca_field *field, void *base, double number)
{
	unsigned wide = field->type == MCA_FIELD_REAL ? 0 : (unsigned)number;
	void *at;

	if (field->offset == MCA_FIELD_NOWHERE)
		return;
	at = (char *)base + field->offset;
	if (field->type == MCA_FIELD_REAL)
		*(double *)at = number;
	else if (field->size == sizeof(bool))
		*(bool *)at = number != 0;
	else
		memcpy(at, &wide, sizeof(wide));
}

static bool same_device(const struct mca_device_ref *one, const struct mca_device_ref *other)
{
	return one->id == other->id && (one->id || strcmp(one->name, other->name) == 0);
}

static bool same_hosts(const struct mca_settings *one, const struct mca_settings *other)
{
	unsigned i, count = one->http.allowed_host_count;

	if (count != other->http.allowed_host_count)
		return false;
	for (i = 0; i < count; i++)
		if (strcmp(one->http.allowed_hosts[i], other->http.allowed_hosts[i]) != 0)
			return false;
	return true;
}

bool mca_field_same(const struct mca_field *field, const void *one, const void *other)
{
	switch (field->type) {
	case MCA_FIELD_TEXT:
		return strcmp(mca_field_at(field, one), mca_field_at(field, other)) == 0;
	case MCA_FIELD_DEVICE:
		return same_device(mca_field_at(field, one), mca_field_at(field, other));
	case MCA_FIELD_HOSTS:
		return same_hosts(one, other);
	case MCA_FIELD_LANES:
		return mca_lane_pick_equal(mca_field_at(field, one), mca_field_at(field, other));
	case MCA_FIELD_CPUS:
		return memcmp(mca_field_at(field, one), mca_field_at(field, other),
			      field->size) == 0;
	default:
		return mca_field_number(field, one) == mca_field_number(field, other);
	}
}

static void field_default(const struct mca_field *field, void *base)
{
	char *at;

	if (field->offset == MCA_FIELD_NOWHERE)
		return;
	at = (char *)base + field->offset;
	switch (field->type) {
	case MCA_FIELD_TEXT:
		snprintf(at, field->size, "%s", mca_field_preset_text(field));
		break;
	case MCA_FIELD_DEVICE:
	case MCA_FIELD_LANES:
	case MCA_FIELD_CPUS:
	case MCA_FIELD_HOSTS:
	case MCA_FIELD_CHANNELS:
	case MCA_FIELD_FAULTS:
		memset(at, 0, field->size);
		break;
	case MCA_FIELD_OBJECT:
		mca_table_default(field->inner, at);
		break;
	case MCA_FIELD_CARDS:
		for (unsigned i = 0; i < MCA_SIM_CARDS; i++)
			mca_table_default(field->inner, (struct mca_sim_card_spec *)at + i);
		break;
	default:
		mca_field_set_number(field, base, field->preset);
	}
}

void mca_table_default(enum mca_object_kind kind, void *base)
{
	const struct mca_field *field = NULL;

	while ((field = mca_table_next(kind, field)))
		field_default(field, base);
}

const char *mca_number_text(char buffer[MCA_NUMBER_TEXT], double number)
{
	int precision;

	/* The shortest of these that reads back as the same double. */
	for (precision = 6; precision <= 17; precision++) {
		snprintf(buffer, MCA_NUMBER_TEXT, "%.*g", precision, number);
		if (strtod(buffer, NULL) == number)
			break;
	}
	if (number > -1e15 && number < 1e15 && number == (double)(long long)number)
		snprintf(buffer, MCA_NUMBER_TEXT, "%lld", (long long)number);
	/* A program that sets LC_NUMERIC may have another radix character; JSON has but this. */
	for (char *c = buffer; *c; c++)
		if (*c == ',')
			*c = '.';
	return buffer;
}
