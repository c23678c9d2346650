/* SPDX-License-Identifier: MIT */
/*
 * CivetWeb's mg_read() returns only when it has all that was asked for, and its timer starts again with
 * every byte: whoever drips a byte every two seconds holds it for days. So it is asked for one byte at a
 * time and the clock is looked at in between. What came together with the head (mostly everything, up to
 * 8 KiB) costs no system call that way; each byte beyond costs a poll and a recv, 64 KiB some 50 ms of
 * this worker.
 */
#include "body.h"

#include <errno.h>
#include <stdint.h>
#include <time.h>

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

int mca_body_read(mca_body_source *source, void *connection, char *body, size_t length,
		  unsigned timeout_ms)
{
	uint64_t deadline = now_ms() + timeout_ms;

	for (size_t used = 0; used < length; used++) {
		int got = source(connection, body + used, 1);

		if (got < 0)
			return -ECONNRESET;
		if (got == 0 || now_ms() > deadline)
			return -ETIMEDOUT;
	}
	return 0;
}
