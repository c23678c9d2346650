/* SPDX-License-Identifier: MIT */
#ifndef MCA_SVC_LINE_H
#define MCA_SVC_LINE_H

#include <stdbool.h>
#include <stddef.h>

/* Write a line to a file descriptor without waiting for its reader. False: it was not taken, or
 * not whole. Thread: any. */
bool mca_line_write(int fd, const char *line, size_t length);

#endif
