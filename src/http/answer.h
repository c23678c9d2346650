/* SPDX-License-Identifier: MIT */
#ifndef MCA_HTTP_ANSWER_H
#define MCA_HTTP_ANSWER_H

#include <stdbool.h>
#include <stddef.h>

struct mca_api_response;

/* A response as it goes over the wire, head and body in one piece (one write, one packet); without
 * the body for HEAD. malloc'ed, NULL when memory ran out. Thread: any. */
char *mca_answer_text(const struct mca_api_response *response, bool keep_alive, bool head_only,
		      size_t *length);

#endif
