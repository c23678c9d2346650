/* SPDX-License-Identifier: MIT */
#ifndef MCA_HTTP_HEAD_H
#define MCA_HTTP_HEAD_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The head of a request as CivetWeb has cut it, and the second look at it: CivetWeb is lenient
 * where two readers of one text may disagree about where a request ends, and leniency there is how
 * requests are smuggled. Thread: any; pure.
 */
#define MCA_HEAD_HEADERS 64 /* CivetWeb keeps so many and silently drops the rest */

struct mca_head_field {
	const char *name;
	const char *value;
};

struct mca_head {
	const char *method;
	const char *target;    /* as sent, without query: a path, or http://host/path */
	const char *path;      /* of the target */
	const char *query;     /* NULL = none */
	const char *version;   /* "1.0" or "1.1" */
	unsigned count;
	struct mca_head_field field[MCA_HEAD_HEADERS];
};

/* How the message is framed. */
struct mca_framing {
	bool has_length;       /* a Content-Length was given */
	size_t length;         /* bytes of body announced; SIZE_MAX = beyond counting */
	bool expects_continue;
	bool keep_alive;       /* the client wants to ask more */
};

/* Why a request is refused; status 0 = it is not. */
struct mca_refusal {
	int status;
	char detail[448];
};
#define MCA_REFUSE(status, detail) ((struct mca_refusal){ (status), detail })
#define MCA_ACCEPT ((struct mca_refusal){ 0, "" })

/* The first header by name (any letter case), NULL = none. */
const char *mca_head_value(const struct mca_head *head, const char *name);

/* How many headers have this name. */
unsigned mca_head_count(const struct mca_head *head, const char *name);

/* Did every line end in CR LF, with no folded line, no blank before a colon, and nothing left over?
 * CivetWeb cuts the text in place, so that its pointers tell. `end` is the end of its buffer. */
bool mca_head_is_plain(const struct mca_head *head, const char *end);

/* A token of RFC 9110 (5.6.2), as methods are? */
bool mca_head_is_token(const char *text);

/* Drop the blanks around each value, in CivetWeb's own buffer. After mca_head_is_plain(), which
 * reads from the pointers where the lines ended. */
void mca_head_trim(struct mca_head *head);

/* Cut path and query out of a target that is a URL, in CivetWeb's own buffer: it takes one without
 * a port for port 80 and finds no path in it. mca_hosts_check() judges which hosts are meant. */
void mca_head_take_url(struct mca_head *head);

/* Join the values of all headers of this name by commas, as RFC 9110 (5.3) defines for lists.
 * NULL = there is none; else buffer, which holds any list of a head of `size` bytes. */
const char *mca_head_join(const struct mca_head *head, const char *name, char *buffer, size_t size);

/* Check everything that decides where this request ends, and that no header that can have one value
 * only has two. */
struct mca_refusal mca_head_frame(const struct mca_head *head, struct mca_framing *framing);

#endif
