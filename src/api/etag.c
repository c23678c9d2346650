/* SPDX-License-Identifier: MIT */
/*
 * A tag may hold a comma, so that a list of tags is read byte by byte and not split. Only the
 * configuration has a tag: If-Match on any other path names something that does not exist and
 * fails, as RFC 9110 (13.1.1) asks for; a change that was meant to be conditional is never made.
 */
#include "etag.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "mca/engine.h"
#include "problem.h"
#include "room.h"
#include "route.h"

uint64_t mca_etag_boot(void)
{
	uint64_t boot;
	struct timespec t;

	if (getrandom(&boot, sizeof boot, GRND_NONBLOCK) == (ssize_t)sizeof boot)
		return boot;
	/* Early in the boot of the machine the time of start tells two processes apart. */
	clock_gettime(CLOCK_REALTIME, &t);
	return (uint64_t)t.tv_sec << 30 ^ (uint64_t)t.tv_nsec ^ (uint64_t)getpid() << 40;
}

void mca_etag_write(char etag[MCA_ETAG_MAX], uint64_t boot, uint64_t generation)
{
	snprintf(etag, MCA_ETAG_MAX, "\"%016" PRIx64 "-%" PRIu64 "\"", boot, generation);
}

static const char *skip_blanks(const char *text)
{
	return text + strspn(text, " \t");
}

/* etagc of RFC 9110: any visible character but the quote, and bytes beyond ASCII. */
static bool is_tag_byte(char c)
{
	unsigned char byte = (unsigned char)c;

	return byte == 0x21 || (byte >= 0x23 && byte <= 0x7e) || byte >= 0x80;
}

/* The end of the quoted tag that begins at text, NULL = there is none. */
static const char *tag_end(const char *text)
{
	if (*text != '"')
		return NULL;
	for (text++; is_tag_byte(*text); text++)
		;
	return *text == '"' ? text + 1 : NULL;
}

int mca_etag_match(const char *list, const char *etag, bool weak)
{
	size_t length = strlen(etag);
	unsigned tags = 0;
	int found = 0;

	list += strspn(list, ", \t");
	if (*list == '*')
		return *skip_blanks(list + 1) ? -EINVAL : 1;
	while (*list) {
		bool is_weak = strncmp(list, "W/", 2) == 0;
		const char *tag = list + (is_weak ? 2 : 0), *end = tag_end(tag);

		if (!end)
			return -EINVAL;
		tags++;
		if ((weak || !is_weak) && (size_t)(end - tag) == length &&
		    memcmp(tag, etag, length) == 0)
			found = 1;
		list = skip_blanks(end);
		if (*list && *list != ',')
			return -EINVAL;
		/* Empty elements of a list are ignored (RFC 9110, 5.6.1.2). */
		list += strspn(list, ", \t");
	}
	return tags ? found : -EINVAL;
}

static bool refuse(struct mca_api_response *response, int status, const char *etag,
		   const char *detail)
{
	mca_api_problem(response, status, detail);
	snprintf(response->etag, sizeof response->etag, "%s", etag);
	return true;
}

static bool refuse_syntax(struct mca_api_response *response, const char *etag, const char *name)
{
	char detail[160];

	snprintf(detail, sizeof detail, "%s is no list of entity tags: write %s: \"TAG\" with the "
		 "ETag of an earlier answer, or %s: *", name, name, name);
	return refuse(response, 400, etag, detail);
}

static bool not_modified(struct mca_api_response *response, const char *etag)
{
	*response = (struct mca_api_response){ .status = 304 };
	snprintf(response->etag, sizeof response->etag, "%s", etag);
	return true;
}

static bool is_get(const struct mca_api_request *request)
{
	return strcmp(request->method, "POST") != 0;
}

/* The configuration of this generation has this tag. */
static bool refuse_config(const struct mca_api_request *request, uint64_t generation,
			  const char *etag, struct mca_api_response *response)
{
	char detail[200];
	int match = request->if_match ? mca_etag_match(request->if_match, etag, false) : 1;
	int none = request->if_none_match ? mca_etag_match(request->if_none_match, etag, true) : 0;

	if (match < 0)
		return refuse_syntax(response, etag, "If-Match");
	if (none < 0)
		return refuse_syntax(response, etag, "If-None-Match");
	if (match && none && is_get(request))
		return not_modified(response, etag);
	if (match && !none)
		return false;
	snprintf(detail, sizeof detail, "the live configuration is generation %" PRIu64 ", and %s; "
		 "nothing was changed: GET /config, make the change again, and send it",
		 generation, match ? "If-None-Match excludes it" : "If-Match names another one");
	return refuse(response, 412, etag, detail);
}

bool mca_etag_refuse(struct mca_api *api, const struct mca_api_request *request,
		     struct mca_api_response *response)
{
	struct mca_engine_status *status;
	char etag[MCA_ETAG_MAX];
	uint64_t generation;

	if (!request->if_match && !request->if_none_match)
		return false;
	if (!mca_route_find(request->path)->tagged)
		return request->if_match &&
		       refuse(response, 412, "", "this path has no ETag, so that If-Match cannot "
			      "hold: send it to /config only");
	status = calloc(1, sizeof *status);
	if (!status)
		return refuse(response, 500, "", "memory ran out; nothing was changed");
	mca_engine_status(api->engine, status);
	generation = status->generation;
	free(status);
	mca_etag_write(etag, api->boot, generation);
	return refuse_config(request, generation, etag, response);
}
