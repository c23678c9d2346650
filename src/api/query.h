/* SPDX-License-Identifier: MIT */
#ifndef MCA_API_QUERY_H
#define MCA_API_QUERY_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Switches in the query string of a POST: name=1, name=0. Anything else is refused, since a
 * mistyped dry_run that were ignored would apply what was only to be tried. Thread: any; pure.
 */
struct mca_query_switch {
	const char *name;
	bool *on;
};

/* Read a raw query (NULL = none) into `count` switches. 0, or -EINVAL and a sentence in detail. */
int mca_query_read(const char *query, const struct mca_query_switch *known, size_t count,
		   char *detail, size_t size);

#endif
