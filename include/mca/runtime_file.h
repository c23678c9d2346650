/* SPDX-License-Identifier: MIT */
#ifndef MCA_RUNTIME_FILE_H
#define MCA_RUNTIME_FILE_H

#include <netinet/in.h>
#include <stdbool.h>

struct mca_diag;

/*
 * The runtime file: where the API of the running service listens, for client commands. The service
 * holds a lock on its file for as long as the process lives, so a file without a lock is left over.
 * Thread: control.
 *
 *     address 127.0.0.1
 *     port 8000
 *     pid 1234
 *     token_file /etc/mission-control-audio/token       (only if the service uses one)
 */
#define MCA_RUNTIME_PATH_MAX 4096

struct mca_runtime {
	char address[INET_ADDRSTRLEN];          /* IPv4 */
	unsigned port;                          /* 1 to 65535 */
	int pid;
	char token_file[MCA_RUNTIME_PATH_MAX];  /* "" = none */
	bool is_own;                            /* the file belongs to the user who reads it */
};

/* A published file; {.fd = -1} = none. */
struct mca_runtime_file {
	int fd;                                 /* holds the lock */
	char path[MCA_RUNTIME_PATH_MAX];
};

/* The n-th place where a service may have put its file: $RUNTIME_DIRECTORY, $STATE_DIRECTORY, the
 * system's, $XDG_RUNTIME_DIR. False if there is no such place; n from 0 to
 * MCA_RUNTIME_PLACES - 1. */
#define MCA_RUNTIME_PLACES 4
#define MCA_RUNTIME_SYSTEM 2
bool mca_runtime_file_place(char path[MCA_RUNTIME_PATH_MAX], unsigned n);

/* 0; -ENOENT; -ESTALE if the process that wrote it has ended; -EBADMSG if it has another form; or
 * the errno of the system. diag names the file. */
int mca_runtime_file_read(const char *path, struct mca_runtime *runtime, struct mca_diag *diag);

/* Write the file of this process to the first of its own places, which is never the system's. 0,
 * also if there is no place; -EBUSY if a living service has its file there, which is left alone; or
 * the errno of the system. is_own is not used. */
int mca_runtime_file_publish(struct mca_runtime_file *file, const struct mca_runtime *runtime,
			     struct mca_diag *diag);

/* Remove a published file, unless another process has replaced it. */
void mca_runtime_file_withdraw(struct mca_runtime_file *file);

#endif
