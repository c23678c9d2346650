/* SPDX-License-Identifier: MIT */
#ifndef MCA_JSON_H
#define MCA_JSON_H

#include <stdbool.h>
#include <stddef.h>

struct mca_diag;

/*
 * A JSON document as a tree that remembers lines, members in the order they were written,
 * duplicates included. Jansson judges the grammar and decodes texts and numbers; it keeps no
 * positions, so the tree itself is built from the text here.
 * Thread: any; one document belongs to one thread.
 */
enum mca_json_type {
	MCA_JSON_NULL,
	MCA_JSON_BOOL,
	MCA_JSON_INTEGER,  /* written without '.', 'e' or 'E' */
	MCA_JSON_REAL,
	MCA_JSON_TEXT,
	MCA_JSON_LIST,
	MCA_JSON_OBJECT,
};

struct mca_json {
	enum mca_json_type type;
	unsigned line;                 /* 1-based, where the value begins */
	unsigned index;                /* position among its siblings, from 0 */
	const struct mca_json *parent; /* NULL for the root */
	const struct mca_json *child;  /* first member or element */
	const struct mca_json *next;   /* next sibling */
	const char *key;               /* decoded; NULL for the root and for elements */
	const char *raw;               /* the value as it is written */
	size_t raw_length;
	/* By type: */
	const char *text;              /* decoded, without NUL inside */
	double number;                 /* of INTEGER and REAL, infinite when it does not fit */
	long long integer;             /* of INTEGER and REAL; valid when fits: */
	bool fits;                     /* the number is whole as it is written (1.0, 5e2), and
					* long long holds it; a REAL at most 2^53 either way */
	bool truth;
};

struct mca_json_document {
	const struct mca_json *root;
	/* private */
	struct mca_json *nodes;
	size_t node_count, node_room;
	char *texts;
	size_t text_used, text_room;
};

#define MCA_JSON_DEPTH_MAX 32

/*
 * Look over text before anything recursive touches it: size, nesting, byte order mark, NUL,
 * comments, NaN, single quotes, commas too many, each with its own sentence and line. *values
 * becomes an upper bound of the number of values. 0 or -EBADMSG with diag. Takes hardly any stack.
 */
int mca_json_guard(const char *text, size_t length, size_t *values, struct mca_diag *diag);

/*
 * Text -> tree (guard included). The text must outlive the document. 0; -EBADMSG with diag (line
 * and sentence): not JSON; -ENOMEM with diag. Free with mca_json_done() in any case.
 */
int mca_json_parse(struct mca_json_document *document, const char *text, size_t length,
		   struct mca_diag *diag);
void mca_json_done(struct mca_json_document *document);

/* First member by key, NULL = none. */
const struct mca_json *mca_json_member(const struct mca_json *object, const char *key);

/* JSON pointer (RFC 6901) of a node; control characters become '?', what does not fit is cut. */
void mca_json_pointer(const struct mca_json *node, char *buffer, size_t size);

/* Append "/key" to a pointer, escaped. */
void mca_json_pointer_append(char *buffer, size_t size, const char *key);

/* The deepest node on the way of a relative pointer such as "/comp/release_ms" (plain keys, no
 * list); *pointer becomes what is left of it, "" = the value itself was found. */
const struct mca_json *mca_json_nearest(const struct mca_json *node, const char **pointer);

#endif
