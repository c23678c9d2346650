/* SPDX-License-Identifier: MIT */
/* pthread_join() returns a moment before the kernel takes the task off its count. */
#include "spare.h"

#include <errno.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#define TASK_GONE_NS 10000000

static void *spare_wait(void *arg)
{
	const struct mca_spare *spare = arg;
	uint64_t count;

	while (read(spare->end_fd, &count, sizeof count) < 0 && errno == EINTR)
		;
	return NULL;
}

int mca_spare_begin(struct mca_spare *spare)
{
	int code;

	spare->end_fd = eventfd(0, EFD_CLOEXEC);
	if (spare->end_fd < 0)
		return -errno;
	code = pthread_create(&spare->thread, NULL, spare_wait, spare);
	spare->runs = code == 0;
	if (code)
		close(spare->end_fd);
	return -code;
}

void mca_spare_end(struct mca_spare *spare)
{
	const uint64_t one = 1;

	if (!spare->runs)
		return;
	spare->runs = false;
	(void)!write(spare->end_fd, &one, sizeof one);
	pthread_join(spare->thread, NULL);
	close(spare->end_fd);
}

void mca_spare_give_way(struct mca_spare *spare)
{
	const struct timespec pause = { .tv_nsec = TASK_GONE_NS };

	mca_spare_end(spare);
	nanosleep(&pause, NULL);
}
