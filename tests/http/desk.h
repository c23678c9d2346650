/* SPDX-License-Identifier: MIT */
#ifndef MCA_TEST_DESK_H
#define MCA_TEST_DESK_H

#include <pthread.h>
#include <stdbool.h>

/* Work handed over to the main thread of a test server: what run_on_control is made of. */
struct desk_call;

struct desk {
	pthread_mutex_t lock;
	pthread_cond_t moved;
	struct desk_call *first;
	bool closed;
	int wake_fd;     /* readable while calls wait */
};

void desk_init(struct desk *desk);

/* Matches mca_http_options.run_on_control. Any thread but main. */
int desk_call(void *desk, void (*fn)(void *arg), void *arg, unsigned timeout_ms);

/* Run what waits. Main. */
void desk_serve(struct desk *desk);

/* Refuse what waits and what comes. Main. */
void desk_close(struct desk *desk);

#endif
