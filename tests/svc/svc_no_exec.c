/* SPDX-License-Identifier: MIT */
/*
 * After mca_svc_forbid_exec() nothing can be executed: not directly, not by a thread that is
 * started later, not by what libc's popen() and posix_spawn() do. Each case runs in a process of
 * its own, since the wall cannot be taken down again.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../support/check.h"
#include "mca/svc.h"

static char *const nothing[] = { "true", NULL };
static const char program[] = "/bin/true";

/* Exit code of a child that runs fn: what fn returned, or 0 when it became /bin/true. */
static int child_of(int (*fn)(void))
{
	pid_t child = fork();
	int status = -1;

	if (child == 0)
		_exit(fn());
	CHECK(child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int execute(void)
{
	execve(program, nothing, NULL);
	return errno;
}

static int execute_behind_the_wall(void)
{
	int result = mca_svc_forbid_exec();

	return result < 0 ? 255 : execute();
}

static int execute_descriptor(void)
{
	int file = open(program, O_RDONLY | O_CLOEXEC);

	if (mca_svc_forbid_exec() < 0 || file < 0)
		return 255;
	fexecve(file, nothing, nothing + 1);
	return errno;
}

static void *execute_in_thread(void *result)
{
	*(int *)result = execute();
	return NULL;
}

static int execute_in_later_thread(void)
{
	pthread_t thread;
	int result = 0;

	if (mca_svc_forbid_exec() < 0 || pthread_create(&thread, NULL, execute_in_thread, &result))
		return 255;
	pthread_join(thread, NULL);
	return result;
}

static int spawn(void)
{
	pid_t child;

	if (mca_svc_forbid_exec() < 0)
		return 255;
	return posix_spawn(&child, program, NULL, NULL, nothing, nothing + 1);
}

static int run_shell(void)
{
	FILE *pipe;

	if (mca_svc_forbid_exec() < 0)
		return 255;
	pipe = popen("exit 0", "r");
	return pipe && pclose(pipe) == 0 ? 0 : EPERM;
}

static void without_the_wall_a_program_is_executed(void)
{
	CHECK_INT(child_of(execute), 0);
}

static void behind_it_execve_fails(void)
{
	CHECK_INT(child_of(execute_behind_the_wall), EPERM);
	CHECK_INT(child_of(execute_descriptor), EPERM);
	CHECK_INT(child_of(execute_in_later_thread), EPERM);
}

static void behind_it_libc_cannot_start_anything(void)
{
	CHECK_INT(child_of(spawn), EPERM);
	CHECK_INT(child_of(run_shell), EPERM);
}

int main(void)
{
	RUN(without_the_wall_a_program_is_executed);
	RUN(behind_it_execve_fails);
	RUN(behind_it_libc_cannot_start_anything);
	return DONE();
}
