/* SPDX-License-Identifier: MIT */
/*
 * tick: do nothing, every four milliseconds, from the first moment of a guest on.
 *
 * Where guest time skips idle, a processor that waits for the host (a disk block, the payload)
 * skips to its next timer, which may be seconds away: time-outs and watchdogs would fire on
 * nothing. With a timer that is always near, waiting for the host takes little guest time.
 */
#include <time.h>

int main(void)
{
	const struct timespec nap = { .tv_nsec = 4 * 1000 * 1000 };

	for (;;)
		nanosleep(&nap, NULL);
}
