/* SPDX-License-Identifier: MIT */
/*
 * freeze TID: stop one single thread, as a debugger does, until this program ends. A signal could
 * only stop the whole process; the watchdog has to notice one stuck thread among healthy ones.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	pid_t thread = argc == 2 ? (pid_t)atoi(argv[1]) : 0;
	int status;

	if (thread <= 0) {
		fprintf(stderr, "usage: freeze TID\n");
		return 2;
	}
	if (ptrace(PTRACE_SEIZE, thread, NULL, NULL) < 0 ||
	    ptrace(PTRACE_INTERRUPT, thread, NULL, NULL) < 0) {
		perror("freeze");
		return 1;
	}
	while (waitpid(thread, &status, __WALL) == thread && !WIFEXITED(status) &&
	       !WIFSIGNALED(status))
		;
	return 0;
}
