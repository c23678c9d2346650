/* SPDX-License-Identifier: MIT */
/*
 * execute PID: try to execute /bin/true from inside a process that runs, as a library in it would:
 * stop its main thread as a debugger does, let it make the system call execve, and print how that
 * ended: "executed", or the name of the error. After an error the process goes on as if nothing had
 * happened. x86-64 only, as the guests are.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>

/* What the stopped thread needs on its stack: the path, and the arguments, which name it. */
struct order {
	char path[16];
	unsigned long long argv[2];
};

static int give_up(const char *what)
{
	fprintf(stderr, "execute: %s: %s\n", what, strerror(errno));
	return 1;
}

static int write_words(pid_t process, unsigned long long to, const void *from, size_t size)
{
	for (size_t at = 0; at < size; at += sizeof(long)) {
		long word;

		memcpy(&word, (const char *)from + at, sizeof word);
		if (ptrace(PTRACE_POKEDATA, process, to + at, word) < 0)
			return -1;
	}
	return 0;
}

/*
 * The thread sleeps in a system call, so the two bytes before its next instruction are `syscall`.
 * The kernel would restart the call that was interrupted, unless orig_rax says that there is none.
 */
static int make_call(pid_t process, const struct user_regs_struct *before, long long *result)
{
	struct user_regs_struct regs = *before;
	/* Below the red zone of the function that sleeps. */
	unsigned long long at = (before->rsp - 1024) & ~15ull;
	struct order order = { "/bin/true", { at, 0 } };
	int status;

	if (write_words(process, at, &order, sizeof order) < 0)
		return -1;
	regs.rip -= 2;
	regs.rax = SYS_execve;
	regs.orig_rax = (unsigned long long)-1;
	regs.rdi = at;
	regs.rsi = at + offsetof(struct order, argv);
	regs.rdx = 0;
	if (ptrace(PTRACE_SETREGS, process, NULL, &regs) < 0 ||
	    ptrace(PTRACE_SINGLESTEP, process, NULL, NULL) < 0 ||
	    waitpid(process, &status, __WALL) != process || !WIFSTOPPED(status) ||
	    ptrace(PTRACE_GETREGS, process, NULL, &regs) < 0)
		return -1;
	*result = (long long)regs.rax;
	return 0;
}

int main(int argc, char **argv)
{
	pid_t process = argc == 2 ? (pid_t)atoi(argv[1]) : 0;
	struct user_regs_struct before;
	long long result;
	long code;
	int status;

	if (process <= 0) {
		fprintf(stderr, "usage: execute PID\n");
		return 2;
	}
	if (ptrace(PTRACE_ATTACH, process, NULL, NULL) < 0 ||
	    waitpid(process, &status, __WALL) != process ||
	    ptrace(PTRACE_GETREGS, process, NULL, &before) < 0)
		return give_up("attach");
	errno = 0;
	code = ptrace(PTRACE_PEEKTEXT, process, before.rip - 2, NULL);
	if (errno)
		return give_up("read the code");
	if ((code & 0xffff) != 0x050f) {
		fprintf(stderr, "execute: the thread does not sleep in a system call\n");
		return 1;
	}
	if (make_call(process, &before, &result) < 0)
		return give_up("execve in the process");
	/* A successful execve leaves a new program with registers of its own. */
	if (result < 0 && ptrace(PTRACE_SETREGS, process, NULL, &before) < 0)
		return give_up("restore");
	ptrace(PTRACE_DETACH, process, NULL, NULL);
	puts(result < 0 ? strerrorname_np((int)-result) : "executed");
	return 0;
}
