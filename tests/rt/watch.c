/* SPDX-License-Identifier: MIT */
/*
 * Functions of the executable come first in the dynamic linker's search, so libasound and
 * everything else call these. They pass on to the C library: memory by its internal names, since
 * dlsym() itself allocates; the rest by what dlsym(RTLD_NEXT) found before main(). Where the
 * library's headers turn a call into a checking variant (__printf_chk), that is watched as well.
 */
/* Else some of these names are macros, inline functions or other names. */
#undef _FORTIFY_SOURCE
#undef _FILE_OFFSET_BITS
#ifndef __NO_INLINE__
#define __NO_INLINE__ 1
#endif
#include <dlfcn.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "watch.h"

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *block);

static _Thread_local bool inside;
static unsigned calls[WATCH_KINDS];
static const char *first[WATCH_KINDS];
static void (*poll_hook)(void);

void watch_enter(void)
{
	inside = true;
}

void watch_leave(void)
{
	inside = false;
}

unsigned watch_calls(enum watch_kind kind)
{
	return calls[kind];
}

const char *watch_first(enum watch_kind kind)
{
	return first[kind] ? first[kind] : "nothing";
}

void watch_reset(void)
{
	memset(calls, 0, sizeof(calls));
	memset(first, 0, sizeof(first));
}

void watch_on_poll(void (*hook)(void))
{
	poll_hook = hook;
}

static void note(enum watch_kind kind, const char *name)
{
	if (inside && calls[kind]++ == 0)
		first[kind] = name;
}

/* Memory. */

void *malloc(size_t size)
{
	note(WATCH_MEMORY, "malloc");
	return __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	note(WATCH_MEMORY, "calloc");
	return __libc_calloc(count, size);
}

void *realloc(void *block, size_t size)
{
	note(WATCH_MEMORY, "realloc");
	return __libc_realloc(block, size);
}

void free(void *block)
{
	note(WATCH_MEMORY, "free");
	__libc_free(block);
}

void *aligned_alloc(size_t alignment, size_t size)
{
	note(WATCH_MEMORY, "aligned_alloc");
	return __libc_memalign(alignment, size);
}

int posix_memalign(void **block, size_t alignment, size_t size)
{
	note(WATCH_MEMORY, "posix_memalign");
	*block = __libc_memalign(alignment, size);
	return *block ? 0 : 12;
}

/*
 * Functions that need nothing but to be counted and passed on. `list` are the parameters with their
 * types, `names` without.
 */
#define PASS_ON(kind, result, name, list, names) \
	result name list; \
	static result (*real_##name) list; \
	static __attribute__((constructor)) void find_##name(void) \
	{ \
		*(void **)&real_##name = dlsym(RTLD_NEXT, #name); \
	} \
	result name list \
	{ \
		note(kind, #name); \
		return real_##name names; \
	}

PASS_ON(WATCH_MEMORY, void *, mmap, (void *at, size_t size, int prot, int flags, int fd,
	off_t from), (at, size, prot, flags, fd, from))
PASS_ON(WATCH_MEMORY, int, munmap, (void *at, size_t size), (at, size))

PASS_ON(WATCH_LOCK, int, pthread_mutex_lock, (pthread_mutex_t *mutex), (mutex))
PASS_ON(WATCH_LOCK, int, pthread_mutex_trylock, (pthread_mutex_t *mutex), (mutex))
PASS_ON(WATCH_LOCK, int, pthread_rwlock_rdlock, (pthread_rwlock_t *lock), (lock))
PASS_ON(WATCH_LOCK, int, pthread_rwlock_wrlock, (pthread_rwlock_t *lock), (lock))
PASS_ON(WATCH_LOCK, int, pthread_cond_wait, (pthread_cond_t *cond, pthread_mutex_t *mutex),
	(cond, mutex))
PASS_ON(WATCH_LOCK, int, pthread_cond_signal, (pthread_cond_t *cond), (cond))
PASS_ON(WATCH_LOCK, int, pthread_create, (pthread_t *thread, const pthread_attr_t *attr,
	void *(*body)(void *), void *arg), (thread, attr, body, arg))

PASS_ON(WATCH_FILE, int, open, (const char *path, int flags, mode_t mode), (path, flags, mode))
PASS_ON(WATCH_FILE, int, open64, (const char *path, int flags, mode_t mode), (path, flags, mode))
PASS_ON(WATCH_FILE, int, openat, (int at, const char *path, int flags, mode_t mode),
	(at, path, flags, mode))
PASS_ON(WATCH_FILE, int, __open_2, (const char *path, int flags), (path, flags))
PASS_ON(WATCH_FILE, int, __open64_2, (const char *path, int flags), (path, flags))
PASS_ON(WATCH_FILE, FILE *, fopen, (const char *path, const char *mode), (path, mode))
PASS_ON(WATCH_FILE, FILE *, fopen64, (const char *path, const char *mode), (path, mode))
PASS_ON(WATCH_FILE, int, close, (int fd), (fd))
PASS_ON(WATCH_FILE, ssize_t, read, (int fd, void *bytes, size_t size), (fd, bytes, size))
PASS_ON(WATCH_FILE, ssize_t, write, (int fd, const void *bytes, size_t size), (fd, bytes, size))
PASS_ON(WATCH_FILE, ssize_t, send, (int fd, const void *bytes, size_t size, int flags),
	(fd, bytes, size, flags))
struct msghdr;
PASS_ON(WATCH_FILE, ssize_t, sendmsg, (int fd, const struct msghdr *message, int flags),
	(fd, message, flags))

PASS_ON(WATCH_TEXT, int, vprintf, (const char *format, va_list args), (format, args))
PASS_ON(WATCH_TEXT, int, vfprintf, (FILE *file, const char *format, va_list args),
	(file, format, args))
PASS_ON(WATCH_TEXT, int, vsnprintf, (char *text, size_t size, const char *format, va_list args),
	(text, size, format, args))
PASS_ON(WATCH_TEXT, int, __vfprintf_chk, (FILE *file, int flag, const char *format, va_list args),
	(file, flag, format, args))
PASS_ON(WATCH_TEXT, int, __vsnprintf_chk, (char *text, size_t size, int flag, size_t space,
	const char *format, va_list args), (text, size, flag, space, format, args))
PASS_ON(WATCH_TEXT, int, puts, (const char *text), (text))
PASS_ON(WATCH_TEXT, int, fputs, (const char *text, FILE *file), (text, file))
PASS_ON(WATCH_TEXT, size_t, fwrite, (const void *bytes, size_t size, size_t count, FILE *file),
	(bytes, size, count, file))

/* Variadic ones become their va_list kin. */
#define PASS_ON_ARGS(result, name, list, last, call) \
	result name list; \
	result name list \
	{ \
		va_list args; \
		result done; \
		note(WATCH_TEXT, #name); \
		va_start(args, last); \
		done = call; \
		va_end(args); \
		return done; \
	}

PASS_ON_ARGS(int, printf, (const char *format, ...), format, real_vprintf(format, args))
PASS_ON_ARGS(int, fprintf, (FILE *file, const char *format, ...), format,
	     real_vfprintf(file, format, args))
PASS_ON_ARGS(int, snprintf, (char *text, size_t size, const char *format, ...), format,
	     real_vsnprintf(text, size, format, args))
PASS_ON_ARGS(int, __printf_chk, (int flag, const char *format, ...), format,
	     real_vprintf(format, args))
PASS_ON_ARGS(int, __fprintf_chk, (FILE *file, int flag, const char *format, ...), format,
	     real_vfprintf(file, format, args))
PASS_ON_ARGS(int, __snprintf_chk, (char *text, size_t size, int flag, size_t space,
	     const char *format, ...), format, real_vsnprintf(text, size, format, args))

/* Nobody here has business with the log, so it is only counted. */
void syslog(int priority, const char *format, ...);
void syslog(int priority, const char *format, ...)
{
	(void)priority, (void)format;
	note(WATCH_TEXT, "syslog");
}

void vsyslog(int priority, const char *format, va_list args);
void vsyslog(int priority, const char *format, va_list args)
{
	(void)priority, (void)format, (void)args;
	note(WATCH_TEXT, "vsyslog");
}

static int (*real_poll)(struct pollfd *fds, nfds_t count, int ms);

static __attribute__((constructor)) void find_poll(void)
{
	*(void **)&real_poll = dlsym(RTLD_NEXT, "poll");
}

int poll(struct pollfd *fds, nfds_t count, int ms)
{
	if (inside && poll_hook)
		poll_hook();
	return real_poll(fds, count, ms);
}
