/* SPDX-License-Identifier: MIT */
#ifndef MCA_HTTP_SPARE_H
#define MCA_HTTP_SPARE_H

#include <pthread.h>
#include <stdbool.h>

/*
 * A thread that does nothing but keep the place of another one. CivetWeb starts its workers first
 * and the thread that accepts last, and does not look whether that one started. When the limit on
 * tasks stops a worker, the spare ends and leaves its place to the thread that accepts: without it
 * CivetWeb could neither serve nor be stopped.
 */
struct mca_spare {
	pthread_t thread;
	int end_fd;       /* eventfd */
	bool runs;
};

/* 0 or negative errno. Thread: warden. */
int mca_spare_begin(struct mca_spare *spare);

/* End it, if it runs. Thread: warden. */
void mca_spare_end(struct mca_spare *spare);

/* End it and wait until the kernel has let its task go. Thread: warden (CivetWeb logs from the
 * thread that starts it). */
void mca_spare_give_way(struct mca_spare *spare);

#endif
