/* SPDX-License-Identifier: MIT */
/*
 * The clock is looked at after every step, so a body is late by one step at most, however its
 * bytes are spread. A pause longer than the source bears counts as late at once.
 */
#include "body.h"

#include <errno.h>
#include <stdint.h>

#include "mca/clock.h"

int mca_body_read(mca_body_source *source, void *connection, char *body, size_t length,
		  unsigned timeout_ms)
{
	uint64_t deadline = mca_monotonic_ms() + timeout_ms;

	for (size_t used = 0; used < length;) {
		int got = source(connection, body + used, length - used);

		if (got < 0)
			return -ECONNRESET;
		if (got == 0 || mca_monotonic_ms() > deadline)
			return -ETIMEDOUT;
		used += (size_t)got;
	}
	return 0;
}
