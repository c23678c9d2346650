/* SPDX-License-Identifier: MIT */
/*
 * The map of the API. Paths are compared byte for byte: no prefixes, no letter case, no escapes,
 * since every path of ours is plain ASCII and two spellings of one path are one too many to
 * protect.
 */
#include "route.h"

#include <stdio.h>
#include <string.h>

#define READS "GET, HEAD"
#define TAKES "POST"
#define BOTH "GET, HEAD, POST"

static const char *const config_query[] = { "dry_run", "save", NULL };

static const struct mca_route routes[] = {
	{ .path = "/status", .get = mca_status_get, .allow = READS },
	{ .path = "/vu", .get = mca_vu_get, .allow = READS },
	{ .path = "/config", .get = mca_config_get, .post = mca_config_post, .allow = BOTH,
	  .get_on_control = true, .post_on_control = true, .post_query = config_query,
	  .tagged = true },
	{ .path = "/ptt", .post = mca_ptt_post, .allow = TAKES },
	{ .path = "/test-tone", .post = mca_test_tone_post, .allow = TAKES },
	{ .path = "/devices", .get = mca_devices_get, .allow = READS, .get_on_control = true },
	{ .path = "/reload", .post = mca_reload_post, .allow = TAKES, .post_on_control = true,
	  .bodiless = true },
	{ .path = "/healthz", .get = mca_healthz_get, .allow = READS },
	{ .path = "/readyz", .get = mca_readyz_get, .allow = READS },
};

#define ROUTES (sizeof routes / sizeof routes[0])

const struct mca_route *mca_route_find(const char *path)
{
	for (size_t i = 0; i < ROUTES; i++)
		if (strcmp(routes[i].path, path) == 0)
			return &routes[i];
	return NULL;
}

static bool is_get(const char *method)
{
	return strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
}

mca_api_handler *mca_route_handler(const struct mca_route *route, const char *method)
{
	if (is_get(method))
		return route->get;
	return strcmp(method, "POST") == 0 ? route->post : NULL;
}

const char *const *mca_route_query(const struct mca_route *route, const char *method)
{
	return is_get(method) ? route->get_query : route->post_query;
}

void mca_route_list(char *text, size_t size)
{
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < ROUTES && used < size; i++)
		used += (size_t)snprintf(text + used, size - used, "%s%s",
					 i == 0 ? "" : i + 1 < ROUTES ? ", " : " and ",
					 routes[i].path);
}

bool mca_api_takes_method(const char *method)
{
	return is_get(method) || strcmp(method, "POST") == 0;
}

bool mca_api_needs_control(const struct mca_api_request *request)
{
	const struct mca_route *route = mca_route_find(request->path);

	if (!route)
		return false;
	return is_get(request->method) ? route->get_on_control : route->post_on_control;
}
