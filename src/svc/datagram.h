/* SPDX-License-Identifier: MIT */
#ifndef MCA_SVC_DATAGRAM_H
#define MCA_SVC_DATAGRAM_H

#include <stddef.h>
#include <sys/uio.h>

/*
 * Send one datagram to a local socket without waiting. `address` is a path, or "@name" in the
 * abstract name space. 0, or negative errno: -EAGAIN when the queue of the receiver is full,
 * -ENOENT or -ECONNREFUSED when there is no receiver. Thread: any.
 */
int mca_datagram_send(const char *address, const struct iovec *part, size_t count);

#endif
