/* SPDX-License-Identifier: MIT */
#ifndef MCA_API_QUERY_H
#define MCA_API_QUERY_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The query string of a request: switches, name=0 or name=1, between ampersands. Everything else
 * is an error, because a mistyped dry_run that is ignored applies what was only to be tried: a
 * name that the request does not take, a name given twice, another value, no value, an empty
 * parameter, a broken escape. Percent escapes are decoded first, so %64ry_run is dry_run.
 * Thread: any; pure.
 */

/* Check a raw query (NULL or "" = none) against the names that a request takes (ends with NULL;
 * NULL = the request takes no query). 0, or -EINVAL and a sentence in detail. */
int mca_query_check(const char *query, const char *const *names, char *detail, size_t size);

/* Is a switch on? The query has passed mca_query_check(). */
bool mca_query_is_on(const char *query, const char *name);

#endif
