/* SPDX-License-Identifier: MIT */
/*
 * The body is read with the configuration's JSON tree, which keeps lines and duplicates. Every
 * member is looked up in the table; whatever is left required and not given is a fault of its own.
 */
#include "form.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "mca/diag.h"
#include "mca/json.h"
#include "problem.h"

#define FAULTS_MAX 200 /* a body has room for thousands; nobody reads them */

static int say(struct mca_faults *faults, const struct mca_json *node, const char *sentence)
{
	struct mca_diag diag;

	mca_diag_set(&diag, -EINVAL, "%s", sentence);
	diag.line = node->line;
	mca_json_pointer(node, diag.pointer, sizeof diag.pointer);
	if (node->raw_length < sizeof diag.value)
		snprintf(diag.value, sizeof diag.value, "%.*s", (int)node->raw_length, node->raw);
	mca_faults_add(faults, &diag);
	return -EINVAL;
}

/* A sentence of which the member's key is the subject: it must make sense without the pointer. */
static int say_of(struct mca_faults *faults, const struct mca_json *node, const char *sentence)
{
	char whole[200];

	snprintf(whole, sizeof whole, "%s %s", node->key, sentence);
	return say(faults, node, whole);
}

static struct mca_form_field *field_of(struct mca_form_field *fields, size_t count, const char *key)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(fields[i].key, key) == 0)
			return &fields[i];
	return NULL;
}

static int say_unknown(struct mca_faults *faults, const struct mca_json *node,
		       const struct mca_form_field *fields, size_t count)
{
	char sentence[240] = "unknown key: this request takes";
	size_t used = strlen(sentence);

	for (size_t i = 0; i < count && used < sizeof sentence; i++)
		used += (size_t)snprintf(sentence + used, sizeof sentence - used, "%s %s",
					 i ? "," : "", fields[i].key);
	return say(faults, node, sentence);
}

static int read_bool(struct mca_form_field *field, const struct mca_json *node,
		     struct mca_faults *faults)
{
	if (node->type != MCA_JSON_BOOL)
		return say_of(faults, node, "must be true or false");
	field->truth = node->truth;
	return 0;
}

static int read_number(struct mca_form_field *field, const struct mca_json *node,
		       struct mca_faults *faults)
{
	bool integer = field->type == MCA_FORM_INTEGER;
	bool typed = node->fits || node->type == MCA_JSON_INTEGER ||
		     (!integer && node->type == MCA_JSON_REAL);
	char sentence[120];

	if (typed && node->number >= field->min && node->number <= field->max) {
		field->number = node->number;
		return 0;
	}
	snprintf(sentence, sizeof sentence, "must be %s from %.10g to %.10g%s%s",
		 integer ? "an integer" : "a number", field->min, field->max,
		 field->unit[0] ? " " : "", field->unit);
	return say_of(faults, node, sentence);
}

static int read_member(struct mca_form_field *fields, size_t count, const struct mca_json *node,
		       struct mca_faults *faults)
{
	struct mca_form_field *field = field_of(fields, count, node->key);

	if (!field)
		return say_unknown(faults, node, fields, count);
	if (field->given)
		return say_of(faults, node, "is given twice: leave one of them out");
	field->given = true;
	if (field->type == MCA_FORM_BOOL)
		return read_bool(field, node, faults);
	return read_number(field, node, faults);
}

/* Fields marked `either`, of which none was given, is one fault of the whole object. */
static int check_either(const struct mca_form_field *fields, size_t count,
			struct mca_faults *faults)
{
	char sentence[160] = "give at least one of";
	size_t used = strlen(sentence), bare = used;

	for (size_t i = 0; i < count && used < sizeof sentence; i++) {
		if (fields[i].either && fields[i].given)
			return 0;
		if (fields[i].either)
			used += (size_t)snprintf(sentence + used, sizeof sentence - used, "%s %s",
						 used > bare ? "," : "", fields[i].key);
	}
	return used > bare ? mca_faults_say(faults, -EINVAL, "", NULL, "%s", sentence) : 0;
}

static int read_members(struct mca_form_field *fields, size_t count, const struct mca_json *root,
			struct mca_faults *faults)
{
	int result = 0;

	for (const struct mca_json *node = root->child; node; node = node->next) {
		if (faults->count >= FAULTS_MAX)
			return mca_faults_say(faults, -EINVAL, "", NULL, "and more: the list ends "
					      "after %d faults", FAULTS_MAX);
		if (read_member(fields, count, node, faults))
			result = -EINVAL;
	}
	return result;
}

static int read_object(struct mca_form_field *fields, size_t count, const struct mca_json *root,
		       struct mca_faults *faults)
{
	int result;

	if (root->type != MCA_JSON_OBJECT)
		return say(faults, root, "must be a JSON object");
	result = read_members(fields, count, root, faults);
	for (size_t i = 0; i < count; i++) {
		char pointer[64] = "";

		if (!fields[i].required || fields[i].given)
			continue;
		mca_json_pointer_append(pointer, sizeof pointer, fields[i].key);
		result = mca_faults_say(faults, -EINVAL, pointer, NULL, "%s is missing: it is "
					"required", fields[i].key);
	}
	return check_either(fields, count, faults) ? -EINVAL : result;
}

int mca_form_read(struct mca_form_field *fields, size_t count, const char *body, size_t length,
		  struct mca_faults *faults)
{
	struct mca_json_document document;
	struct mca_diag diag = { 0 };
	int code = mca_json_parse(&document, body ? body : "", length, &diag);

	if (code)
		mca_faults_add(faults, &diag);
	else
		code = read_object(fields, count, document.root, faults);
	mca_json_done(&document);
	return code;
}

void mca_form_refuse(struct mca_api_response *response, int code, const char *outcome,
		     const struct mca_faults *faults)
{
	int status = code == -EBADMSG ? 400 : code == -EINVAL ? 422 : 500;

	mca_problem_faults(response, status, outcome, faults);
}
