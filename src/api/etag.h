/* SPDX-License-Identifier: MIT */
#ifndef MCA_API_ETAG_H
#define MCA_API_ETAG_H

#include <stdbool.h>
#include <stdint.h>

struct mca_api;
struct mca_api_request;
struct mca_api_response;

/*
 * Entity tags and the conditions that name them (RFC 9110, 8.8.3 and 13.1). The tag of the
 * configuration is a random number of this process and the generation: two processes number their
 * generations from 1, and a client must not take one for the other.
 */
#define MCA_ETAG_MAX 48 /* a tag of ours, with quotes and terminator */

/* A random number for mca_etag_write(). Thread: any. */
uint64_t mca_etag_boot(void);

/* Thread: any; pure. */
void mca_etag_write(char etag[MCA_ETAG_MAX], uint64_t boot, uint64_t generation);

/* Does a list of tags, or "*", name this strong tag? In the weak comparison W/"x" names "x" too; in
 * the strong one a weak tag names nothing. 1 or 0, or -EINVAL: this is no such list.
 * Thread: any; pure. */
int mca_etag_match(const char *list, const char *etag, bool weak);

/* Check If-Match and If-None-Match of a request. True when *response was filled: 304, 400 or 412.
 * Thread: as the request's handler. */
bool mca_etag_refuse(struct mca_api *api, const struct mca_api_request *request,
		     struct mca_api_response *response);

#endif
