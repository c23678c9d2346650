/* SPDX-License-Identifier: MIT */
#ifndef MCA_CLIENT_REPLY_HEAD_H
#define MCA_CLIENT_REPLY_HEAD_H

#include <stdbool.h>
#include <stddef.h>

/* What the head of an HTTP answer says, as far as it matters here. */
struct mca_reply_head {
	int status;          /* 200 to 599 */
	long content_length; /* bytes; -1 = not said */
	bool chunked;        /* the body comes in chunks */
	bool json;           /* application/json or application/problem+json */
	bool coded;          /* encoded in a way that is not understood here */
};

/* Can these first bytes be the beginning of an HTTP/1 answer? Thread: any. */
bool mca_reply_head_begins(const char *text, size_t length);

/* Parse a whole head, the empty line not included. 0, or -EBADMSG. Thread: any. */
int mca_reply_head_parse(struct mca_reply_head *head, const char *text, size_t length);

#endif
