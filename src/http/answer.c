/* SPDX-License-Identifier: MIT */
/*
 * Every answer is fresh (no-store), is what it says (nosniff) and, by saying nothing about
 * origins, is unreadable for pages of other sites.
 */
#include "answer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mca/api.h"

#define HEAD_MAX 1024 /* all lines together; none holds text of a client */

struct lines {
	char text[HEAD_MAX];
	size_t used;
};

__attribute__((format(printf, 2, 3)))
static void put(struct lines *lines, const char *format, ...)
{
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(lines->text + lines->used, sizeof lines->text - lines->used, format,
			   arguments);
	va_end(arguments);
	lines->used += (size_t)length;
}

static void put_date(struct lines *lines)
{
	static const char day[7][4] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
	static const char month[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug",
					   "Sep", "Oct", "Nov", "Dec" };
	time_t now = time(NULL);
	struct tm t;

	gmtime_r(&now, &t);
	put(lines, "Date: %s, %02d %s %d %02d:%02d:%02d GMT\r\n", day[t.tm_wday], t.tm_mday,
	    month[t.tm_mon], t.tm_year + 1900, t.tm_hour, t.tm_min, t.tm_sec);
}

static void put_lines(struct lines *lines, const struct mca_api_response *response, bool keep_alive)
{
	put(lines, "HTTP/1.1 %d %s\r\n", response->status, mca_api_status_text(response->status));
	put_date(lines);
	/* A 304 has no body, and its length would have to be that of the 200. */
	if (response->status != 304)
		put(lines, "Content-Type: %s\r\nContent-Length: %zu\r\n",
		    response->content_type ? response->content_type : "text/plain",
		    response->length);
	put(lines, "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n");
	if (response->allow)
		put(lines, "Allow: %s\r\n", response->allow);
	if (response->etag[0])
		put(lines, "ETag: %s\r\n", response->etag);
	if (response->status == 401)
		put(lines, "WWW-Authenticate: Bearer\r\n");
	if (response->status == 503)
		put(lines, "Retry-After: 1\r\n");
	put(lines, "Connection: %s\r\n\r\n", keep_alive ? "keep-alive" : "close");
}

char *mca_answer_text(const struct mca_api_response *response, bool keep_alive, bool head_only,
		      size_t *length)
{
	struct lines lines = { .used = 0 };
	char *text;

	put_lines(&lines, response, keep_alive);
	*length = lines.used + (head_only ? 0 : response->length);
	text = malloc(*length);
	if (!text)
		return NULL;
	memcpy(text, lines.text, lines.used);
	if (!head_only && response->length > 0)
		memcpy(text + lines.used, response->body, response->length);
	return text;
}
