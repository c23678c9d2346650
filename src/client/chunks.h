/* SPDX-License-Identifier: MIT */
#ifndef MCA_CLIENT_CHUNKS_H
#define MCA_CLIENT_CHUNKS_H

#include <stddef.h>

/* A body in chunks (RFC 9112, section 7.1), as a server in front of the service may send it.
 * Extensions of chunks are ignored, trailer fields are refused. Joins the chunks in place once the
 * last one is there. 1 and the length of the body in *joined; 0 if more must come; -EBADMSG.
 * Thread: any. */
int mca_chunks_join(char *text, size_t length, size_t *joined);

#endif
