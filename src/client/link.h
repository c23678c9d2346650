/* SPDX-License-Identifier: MIT */
#ifndef MCA_CLIENT_LINK_H
#define MCA_CLIENT_LINK_H

#include <stddef.h>
#include <stdint.h>

struct mca_client_target;

/*
 * One TCP connection with a deadline for everything that happens on it. No call waits beyond the
 * deadline: -ETIMEDOUT. Embedded by value. Thread: control.
 */
struct mca_link {
	int fd;
	int interrupt_fd;       /* 0 = none */
	uint64_t deadline_ms;   /* of mca_monotonic_ms() */
};

/* Look the host up and connect. 0, -ENOENT (no such host), -ENOMEM or the errno of connect();
 * close in every case. */
int mca_link_open(struct mca_link *link, const struct mca_client_target *target,
		  unsigned timeout_ms);

/* Send everything. 0, -EPIPE or -ECONNRESET when the peer has closed. */
int mca_link_send(const struct mca_link *link, const char *text, size_t length);

/* Receive at least one byte. The number of bytes, 0 at the end, or negative errno. */
int mca_link_receive(const struct mca_link *link, char *text, size_t room);

void mca_link_close(struct mca_link *link);

#endif
