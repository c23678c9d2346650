/* SPDX-License-Identifier: MIT */
/*
 * From request to handler. What the head alone can refuse is refused here, in one order: path,
 * method, size, media type; a handler only ever sees a request that is its own.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "etag.h"
#include "problem.h"
#include "query.h"
#include "room.h"
#include "route.h"

int mca_api_new(struct mca_api **api, const struct mca_api_options *options)
{
	struct mca_api *a = calloc(1, sizeof *a);
	int code;

	if (!a)
		return -ENOMEM;
	a->engine = options->engine;
	a->boot = mca_etag_boot();
	a->rack = options->rack;
	a->open = options->open;
	a->reloading = options->reloading;
	a->renew = options->renew;
	a->renew_context = options->renew_context;
	a->context = options->context;
	a->talk = options->talk;
	a->place = options->place;
	code = mca_origin_init(&a->origin);
	if (code) {
		free(a);
		return code;
	}
	if (options->choice)
		mca_origin_live(&a->origin, options->choice->source, options->choice->path,
				options->choice->note);
	if (options->refused)
		mca_origin_refused(&a->origin, options->refused);
	*api = a;
	return 0;
}

void mca_api_free(struct mca_api *api)
{
	if (!api)
		return;
	mca_origin_done(&api->origin);
	free(api);
}

const char *mca_asker(char buffer[MCA_ASKER_MAX], const struct mca_api_request *request)
{
	snprintf(buffer, MCA_ASKER_MAX, "http %s", request->client ? request->client : "");
	return buffer;
}

static const char *skip_blanks(const char *text)
{
	return text + strspn(text, " \t");
}

/* application/json, alone or with charset=utf-8 (RFC 8259 gives JSON no other encoding). */
static bool is_json(const char *type)
{
	static const char json[] = "application/json", charset[] = "charset=";

	if (!type || strncasecmp(type, json, sizeof json - 1) != 0)
		return false;
	type = skip_blanks(type + sizeof json - 1);
	if (!*type)
		return true;
	if (*type != ';')
		return false;
	type = skip_blanks(type + 1);
	if (strncasecmp(type, charset, sizeof charset - 1) != 0)
		return false;
	type += sizeof charset - 1;
	for (const char *const *utf8 = (const char *const[]){ "utf-8", "\"utf-8\"", NULL }; *utf8;
	     utf8++)
		if (strncasecmp(type, *utf8, strlen(*utf8)) == 0)
			return !*skip_blanks(type + strlen(*utf8));
	return false;
}

static void refuse_method(const struct mca_route *route, const struct mca_api_request *request,
			  struct mca_api_response *response)
{
	char detail[160];

	snprintf(detail, sizeof detail, "%s does not take %.16s; use one of: %s", route->path,
		 request->method, route->allow);
	mca_api_problem(response, 405, detail);
	response->allow = route->allow;
}

/* What HTTP itself defines (RFC 9110, and PATCH): such a method is not unknown, only not taken.
 * TRACE is left out: the server below does not know it, for safety's sake. */
static bool is_method(const char *method)
{
	static const char *const known[] = { "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT",
					     "OPTIONS", "PATCH" };

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (strcmp(known[i], method) == 0)
			return true;
	return false;
}

static void refuse_path(struct mca_api_response *response)
{
	char paths[300], detail[400];

	mca_route_list(paths, sizeof paths);
	snprintf(detail, sizeof detail, "there is nothing at this path; the API answers at %s",
		 paths);
	mca_api_problem(response, 404, detail);
}

/* Is every coding of the list "identity"? */
static bool is_uncoded(const char *codings)
{
	static const char identity[] = "identity";

	while (codings && *(codings += strspn(codings, ", \t"))) {
		size_t length = strcspn(codings, ", \t");

		if (length != sizeof identity - 1 || strncasecmp(codings, identity, length) != 0)
			return false;
		codings += length;
	}
	return true;
}

static bool refuse_body(const struct mca_route *route, const struct mca_api_request *request,
			struct mca_api_response *response)
{
	bool bodiless = route->bodiless && request->body_length == 0;

	if (!bodiless && !request->has_length)
		mca_api_problem(response, 411, "this POST needs a body: send a Content-Length with "
				"it");
	else if (request->body_length > MCA_API_BODY_MAX)
		mca_api_problem(response, 413, "the body is longer than 65536 bytes; nothing was "
				"read");
	else if (!is_uncoded(request->content_encoding))
		mca_api_problem(response, 415, "an encoded body is not taken: send it as it is, "
				"without the header Content-Encoding");
	else if (!bodiless && !is_json(request->content_type))
		mca_api_problem(response, 415, "the body must be JSON: send the header "
				"Content-Type: application/json");
	else
		return false;
	return true;
}

bool mca_api_refuse(const struct mca_api_request *request, struct mca_api_response *response)
{
	const struct mca_route *route = mca_route_find(request->path);
	char detail[200];

	if (!is_method(request->method))
		mca_api_problem(response, 501, "this method is unknown here: use GET, HEAD or "
				"POST");
	else if (!route)
		refuse_path(response);
	else if (!mca_route_handler(route, request->method))
		refuse_method(route, request, response);
	else if (mca_query_check(request->query, mca_route_query(route, request->method), detail,
				 sizeof detail))
		mca_api_problem(response, 400, detail);
	else
		return strcmp(request->method, "POST") == 0 &&
		       refuse_body(route, request, response);
	return true;
}

void mca_api_handle(struct mca_api *api, const struct mca_api_request *request,
		    struct mca_api_response *response)
{
	if (mca_api_refuse(request, response) || mca_etag_refuse(api, request, response))
		return;
	mca_route_handler(mca_route_find(request->path), request->method)(api, request, response);
}
