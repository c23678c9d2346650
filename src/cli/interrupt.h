/* SPDX-License-Identifier: MIT */
#ifndef MCA_CLI_INTERRUPT_H
#define MCA_CLI_INTERRUPT_H

#include <stdbool.h>

/*
 * Ctrl-C as something to wait for, not as a handler: commands that must put something right before
 * they end (a terminal, a temporary file, a sounding tone) look here. Thread: control.
 */

/* From now on SIGINT, SIGTERM and SIGHUP are told here only. A descriptor, or negative errno.
 * Call before any thread is started: threads inherit the blocked signals. */
int mca_interrupt_open(void);

/* Wait at most timeout_ms (0 = look only); true when the user wants an end. */
bool mca_interrupt_wait(int fd, int timeout_ms);

#endif
