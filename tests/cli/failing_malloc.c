/* SPDX-License-Identifier: MIT */
/*
 * Loaded before the C library (LD_PRELOAD): the allocation of number $MCA_FAIL_AT fails, counted
 * from 1 and from the start of main's libraries on; with $MCA_FAIL_ON all later ones fail too. At
 * the end the number of allocations is written to the file $MCA_FAIL_COUNT.
 *
 * Spared are libsndfile 1.2.0, which does not check calloc(20, ...) for its list of chunks, and the
 * thread that starts CivetWeb 1.15, which does not check the copies of its options.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

/* The allocator of glibc under its other names. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static struct {
	atomic_long count;
	long fail_at;
	bool fail_on, known;
} watch;

static bool is_of_civetweb(void)
{
	char name[16] = "";

	return prctl(PR_GET_NAME, name) == 0 && strcmp(name, "mca-http") == 0;
}

static bool fails(void)
{
	long number = atomic_fetch_add(&watch.count, 1) + 1;

	if (!watch.known && environ) {
		const char *at = getenv("MCA_FAIL_AT");

		watch.fail_at = at ? atol(at) : 0;
		watch.fail_on = getenv("MCA_FAIL_ON") != NULL;
		watch.known = true;
	}
	if (is_of_civetweb())
		return false;
	if (!watch.fail_at || number < watch.fail_at || (number > watch.fail_at && !watch.fail_on))
		return false;
	errno = ENOMEM;
	return true;
}

void *malloc(size_t size)
{
	return fails() ? NULL : __libc_malloc(size);
}

static bool is_chunk_list(size_t count, const void *caller)
{
	Dl_info info;

	return count == 20 && dladdr(caller, &info) && info.dli_fname &&
	       strstr(info.dli_fname, "/libsndfile.so");
}

void *calloc(size_t count, size_t size)
{
	bool spared = is_chunk_list(count, __builtin_return_address(0));

	return !spared && fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
	return fails() ? NULL : __libc_realloc(old, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
	return fails() ? NULL : __libc_memalign(alignment, size);
}

void *memalign(size_t alignment, size_t size)
{
	return fails() ? NULL : __libc_memalign(alignment, size);
}

int posix_memalign(void **into, size_t alignment, size_t size)
{
	void *memory = fails() ? NULL : __libc_memalign(alignment, size);

	if (!memory)
		return ENOMEM;
	*into = memory;
	return 0;
}

__attribute__((destructor)) static void tell_count(void)
{
	const char *path = getenv("MCA_FAIL_COUNT");
	char text[32];
	int fd, length;

	if (!path)
		return;
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	length = snprintf(text, sizeof text, "%ld\n", atomic_load(&watch.count));
	if (fd < 0 || write(fd, text, (size_t)length) != length)
		_exit(98);
	close(fd);
}
