/* SPDX-License-Identifier: MIT */
/*
 * Host and Origin are cut into name and port by one grammar before anything is compared, and a
 * refusal quotes what was cut: what it advises to write into http.allowed_hosts is what the
 * configuration takes there and what matches at the next request.
 */
#include "host.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define NAME_BYTES "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._"
#define IPV6_BYTES "abcdefABCDEF0123456789:."
#define NAME_MAX 121 /* with a port behind it still an entry that the configuration takes */

/* A name and its port, in place. */
struct authority {
	const char *name;
	size_t length;
	unsigned port;       /* 0 = none given */
};

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

static size_t name_length(const char *text)
{
	size_t length;

	if (*text != '[')
		return strspn(text, NAME_BYTES);
	length = strspn(text + 1, IPV6_BYTES);
	return length > 0 && text[1 + length] == ']' ? length + 2 : 0;
}

/* name, or name:port, and nothing else up to end. */
static bool cut_authority(const char *text, const char *end, struct authority *authority)
{
	const char *at;

	*authority = (struct authority){ .name = text, .length = name_length(text) };
	at = text + authority->length;
	if (authority->length == 0 || authority->length > NAME_MAX || at > end)
		return false;
	if (at == end)
		return true;
	if (*at != ':' || end - at < 2 || end - at > 6)
		return false;
	while (++at < end) {
		if (*at < '0' || *at > '9')
			return false;
		authority->port = authority->port * 10 + (unsigned)(*at - '0');
	}
	return authority->port > 0 && authority->port <= 65535;
}

/* scheme://authority, followed by the end or, with a path allowed, by a slash. */
static bool cut_url(const char *url, bool may_have_path, struct authority *authority)
{
	const char *end, *begin = strstr(url, "://");

	if (!begin || begin == url)
		return false;
	begin += 3;
	end = begin + strcspn(begin, may_have_path ? "/?" : "");
	return cut_authority(begin, end, authority);
}

static bool has_name(const struct authority *authority, const char *name)
{
	return strlen(name) == authority->length &&
	       strncasecmp(authority->name, name, authority->length) == 0;
}

static bool is_loopback(const struct mca_hosts *hosts, const struct authority *authority)
{
	return has_name(authority, "localhost") || has_name(authority, "127.0.0.1") ||
	       has_name(authority, "[::1]") || has_name(authority, hosts->bind);
}

/* Browsers leave out the port of their scheme, so that an entry with it matches without. */
static bool is_entry(const struct authority *authority, const char *entry)
{
	struct authority allowed;

	if (!cut_authority(entry, entry + strlen(entry), &allowed) ||
	    allowed.length != authority->length ||
	    strncasecmp(allowed.name, authority->name, allowed.length) != 0)
		return false;
	if (allowed.port == 0 || allowed.port == authority->port)
		return true;
	return authority->port == 0 && (allowed.port == 80 || allowed.port == 443);
}

static bool is_allowed(const struct mca_hosts *hosts, const struct authority *authority)
{
	for (unsigned i = 0; i < hosts->count; i++)
		if (is_entry(authority, hosts->name[i]))
			return true;
	return false;
}

static bool is_same(const struct authority *one, const struct authority *other)
{
	return one->length == other->length && one->port == other->port &&
	       strncasecmp(one->name, other->name, one->length) == 0;
}

static struct mca_refusal refuse_host(const struct authority *host)
{
	struct mca_refusal refusal = { .status = 421 };

	snprintf(refusal.detail, sizeof refusal.detail, "this server does not answer to the host "
		 "name \"%.*s\": use localhost or 127.0.0.1, or add \"%.*s\" to http.allowed_hosts "
		 "in the configuration and restart the service", (int)host->length, host->name,
		 (int)host->length, host->name);
	return refusal;
}

static struct mca_refusal refuse_origin(const struct authority *origin)
{
	struct mca_refusal refusal = { .status = 403 };
	char port[16] = "";

	if (origin->port)
		snprintf(port, sizeof port, ":%u", origin->port);
	snprintf(refusal.detail, sizeof refusal.detail, "a page of another site, %.*s%s, must not "
		 "change anything here: if it may, add \"%.*s%s\" to http.allowed_hosts in the "
		 "configuration and restart the service", (int)origin->length, origin->name, port,
		 (int)origin->length, origin->name, port);
	return refusal;
}

static struct mca_refusal check_origin(const struct mca_hosts *hosts, const char *text,
				       const struct authority *host)
{
	struct authority origin;

	if (!cut_url(text, false, &origin))
		return MCA_REFUSE(403, "a page that does not name its site (Origin: null, as pages "
				  "from a file send) must not change anything here: open the "
				  "page from a web server");
	if ((host && is_same(&origin, host)) || is_allowed(hosts, &origin) ||
	    (is_loopback(hosts, &origin) && origin.port == hosts->port))
		return MCA_ACCEPT;
	return refuse_origin(&origin);
}

static struct mca_refusal check_host(const struct mca_hosts *hosts,
				     const struct authority *authority)
{
	if (is_loopback(hosts, authority) || is_allowed(hosts, authority))
		return MCA_ACCEPT;
	return refuse_host(authority);
}

struct mca_refusal mca_hosts_check(const struct mca_hosts *hosts, const struct mca_head *head)
{
	const char *text = mca_head_value(head, "Host"), *origin = mca_head_value(head, "Origin");
	struct mca_refusal refusal = MCA_ACCEPT;
	struct authority host, target;

	if (!text && strcmp(head->version, "1.0") != 0)
		return MCA_REFUSE(400, "HTTP/1.1 needs a Host header");
	if (text && !cut_authority(text, text + strlen(text), &host))
		return MCA_REFUSE(400, "the Host header is no host name of up to 121 bytes, alone "
				  "or with a port from 1 to 65535");
	if (text)
		refusal = check_host(hosts, &host);
	if (!refusal.status && !strchr("/*", head->target[0])) {
		if (!cut_url(head->target, true, &target))
			return MCA_REFUSE(400, "the target of the request is no path and no URL");
		refusal = check_host(hosts, &target);
	}
	if (!refusal.status && origin && strcmp(head->method, "POST") == 0)
		refusal = check_origin(hosts, origin, text ? &host : NULL);
	return refusal;
}
