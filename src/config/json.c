/* SPDX-License-Identifier: MIT */
/*
 * Text -> tree, in two steps. First Jansson reads the whole document and throws it away: from then
 * on the grammar is known to be good. Then the same text is walked once more, simply, because
 * nothing can go wrong any more, and every value becomes a node with its line; single texts and
 * numbers go through Jansson again to be decoded. The only file of this room that knows Jansson.
 */
#include "mca/json.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mca/diag.h"
#include "text.h"
#include "whole.h"

struct walk {
	struct mca_json_document *document;
	const char *at, *end;
	unsigned line;
};

static struct mca_json *walk_value(struct walk *walk, struct mca_json *parent, const char *key);

static void skip_space(struct walk *walk)
{
	for (; walk->at < walk->end && isspace((unsigned char)*walk->at); walk->at++)
		walk->line += *walk->at == '\n';
}

static void expect(struct walk *walk, char c)
{
	skip_space(walk);
	assert(walk->at < walk->end && *walk->at == c); /* Jansson agreed to the grammar */
	walk->at++;
}

static bool next_is(struct walk *walk, char c)
{
	skip_space(walk);
	return walk->at < walk->end && *walk->at == c;
}

/* To the end of a text, number or word. */
static void skip_scalar(struct walk *walk)
{
	if (*walk->at == '"') {
		for (walk->at++; *walk->at != '"'; walk->at++)
			walk->at += *walk->at == '\\';
		walk->at++;
		return;
	}
	while (walk->at < walk->end && !strchr(",]} \t\r\n", *walk->at))
		walk->at++;
}

/* A decoded text is never longer than its quoted form, so the room for all of them is known. */
static const char *keep(struct mca_json_document *document, const char *text)
{
	size_t bytes = strlen(text) + 1;
	char *kept = document->texts + document->text_used;

	assert(document->text_used + bytes <= document->text_room);
	memcpy(kept, text, bytes);
	document->text_used += bytes;
	return kept;
}

static const char *walk_key(struct walk *walk)
{
	const char *raw, *key;
	json_t *text;

	skip_space(walk);
	raw = walk->at;
	skip_scalar(walk);
	text = json_loadb(raw, (size_t)(walk->at - raw), JSON_DECODE_ANY, NULL);
	key = text ? keep(walk->document, json_string_value(text)) : NULL;
	json_decref(text);
	return key;
}

/* An integer beyond long long is good JSON, but Jansson cannot hold it. */
static void decode_number(struct mca_json *node, const json_t *value)
{
	node->type = MCA_JSON_INTEGER;
	for (size_t i = 0; i < node->raw_length; i++)
		if (strchr(".eE", node->raw[i]))
			node->type = MCA_JSON_REAL;
	node->fits = value != NULL;
	node->integer = json_integer_value(value);
	if (node->type == MCA_JSON_REAL)
		node->fits = mca_whole_number(node->raw, node->raw_length, &node->integer);
	node->number = value ? json_number_value(value)
			     : (node->raw[0] == '-' ? -INFINITY : INFINITY);
}

static bool walk_scalar(struct walk *walk, struct mca_json *node)
{
	json_t *value;

	skip_scalar(walk);
	node->raw_length = (size_t)(walk->at - node->raw);
	value = json_loadb(node->raw, node->raw_length, JSON_DECODE_ANY, NULL);
	if (node->raw[0] == '-' || isdigit((unsigned char)node->raw[0])) {
		decode_number(node, value);
	} else if (json_is_string(value)) {
		node->type = MCA_JSON_TEXT;
		node->text = keep(walk->document, json_string_value(value));
	} else {
		node->type = json_is_null(value) ? MCA_JSON_NULL : MCA_JSON_BOOL;
		node->truth = json_is_true(value);
	}
	json_decref(value);
	return value || node->type == MCA_JSON_INTEGER;
}

static bool walk_inside(struct walk *walk, struct mca_json *node, char close)
{
	const struct mca_json **link = &node->child;
	unsigned index = 0;

	walk->at++;
	while (!next_is(walk, close)) {
		const char *key = NULL;
		struct mca_json *child;

		if (index)
			expect(walk, ',');
		if (close == '}') {
			key = walk_key(walk);
			expect(walk, ':');
			if (!key)
				return false;
		}
		child = walk_value(walk, node, key);
		if (!child)
			return false;
		child->index = index++;
		*link = child;
		link = &child->next;
	}
	walk->at++;
	node->raw_length = (size_t)(walk->at - node->raw);
	return true;
}

/* Recursive; the guard has limited the depth. NULL when memory ran out. */
static struct mca_json *walk_value(struct walk *walk, struct mca_json *parent, const char *key)
{
	struct mca_json_document *document = walk->document;
	struct mca_json *node = &document->nodes[document->node_count++];
	bool done;

	assert(document->node_count <= document->node_room);
	skip_space(walk);
	node->parent = parent;
	node->key = key;
	node->line = walk->line;
	node->raw = walk->at;
	if (*walk->at == '{' || *walk->at == '[') {
		node->type = *walk->at == '{' ? MCA_JSON_OBJECT : MCA_JSON_LIST;
		done = walk_inside(walk, node, node->type == MCA_JSON_OBJECT ? '}' : ']');
	} else {
		done = walk_scalar(walk, node);
	}
	return done ? node : NULL;
}

static int no_memory(struct mca_diag *diag)
{
	return mca_diag_set(diag, -ENOMEM, "out of memory while reading the document");
}

/* Jansson's words, made safe to print. */
static int not_json(const json_error_t *error, struct mca_diag *diag)
{
	char words[JSON_ERROR_TEXT_LENGTH];

	if (json_error_code(error) == json_error_out_of_memory)
		return no_memory(diag);
	mca_text_excerpt(words, sizeof(words), error->text, strlen(error->text));
	if (json_error_code(error) == json_error_null_character ||
	    json_error_code(error) == json_error_null_byte_in_key)
		mca_diag_set(diag, -EBADMSG, "a text contains \\u0000: remove it");
	else
		mca_diag_set(diag, -EBADMSG, "not JSON: %s", words);
	diag->line = error->line > 0 ? (unsigned)error->line : 0;
	return -EBADMSG;
}

static int check_grammar(const char *text, size_t length, struct mca_diag *diag)
{
	json_error_t error;
	json_t *whole = json_loadb(text, length, JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL, &error);

	if (!whole)
		return not_json(&error, diag);
	json_decref(whole);
	return 0;
}

int mca_json_parse(struct mca_json_document *document, const char *text, size_t length,
		   struct mca_diag *diag)
{
	struct walk walk = { .document = document, .at = text, .end = text + length, .line = 1 };
	struct mca_diag unheard;
	int result;

	memset(document, 0, sizeof(*document));
	diag = diag ? diag : &unheard;
	result = mca_json_guard(text, length, &document->node_room, diag);
	if (result == 0)
		result = check_grammar(text, length, diag);
	if (result < 0)
		return result;
	document->text_room = length + 1;
	document->nodes = calloc(document->node_room, sizeof(document->nodes[0]));
	document->texts = malloc(document->text_room);
	if (!document->nodes || !document->texts)
		return no_memory(diag);
	document->root = walk_value(&walk, NULL, NULL);
	return document->root ? 0 : no_memory(diag);
}

void mca_json_done(struct mca_json_document *document)
{
	free(document->nodes);
	free(document->texts);
	memset(document, 0, sizeof(*document));
}
