/* SPDX-License-Identifier: MIT */
/*
 * Names are compared whole (letter case aside, as in DNS), alone or with the port we listen on; a
 * name that is allowed with a port of its own ("panel.example:8443", behind a proxy) is compared
 * with it.
 */
#include "host.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define REFUSE(status, detail) ((struct mca_refusal){ (status), (detail) })
#define ACCEPT ((struct mca_refusal){ 0, NULL })

int mca_hosts_init(struct mca_hosts *hosts, const char *bind, const char *const *name,
		   unsigned count)
{
	*hosts = (struct mca_hosts){ .bind = strdup(bind),
				     .name = calloc(count + 1, sizeof *hosts->name) };
	if (!hosts->bind || !hosts->name)
		return -ENOMEM;
	for (; hosts->count < count; hosts->count++) {
		hosts->name[hosts->count] = strdup(name[hosts->count]);
		if (!hosts->name[hosts->count])
			return -ENOMEM;
	}
	return 0;
}

void mca_hosts_done(struct mca_hosts *hosts)
{
	for (unsigned i = 0; i < hosts->count; i++)
		free(hosts->name[i]);
	free(hosts->name);
	free(hosts->bind);
	*hosts = (struct mca_hosts){ 0 };
}

static bool is_name(const char *authority, size_t length, const char *name, unsigned port)
{
	size_t bare = strlen(name);
	char suffix[16];

	if (length < bare || strncasecmp(authority, name, bare) != 0)
		return false;
	if (length == bare)
		return true;
	snprintf(suffix, sizeof suffix, ":%u", port);
	return length - bare == strlen(suffix) &&
	       memcmp(authority + bare, suffix, length - bare) == 0;
}

static bool is_ours(const struct mca_hosts *hosts, const char *authority, size_t length)
{
	if (is_name(authority, length, "localhost", hosts->port) ||
	    is_name(authority, length, "127.0.0.1", hosts->port) ||
	    is_name(authority, length, hosts->bind, hosts->port))
		return true;
	for (unsigned i = 0; i < hosts->count; i++)
		if (is_name(authority, length, hosts->name[i], hosts->port))
			return true;
	return false;
}

/* scheme://authority/... or scheme://authority */
static bool is_our_url(const struct mca_hosts *hosts, const char *url)
{
	const char *authority = strstr(url, "://");

	if (!authority)
		return false;
	authority += 3;
	return is_ours(hosts, authority, strcspn(authority, "/"));
}

struct mca_refusal mca_hosts_check(const struct mca_hosts *hosts, const struct mca_head *head)
{
	const char *host = mca_head_value(head, "Host"), *origin = mca_head_value(head, "Origin");

	if (mca_head_count(head, "Host") > 1)
		return REFUSE(400, "Host is given twice: send it once");
	if (!host && strcmp(head->version, "1.0") != 0)
		return REFUSE(400, "HTTP/1.1 needs a Host header");
	if ((host && !is_ours(hosts, host, strlen(host))) ||
	    (!strchr("/*", head->target[0]) && !is_our_url(hosts, head->target)))
		return REFUSE(421, "this server does not answer to that host name: use localhost "
			      "or 127.0.0.1, or add the name to http.allowed_hosts in the "
			      "configuration");
	if (origin && strcmp(head->method, "POST") == 0 && !is_our_url(hosts, origin))
		return REFUSE(403, "a page of another site must not change anything here; add its "
			      "host to http.allowed_hosts if it may");
	return ACCEPT;
}
