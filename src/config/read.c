/* SPDX-License-Identifier: MIT */
/* Objects of the document by the table: members in the order they stand, then what is missing. */
#include "read.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "text.h"

bool mca_reader_is_full(const struct mca_reader *reader)
{
	return reader->said > MCA_FAULTS_LISTED;
}

static void __attribute__((format(printf, 3, 0)))
say(struct mca_reader *reader, struct mca_diag *diag, const char *format,
		va_list arguments)
{
	if (mca_reader_is_full(reader))
		return;
	if (reader->said++ == MCA_FAULTS_LISTED) {
		diag->pointer[0] = diag->value[0] = '\0';
		snprintf(diag->text, sizeof(diag->text), "more than %d faults: mend these first, "
			 "then check again", MCA_FAULTS_LISTED);
	} else {
		vsnprintf(diag->text, sizeof(diag->text), format, arguments);
	}
	mca_faults_add(reader->faults, diag);
}

void mca_read_fault(struct mca_reader *reader, const struct mca_json *node, const char *format, ...)
{
	struct mca_diag diag = { .code = -EINVAL, .line = node->line };
	va_list arguments;

	mca_json_pointer(node, diag.pointer, sizeof(diag.pointer));
	mca_text_excerpt(diag.value, sizeof(diag.value), node->raw, node->raw_length);
	va_start(arguments, format);
	say(reader, &diag, format, arguments);
	va_end(arguments);
}

void mca_read_fault_inside(struct mca_reader *reader, const struct mca_json *node,
			   const char *pointer, const char *format, ...)
{
	const char *rest = pointer;
	const struct mca_json *nearest = mca_json_nearest(node, &rest);
	struct mca_diag diag = { .code = -EINVAL, .line = nearest->line };
	va_list arguments;
	size_t used;

	if (!*rest)
		mca_text_excerpt(diag.value, sizeof(diag.value), nearest->raw, nearest->raw_length);
	mca_json_pointer(node, diag.pointer, sizeof(diag.pointer));
	used = strlen(diag.pointer);
	snprintf(diag.pointer + used, sizeof(diag.pointer) - used, "%s", pointer);
	va_start(arguments, format);
	say(reader, &diag, format, arguments);
	va_end(arguments);
}

bool mca_read_is_object(struct mca_reader *reader, const struct mca_json *node)
{
	if (node->type == MCA_JSON_OBJECT)
		return true;
	mca_read_fault(reader, node, "%s must be an object, { ... }",
		       node->key ? node->key : node->parent ? "this" : "the document");
	return false;
}

bool mca_read_is_duplicate(struct mca_reader *reader, const struct mca_json *node)
{
	const struct mca_json *first = mca_json_member(node->parent, node->key);

	if (first == node)
		return false;
	mca_read_fault(reader, node, "this key stood already on line %u: remove one of the two",
		       first->line);
	return true;
}

unsigned mca_read_number_key(const char *key, unsigned max)
{
	unsigned long long number = 0;

	if (*key < '1' || *key > '9')
		return 0;
	for (; *key; key++) {
		if (*key < '0' || *key > '9')
			return 0;
		number = number * 10 + (unsigned)(*key - '0');
		if (number > max)
			return 0;
	}
	return (unsigned)number;
}

static void unknown_key(struct mca_reader *reader, const struct mca_json *node,
			enum mca_object_kind kind)
{
	const char *nearest = mca_table_nearest(kind, node->key);
	const struct mca_field *field = NULL;
	char known[240] = "";
	size_t used = 0;

	if (nearest) {
		mca_read_fault(reader, node, "unknown key: did you mean %s?", nearest);
		return;
	}
	while ((field = mca_table_next(kind, field)) && used < sizeof(known))
		used += (size_t)snprintf(known + used, sizeof(known) - used, "%s%s",
					 used ? ", " : "", field->key);
	mca_read_fault(reader, node, "unknown key: known here are %s", known);
}

static void read_cards(struct mca_reader *reader, const struct mca_json *node,
		       struct mca_simrack_spec *rack)
{
	const struct mca_json *child;

	if (!mca_read_is_object(reader, node))
		return;
	for (child = node->child; child && !mca_reader_is_full(reader); child = child->next) {
		unsigned number = mca_read_number_key(child->key, MCA_SIM_CARDS);

		if (mca_read_is_duplicate(reader, child))
			continue;
		if (!number)
			mca_read_fault(reader, child, "a card's key must be its number, \"1\" to "
				       "\"%d\"", MCA_SIM_CARDS);
		else
			mca_read_object(reader, child, MCA_OBJECT_CARD, &rack->card[number - 1]);
	}
}

static void read_faults(struct mca_reader *reader, const struct mca_json *node,
			const struct mca_field *field, struct mca_sim_card_spec *card)
{
	const struct mca_json *child;

	if (node->type != MCA_JSON_LIST) {
		mca_read_value(reader, node, field, card); /* knows the sentence */
		return;
	}
	for (child = node->child; child; child = child->next) {
		if (child->index == MCA_SIM_FAULTS) {
			mca_read_fault(reader, child, "a card takes at most %d faults",
				       MCA_SIM_FAULTS);
			return;
		}
		card->fault_count = child->index + 1;
		mca_table_default(field->inner, &card->fault[child->index]);
		mca_read_object(reader, child, field->inner, &card->fault[child->index]);
	}
}

static void read_inner(struct mca_reader *reader, const struct mca_json *node,
		       const struct mca_field *field, void *base, void *given)
{
	if (!mca_read_is_object(reader, node))
		return;
	mca_read_object(reader, node, field->inner, (char *)base + field->offset);
	if (field->flags & MCA_FIELD_SECTION)
		*(bool *)((char *)given + field->given) = true;
}

static void read_member(struct mca_reader *reader, const struct mca_json *node,
			const struct mca_field *field, void *base)
{
	switch (field->type) {
	case MCA_FIELD_OBJECT:
		read_inner(reader, node, field, base, base);
		break;
	case MCA_FIELD_CHANNELS:
		break;
	case MCA_FIELD_CARDS:
		read_cards(reader, node, base);
		break;
	case MCA_FIELD_FAULTS:
		read_faults(reader, node, field, base);
		break;
	default:
		mca_read_value(reader, node, field, base);
	}
}

static void find_missing(struct mca_reader *reader, const struct mca_json *node,
			 enum mca_object_kind kind)
{
	const struct mca_field *field = NULL;
	char pointer[40];

	while ((field = mca_table_next(kind, field))) {
		if (!(field->flags & MCA_FIELD_REQUIRED) || mca_json_member(node, field->key))
			continue;
		snprintf(pointer, sizeof(pointer), "/%s", field->key);
		mca_read_fault_inside(reader, node, pointer, "%s is missing: it is required",
				      field->key);
	}
}

/* What concerns several values is judged only when each is good by itself. */
static void check_together(struct mca_reader *reader, const struct mca_json *node,
			   enum mca_object_kind kind, const void *base, bool good)
{
	bool global_dsp = kind == MCA_OBJECT_DSP && !node->parent->parent;

	if (good && kind == MCA_OBJECT_DSP && !reader->dsp_faulty) {
		size_t before = reader->said;

		mca_check_dsp(reader, node, base);
		good = reader->said == before;
	}
	if (global_dsp)
		reader->dsp_faulty = !good;
	if (good && kind == MCA_OBJECT_CARD)
		mca_check_card(reader, node, base);
	if (good && kind == MCA_OBJECT_SIMULATION)
		mca_check_rack(reader, node, base);
}

void mca_read_object(struct mca_reader *reader, const struct mca_json *node,
		     enum mca_object_kind kind, void *base)
{
	const struct mca_json *child;
	size_t before = reader->said;

	if (!mca_read_is_object(reader, node))
		return;
	for (child = node->child; child && !mca_reader_is_full(reader); child = child->next) {
		const struct mca_field *field = mca_table_find(kind, child->key);

		if (mca_read_is_duplicate(reader, child))
			continue;
		if (field)
			read_member(reader, child, field, base);
		else
			unknown_key(reader, child, kind);
	}
	find_missing(reader, node, kind);
	check_together(reader, node, kind, base, reader->said == before);
}
