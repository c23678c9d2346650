/* SPDX-License-Identifier: MIT */
/*
 * Keeping the program in memory.
 *
 * Pages are locked when they are first touched, not all at once: a thousand HTTP threads would lock
 * their whole stacks otherwise. But then the first block of a channel would fetch the code that
 * serves it from a disk, which may take longer than the block lasts: the first start after boot
 * had an underrun. So what real-time threads execute and read (this program, alsa-lib, the C
 * library) is touched here. The other libraries are never theirs.
 */
#include "memory.h"

#include <errno.h>
#include <link.h>
#include <malloc.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "mca/engine.h"

/* The program itself has no name among its own objects. */
static bool is_for_real_time(const char *name)
{
	return !*name || strstr(name, "/libasound.so") || strstr(name, "/libc.so");
}

static int touch_object(struct dl_phdr_info *object, size_t size, void *page_bytes)
{
	size_t page = *(const size_t *)page_bytes;

	if (!is_for_real_time(object->dlpi_name))
		return 0;
	for (unsigned i = 0; i < object->dlpi_phnum; i++) {
		const ElfW(Phdr) *part = &object->dlpi_phdr[i];
		uintptr_t begin = object->dlpi_addr + part->p_vaddr;

		if (part->p_type != PT_LOAD || !(part->p_flags & PF_R))
			continue;
		/* A kernel before 5.14 does not know this, and then it stays as it was. */
		begin -= begin % page;
		madvise((void *)begin, object->dlpi_addr + part->p_vaddr + part->p_memsz - begin,
			MADV_POPULATE_READ);
	}
	return 0;
}

void mca_memory_lock(struct mca_engine_options *options)
{
	size_t page_bytes = (size_t)sysconf(_SC_PAGESIZE);

	mallopt(M_ARENA_MAX, 1);
	options->memory_locked = mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) == 0;
	if (!options->memory_locked)
		snprintf(options->memory_detail, sizeof options->memory_detail,
			 "memory is not locked (%s): set LimitMEMLOCK=infinity, or ulimit -l "
			 "unlimited", strerror(errno));
	dl_iterate_phdr(touch_object, &page_bytes);
}
