/* SPDX-License-Identifier: MIT */
#ifndef MCA_TEST_WATCH_H
#define MCA_TEST_WATCH_H

#include <stdbool.h>

/*
 * A watch on what a thread calls: this executable's own malloc, pthread_mutex_lock, write, printf
 * and their kin stand before the C library's, for itself and for every shared library, and count
 * while the calling thread is inside.
 */
enum watch_kind { WATCH_MEMORY, WATCH_LOCK, WATCH_FILE, WATCH_TEXT, WATCH_KINDS };

/* Count this thread's calls from now on, or no longer. Only one thread is inside at a time. */
void watch_enter(void);
void watch_leave(void);

/* Calls counted, and the name of the first one; watch_reset() forgets both. */
unsigned watch_calls(enum watch_kind kind);
const char *watch_first(enum watch_kind kind);
void watch_reset(void);

/* Called before every poll() of a thread inside; NULL = nothing. */
void watch_on_poll(void (*hook)(void));

#endif
