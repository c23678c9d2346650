/* SPDX-License-Identifier: MIT */
/* The table as Markdown, for the README: one heading an object, one line a key. */
#include "mca/config.h"

#include <stdio.h>

#include "read.h"

static void print_default(FILE *out, const struct mca_field *field)
{
	char number[MCA_NUMBER_TEXT];

	if (field->flags & MCA_FIELD_REQUIRED)
		fputs("required", out);
	else if (field->flags & MCA_FIELD_UNSET)
		fputs("none", out);
	else if (field->type == MCA_FIELD_BOOL)
		fputs(field->preset != 0 ? "`true`" : "`false`", out);
	else if (field->type == MCA_FIELD_CHOICE)
		fprintf(out, "`\"%s\"`", field->choices[(unsigned)field->preset]);
	else if (field->type == MCA_FIELD_TEXT)
		fprintf(out, "`\"%s\"`", mca_field_preset_text(field));
	else if (field->preset_text)
		fprintf(out, "`%s`", field->preset_text);
	else if (field->type < MCA_FIELD_OBJECT)
		fprintf(out, "`%s`", mca_number_text(number, field->preset));
}

static void print_object(FILE *out, enum mca_object_kind kind)
{
	const struct mca_object *object = mca_table_object(kind);
	const struct mca_field *field = NULL;
	char wording[MCA_WORDING_TEXT];

	if (object->place[0])
		fprintf(out, "`%s`: ", object->place);
	fprintf(out, "%s\n\n| key | value | default | meaning |\n|---|---|---|---|\n", object->doc);
	while ((field = mca_table_next(kind, field))) {
		fprintf(out, "| `%s` | %s | ", field->key, mca_field_wording(field, wording));
		print_default(out, field);
		fprintf(out, " | %s |\n", field->doc);
	}
}

void mca_config_reference(FILE *out)
{
	for (int kind = 0; kind < MCA_OBJECT_KINDS; kind++) {
		if (kind)
			fputc('\n', out);
		print_object(out, (enum mca_object_kind)kind);
	}
}
