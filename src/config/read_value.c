/* SPDX-License-Identifier: MIT */
/* One value of the document by its row: type, range, and the sentence when it is neither. */
#include "read.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "text.h"

static void word_choices(const struct mca_field *field, char buffer[MCA_WORDING_TEXT])
{
	const char *const *choice;
	size_t used;

	buffer[0] = '\0';
	for (choice = field->choices; *choice; choice++) {
		if (!**choice)
			continue;
		used = strlen(buffer);
		snprintf(buffer + used, MCA_WORDING_TEXT - used, "%s\"%s\"",
			 !used ? "" : choice[1] ? ", " : " or ", *choice);
	}
}

static void word_number(const struct mca_field *field, char buffer[MCA_WORDING_TEXT])
{
	char min[MCA_NUMBER_TEXT], max[MCA_NUMBER_TEXT];

	snprintf(buffer, MCA_WORDING_TEXT, "%s%s from %s to %s%s%s",
		 field->flags & MCA_FIELD_ZERO ? "0 or " : "",
		 field->type == MCA_FIELD_REAL ? "a number" : "a whole number",
		 mca_number_text(min, field->min), mca_number_text(max, field->max),
		 field->unit ? " " : "", field->unit ? field->unit : "");
}

const char *mca_field_wording(const struct mca_field *field, char buffer[MCA_WORDING_TEXT])
{
	switch (field->type) {
	case MCA_FIELD_BOOL:
		return strcpy(buffer, "true or false");
	case MCA_FIELD_INTEGER:
	case MCA_FIELD_REAL:
		word_number(field, buffer);
		break;
	case MCA_FIELD_TEXT:
		snprintf(buffer, MCA_WORDING_TEXT, "a text of %.0f to %.0f bytes without control "
			 "characters", field->min, field->max);
		break;
	case MCA_FIELD_CHOICE:
		word_choices(field, buffer);
		break;
	case MCA_FIELD_DEVICE:
		snprintf(buffer, MCA_WORDING_TEXT,
			 "a device id, a whole number from %.0f to %.0f, or a device name: "
			 MCA_DEVICE_FORMS, field->min, field->max);
		break;
	case MCA_FIELD_HOSTS:
		snprintf(buffer, MCA_WORDING_TEXT,
			 "a list of at most %d host names of %.0f to %.0f bytes",
			 MCA_HOSTS_MAX, field->min, field->max);
		break;
	case MCA_FIELD_LANES:
		snprintf(buffer, MCA_WORDING_TEXT, "a list of 1 or 2 different whole numbers from "
			 "%.0f to %.0f", field->min, field->max);
		break;
	case MCA_FIELD_CPUS:
		snprintf(buffer, MCA_WORDING_TEXT, "a list of different whole numbers from %.0f to "
			 "%.0f", field->min, field->max);
		break;
	case MCA_FIELD_FAULTS:
		snprintf(buffer, MCA_WORDING_TEXT, "a list of at most %d objects", MCA_SIM_FAULTS);
		break;
	default:
		strcpy(buffer, "an object");
	}
	return buffer;
}

/* "must be ..., not ...": the sentence for every value that its row does not allow. */
static void refuse(struct mca_reader *reader, const struct mca_json *node,
		   const struct mca_field *field)
{
	char allowed[MCA_WORDING_TEXT], given[48];

	mca_field_wording(field, allowed);
	mca_text_excerpt(given, sizeof(given), node->raw, node->raw_length);
	if (node->type == MCA_JSON_OBJECT || node->type == MCA_JSON_LIST)
		mca_read_fault(reader, node, "%s must be %s, not %s", field->key, allowed,
			       node->type == MCA_JSON_OBJECT ? "an object" : "a list");
	else
		mca_read_fault(reader, node, "%s must be %s, not %s", field->key, allowed, given);
}

/* The same of a list whose elements are wrong: it is shown itself. */
static void refuse_list(struct mca_reader *reader, const struct mca_json *node,
			const struct mca_field *field)
{
	char allowed[MCA_WORDING_TEXT], given[48];

	if (node->type != MCA_JSON_LIST) {
		refuse(reader, node, field);
		return;
	}
	mca_field_wording(field, allowed);
	mca_text_excerpt(given, sizeof(given), node->raw, node->raw_length);
	mca_read_fault(reader, node, "%s must be %s, not %s", field->key, allowed, given);
}

static bool in_range(const struct mca_field *field, double number)
{
	return (number >= field->min && number <= field->max) ||
	       ((field->flags & MCA_FIELD_ZERO) && number == 0);
}

static bool is_integer(const struct mca_field *field, const struct mca_json *node)
{
	return node->fits && in_range(field, node->number);
}

static void read_number(struct mca_reader *reader, const struct mca_json *node,
			const struct mca_field *field, void *base)
{
	bool numeric = node->fits || node->type == MCA_JSON_INTEGER ||
		       (node->type == MCA_JSON_REAL && field->type == MCA_FIELD_REAL);
	double number = node->number;

	if (!numeric || !in_range(field, number)) {
		refuse(reader, node, field);
		return;
	}
	if ((field->flags & MCA_FIELD_TOP_INFINITE) && number == field->max)
		number = INFINITY;
	mca_field_set_number(field, base, number);
}

static void read_bool(struct mca_reader *reader, const struct mca_json *node,
		      const struct mca_field *field, void *base)
{
	if (node->type == MCA_JSON_BOOL)
		mca_field_set_number(field, base, node->truth);
	else
		refuse(reader, node, field);
}

static void read_choice(struct mca_reader *reader, const struct mca_json *node,
			const struct mca_field *field, void *base)
{
	unsigned i;

	for (i = 0; node->type == MCA_JSON_TEXT && field->choices[i]; i++)
		if (*node->text && strcmp(node->text, field->choices[i]) == 0) {
			mca_field_set_number(field, base, i);
			return;
		}
	refuse(reader, node, field);
}

/* A text into a buffer when it is as the row wants it. */
static bool take_text(struct mca_reader *reader, const struct mca_json *node,
		      const struct mca_field *field, size_t min, size_t max, char *buffer)
{
	const char *wrong;
	size_t length;

	if (node->type != MCA_JSON_TEXT || !mca_text_is_printable(node->text) ||
	    (length = strlen(node->text)) < min || length > max) {
		/* An address of a wrong length is still best answered by its own check. */
		wrong = field->check && node->type == MCA_JSON_TEXT ? field->check(node->text)
								    : NULL;
		if (wrong)
			mca_read_fault(reader, node, "%s %s", field->key, wrong);
		else
			refuse(reader, node, field);
		return false;
	}
	wrong = field->check ? field->check(node->text) : NULL;
	if (wrong)
		mca_read_fault(reader, node, "%s %s", field->key, wrong);
	else
		memcpy(buffer, node->text, length + 1);
	return !wrong;
}

static void read_device(struct mca_reader *reader, const struct mca_json *node,
			const struct mca_field *field, void *base)
{
	struct mca_device_ref *ref = (struct mca_device_ref *)((char *)base + field->offset);

	if (is_integer(field, node))
		*ref = (struct mca_device_ref){ .id = (unsigned)node->integer };
	else if (node->type != MCA_JSON_TEXT || !mca_device_name_rebuild(ref->name, node->text))
		refuse(reader, node, field);
}

static void read_hosts(struct mca_reader *reader, const struct mca_json *node,
		       const struct mca_field *field, struct mca_settings *settings)
{
	const struct mca_json *host;
	unsigned count = 0;

	for (host = node->child; host; host = host->next)
		count++;
	if (node->type != MCA_JSON_LIST || count > MCA_HOSTS_MAX) {
		refuse(reader, node, field);
		return;
	}
	settings->http.allowed_host_count = 0;
	for (host = node->child; host; host = host->next)
		if (take_text(reader, host, field, (size_t)field->min, (size_t)field->max,
			      settings->http.allowed_hosts[settings->http.allowed_host_count]))
			settings->http.allowed_host_count++;
}

static void read_lanes(struct mca_reader *reader, const struct mca_json *node,
		       const struct mca_field *field, void *base)
{
	const struct mca_json *lane = node->child;
	struct mca_lane_pick pick = { 0 };
	bool good = node->type == MCA_JSON_LIST && lane;

	for (; good && lane; lane = lane->next) {
		good = pick.count < 2 && is_integer(field, lane) &&
		       (pick.count == 0 || (unsigned)lane->integer != pick.lane[0]);
		if (good)
			pick.lane[pick.count++] = (unsigned)lane->integer;
	}
	if (good)
		memcpy((char *)base + field->offset, &pick, sizeof(pick));
	else
		refuse_list(reader, node, field);
}

static void read_cpus(struct mca_reader *reader, const struct mca_json *node,
		      const struct mca_field *field, void *base)
{
	unsigned long long mask = 0;
	const struct mca_json *cpu;

	if (node->type != MCA_JSON_LIST) {
		refuse(reader, node, field);
		return;
	}
	for (cpu = node->child; cpu && !mca_reader_is_full(reader); cpu = cpu->next) {
		if (!is_integer(field, cpu))
			refuse(reader, cpu, field);
		else if (mask >> cpu->integer & 1)
			mca_read_fault(reader, cpu, "CPU %lld is listed twice: remove one",
				       cpu->integer);
		else
			mask |= 1ull << cpu->integer;
	}
	memcpy((char *)base + field->offset, &mask, sizeof(mask));
}

void mca_read_value(struct mca_reader *reader, const struct mca_json *node,
		    const struct mca_field *field, void *base)
{
	switch (field->type) {
	case MCA_FIELD_BOOL:
		read_bool(reader, node, field, base);
		break;
	case MCA_FIELD_INTEGER:
	case MCA_FIELD_REAL:
		read_number(reader, node, field, base);
		break;
	case MCA_FIELD_CHOICE:
		read_choice(reader, node, field, base);
		break;
	case MCA_FIELD_TEXT:
		take_text(reader, node, field, (size_t)field->min, (size_t)field->max,
			  (char *)base + field->offset);
		break;
	case MCA_FIELD_DEVICE:
		read_device(reader, node, field, base);
		break;
	case MCA_FIELD_HOSTS:
		read_hosts(reader, node, field, base);
		break;
	case MCA_FIELD_LANES:
		read_lanes(reader, node, field, base);
		break;
	case MCA_FIELD_CPUS:
		read_cpus(reader, node, field, base);
		break;
	default:
		refuse(reader, node, field);
	}
}
