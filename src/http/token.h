/* SPDX-License-Identifier: MIT */
#ifndef MCA_HTTP_TOKEN_H
#define MCA_HTTP_TOKEN_H

#include "head.h"

/* The bearer token (RFC 6750). /healthz is free, so that a probe needs no secret.
 * token NULL = none asked for. Thread: any; pure. */
struct mca_refusal mca_token_check(const char *token, const struct mca_head *head);

#endif
