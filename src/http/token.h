/* SPDX-License-Identifier: MIT */
#ifndef MCA_HTTP_TOKEN_H
#define MCA_HTTP_TOKEN_H

#include <pthread.h>

#include "head.h"

/* The bearer token (RFC 6750) that requests must carry; a reload may replace it. Thread: any, but
 * for init and done. */
struct mca_token {
	pthread_mutex_t lock;
	char *text;                  /* NULL = none asked for */
};

/* text NULL = none; copied. 0 or -ENOMEM, and then nothing has changed. */
int mca_token_init(struct mca_token *token, const char *text);
int mca_token_set(struct mca_token *token, const char *text);
void mca_token_done(struct mca_token *token);

/* /healthz is free, so that a probe needs no secret. */
struct mca_refusal mca_token_check(struct mca_token *token, const struct mca_head *head);

#endif
