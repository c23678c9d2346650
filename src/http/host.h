/* SPDX-License-Identifier: MIT */
#ifndef MCA_HTTP_HOST_H
#define MCA_HTTP_HOST_H

#include <stdbool.h>

#include "head.h"

/*
 * The names this server answers to. DNS rebinding: a page of a foreign name that resolves to
 * 127.0.0.1 sends that name as Host, and is refused. A page of another site that posts to this
 * server names its site in Origin, and is refused as well.
 *
 * Loopback's names (localhost, 127.0.0.1, [::1]) and the address that the server is bound to are
 * taken with any port, since no foreign site can have them: "ssh -L 9000:localhost:8000" works.
 * An allowed name without port stands for any port, NAME:PORT for this one alone.
 */
struct mca_hosts {
	unsigned port;       /* the port the server listens on */
	char *bind;
	char **name;         /* allowed besides those of loopback and bind */
	unsigned count;
};

/* Copies. 0 or -ENOMEM. Thread: control. */
int mca_hosts_init(struct mca_hosts *hosts, const char *bind, const char *const *name,
		   unsigned count);
void mca_hosts_done(struct mca_hosts *hosts); /* Thread: control. */

/*
 * Check Host, the host of an absolute target, and the Origin of a POST. An Origin is good when it
 * is that of the Host (a page of this server, whatever stands between), an allowed one, or this
 * server under a name of loopback. Thread: any; pure.
 */
struct mca_refusal mca_hosts_check(const struct mca_hosts *hosts, const struct mca_head *head);

#endif
