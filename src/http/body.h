/* SPDX-License-Identifier: MIT */
#ifndef MCA_HTTP_BODY_H
#define MCA_HTTP_BODY_H

#include <stddef.h>

/* Reads up to length bytes and waits for the first of them only: bytes read, 0 = nothing came in
 * time, negative = the client is gone. */
typedef int mca_body_source(void *connection, char *buffer, size_t length);

/* Read a whole body within timeout_ms. 0, -ETIMEDOUT, or -ECONNRESET (the client is gone).
 * Thread: any. */
int mca_body_read(mca_body_source *source, void *connection, char *body, size_t length,
		  unsigned timeout_ms);

#endif
