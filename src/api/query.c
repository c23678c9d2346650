/* SPDX-License-Identifier: MIT */
/* A query is read in place, field by field between the ampersands; there is nothing to unescape. */
#include "query.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static bool read_field(const char *field, size_t length, const struct mca_query_switch *known,
		       size_t count)
{
	for (size_t i = 0; i < count; i++) {
		size_t name = strlen(known[i].name);

		if (length != name + 2 || memcmp(field, known[i].name, name) != 0 ||
		    field[name] != '=')
			continue;
		if (field[name + 1] != '0' && field[name + 1] != '1')
			return false;
		*known[i].on = field[name + 1] == '1';
		return true;
	}
	return false;
}

int mca_query_read(const char *query, const struct mca_query_switch *known, size_t count,
		   char *detail, size_t size)
{
	size_t said;

	while (query && *query) {
		size_t length = strcspn(query, "&");

		if (length > 0 && !read_field(query, length, known, count)) {
			said = (size_t)snprintf(detail, size, "unknown query \"%.*s\": this "
						"request takes ",
						(int)(length < 64 ? length : 64), query);
			if (count == 0)
				snprintf(detail + said, size - said, "none");
			for (size_t i = 0; i < count && said < size; i++)
				said += (size_t)snprintf(detail + said, size - said, "%s%s=0|1",
							 i ? ", " : "", known[i].name);
			return -EINVAL;
		}
		query += length + (query[length] == '&');
	}
	return 0;
}
