/* SPDX-License-Identifier: MIT */
#ifndef MCA_HTTP_HOST_H
#define MCA_HTTP_HOST_H

#include <stdbool.h>

#include "head.h"

/*
 * The names this server answers to. A browser that was lured to a foreign name which resolves to
 * 127.0.0.1 (DNS rebinding) sends that name as Host and is turned away; a page of another site that
 * posts to us tells its Origin and is turned away as well.
 */
struct mca_hosts {
	unsigned port;       /* the one we listen on */
	char *bind;
	char **name;         /* allowed besides localhost, 127.0.0.1 and bind */
	unsigned count;
};

/* Copies. 0 or -ENOMEM. Thread: control. */
int mca_hosts_init(struct mca_hosts *hosts, const char *bind, const char *const *name,
		   unsigned count);
void mca_hosts_done(struct mca_hosts *hosts); /* Thread: control. */

/* Host, the host of an absolute target, and the Origin of a POST. Thread: any. */
struct mca_refusal mca_hosts_check(const struct mca_hosts *hosts, const struct mca_head *head);

#endif
