/* SPDX-License-Identifier: MIT */
/*
 * The process gives up the right to execute programs. alsa-lib understands device names that run a
 * shell command; no such name reaches it (the grammar of device names refuses them), and if one
 * did, execve fails. The unit's NoExecPaths= is the same wall from outside; its SystemCallFilter=
 * cannot be, because systemd installs that filter before it executes this program.
 *
 * The filter compares system call numbers only. Calls through another ABI of the processor are the
 * task of SystemCallArchitectures=native: this wall stops libraries, not injected machine code.
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <syslog.h>

#include "mca/svc.h"

int mca_svc_forbid_exec(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_execve, 2, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_execveat, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
	};
	struct sock_fprog program = { .len = sizeof code / sizeof *code, .filter = code };

	int result;

	/* Without PR_SET_NO_NEW_PRIVS a filter needs CAP_SYS_ADMIN. */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0)
		return 0;
	result = -errno;
	mca_svc_log(LOG_WARNING, "no seccomp filter could be installed: %s. A library could "
		    "execute programs with the rights of this process", strerror(-result));
	return result;
}
