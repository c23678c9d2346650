/* SPDX-License-Identifier: MIT */
/*
 * One request over one connection. An answer is taken only if it is whole and has the form that the
 * service gives its answers; everything else is an error with a sentence that says what came.
 */
#include "mca/client.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chunks.h"
#include "link.h"
#include "mca/diag.h"
#include "reply_head.h"

#define HEAD_MAX 16384
#define BODY_MAX (4 * 1024 * 1024)
#define ROOM_FIRST 16384
#define CHECK_PORT "check with --port that mission-control-audio listens there"

/* What has been received. Longer than this is no answer of the service. */
struct inbox {
	char *text;              /* malloc'ed, terminated */
	size_t length, room;
};

static int explain_connect(const struct mca_client_target *target, int code, unsigned timeout_ms,
			   struct mca_diag *diag)
{
	switch (code) {
	case -ECANCELED:
		return mca_diag_set(diag, code, "interrupted");
	case -ENOMEM:
		return mca_diag_set(diag, code, "memory ran out while connecting to %s:%u",
				    target->host, target->port);
	case -ECONNREFUSED:
		return mca_diag_set(diag, code, "no program listens on %s:%u: start the service "
				    "with systemctl start mission-control-audio, or give --port",
				    target->host, target->port);
	case -ETIMEDOUT:
		return mca_diag_set(diag, -EHOSTUNREACH, "no connection to %s:%u within %u ms: "
				    "check the address", target->host, target->port, timeout_ms);
	case -ENOENT:
		return mca_diag_set(diag, -EHOSTUNREACH, "%s is no known host or IPv4 address: "
				    "check the address", target->host);
	default:
		return mca_diag_set(diag, code, "no connection to %s:%u: %s; check the address",
				    target->host, target->port, strerror(-code));
	}
}

/* A value that goes into the head must not end its line. */
static bool is_one_line(const char *text)
{
	return !text[strcspn(text, "\r\n")];
}

/* The whole request as one text, or NULL. */
static char *compose(const struct mca_client_target *target, const char *method, const char *path,
		     const char *body, size_t *length)
{
	bool takes_body = body || strcmp(method, "POST") == 0;
	char *text = NULL, size[80] = "";
	int count;

	if (takes_body)
		snprintf(size, sizeof size, "Content-Type: application/json\r\n"
			 "Content-Length: %zu\r\n", body ? strlen(body) : 0);
	count = asprintf(&text, "%s %s HTTP/1.1\r\nHost: %s:%u\r\nConnection: close\r\n"
			 "%s%s%s%s\r\n%s", method, path, target->host, target->port,
			 target->token ? "Authorization: Bearer " : "",
			 target->token ? target->token : "", target->token ? "\r\n" : "", size,
			 body ? body : "");
	*length = count > 0 ? (size_t)count : 0;
	return count > 0 ? text : NULL;
}

/* Receive more. 1, 0 at the end of the connection, or negative errno. */
static int inbox_fill(struct inbox *inbox, const struct mca_link *link)
{
	int got;

	if (inbox->length > HEAD_MAX + BODY_MAX)
		return -EFBIG;
	if (inbox->room < inbox->length + ROOM_FIRST / 2) {
		size_t room = inbox->room ? 2 * inbox->room : ROOM_FIRST;
		char *longer = realloc(inbox->text, room);

		if (!longer)
			return -ENOMEM;
		inbox->text = longer;
		inbox->room = room;
	}
	got = mca_link_receive(link, inbox->text + inbox->length, inbox->room - inbox->length - 1);
	if (got == -ETIMEDOUT && inbox->length > 0)
		return -ETIME;
	if (got < 0)
		return got;
	inbox->length += (size_t)got;
	inbox->text[inbox->length] = '\0';
	return got > 0;
}

/* Receive until the head is there. The position behind its empty line, or negative errno. */
static int read_head(struct inbox *inbox, const struct mca_link *link, struct mca_reply_head *head)
{
	const char *end;
	int code;

	do {
		code = inbox_fill(inbox, link);
		if (code < 0)
			return code;
		if (!mca_reply_head_begins(inbox->text, inbox->length))
			return -EPROTO;
		end = memmem(inbox->text, inbox->length, "\r\n\r\n", 4);
		if (!end && code == 0)
			return inbox->length ? -ECONNABORTED : -ECONNRESET;
		if (!end && inbox->length > HEAD_MAX)
			return -EPROTO;
	} while (!end);
	if (mca_reply_head_parse(head, inbox->text, (size_t)(end - inbox->text)) < 0)
		return -EPROTO;
	return (int)(end - inbox->text) + 4;
}

/* Receive as much as was announced. */
static int read_counted(struct inbox *inbox, const struct mca_link *link, size_t at, size_t length)
{
	int code = 1;

	if (length > BODY_MAX)
		return -EFBIG;
	while (code > 0 && inbox->length < at + length)
		code = inbox_fill(inbox, link);
	return code < 0 ? code : inbox->length < at + length ? -ECONNABORTED : 0;
}

static int read_chunks(struct inbox *inbox, const struct mca_link *link, size_t at, size_t *length)
{
	int code;

	while (!(code = mca_chunks_join(inbox->text + at, inbox->length - at, length))) {
		code = inbox_fill(inbox, link);
		if (code <= 0)
			return code < 0 ? code : -ECONNABORTED;
	}
	return code < 0 ? -EPROTO : 0;
}

/* Receive the body, which begins at `at`, and make it the reply's. Where its end is not announced
 * nobody can tell whether it is whole. */
static int read_body(struct inbox *inbox, const struct mca_link *link, size_t at,
		     const struct mca_reply_head *head, struct mca_client_reply *reply)
{
	size_t length = head->content_length > 0 ? (size_t)head->content_length : 0;
	int code;

	if (head->coded || head->chunked == (head->content_length >= 0))
		return -EPROTO;
	code = head->chunked ? read_chunks(inbox, link, at, &length) :
			       read_counted(inbox, link, at, length);
	if (code)
		return code;
	memmove(inbox->text, inbox->text + at, length);
	inbox->text[length] = '\0';
	*reply = (struct mca_client_reply){ .status = head->status, .json = head->json,
					    .body = inbox->text, .length = length };
	inbox->text = NULL;
	return 0;
}

/* A peer that answers before it has read everything may have closed already: its answer counts. */
static int exchange(const struct mca_link *link, const char *text, size_t length,
		    struct mca_client_reply *reply)
{
	struct mca_reply_head head;
	struct inbox inbox = { 0 };
	int code = mca_link_send(link, text, length);

	if (code == 0 || code == -EPIPE || code == -ECONNRESET)
		code = read_head(&inbox, link, &head);
	if (code > 0)
		code = read_body(&inbox, link, (size_t)code, &head, reply);
	free(inbox.text);
	return code;
}

static int explain(const struct mca_client_target *target, int code, unsigned timeout_ms,
		   struct mca_diag *diag)
{
	const char *host = target->host;
	unsigned port = target->port;

	switch (code) {
	case 0:
		return 0;
	case -ECANCELED:
		return mca_diag_set(diag, code, "interrupted");
	case -ENOMEM:
		return mca_diag_set(diag, code, "memory ran out during the request to %s:%u", host,
				    port);
	case -ETIMEDOUT:
		return mca_diag_set(diag, code, "%s:%u accepted the connection and sent no answer "
				    "within %u ms: " CHECK_PORT, host, port, timeout_ms);
	case -ETIME:
		return mca_diag_set(diag, code, "the answer of %s:%u was not complete within %u "
				    "ms: " CHECK_PORT, host, port, timeout_ms);
	case -EPIPE:
	case -ECONNRESET:
		return mca_diag_set(diag, -ECONNRESET, "%s:%u closed the connection without an "
				    "answer: " CHECK_PORT, host, port);
	case -ECONNABORTED:
		return mca_diag_set(diag, code, "%s:%u closed the connection in the middle of its "
				    "answer: try again", host, port);
	case -EFBIG:
		return mca_diag_set(diag, code, "the answer of %s:%u is longer than %d MiB: "
				    CHECK_PORT, host, port, BODY_MAX >> 20);
	case -EPROTO:
		return mca_diag_set(diag, code, "the answer of %s:%u is not an HTTP answer as "
				    "mission-control-audio gives it: " CHECK_PORT, host, port);
	default:
		return mca_diag_set(diag, code, "the connection to %s:%u broke: %s; try again",
				    host, port, strerror(-code));
	}
}

int mca_client_request(const struct mca_client_target *target, const char *method,
		       const char *path, const char *body, unsigned timeout_ms,
		       struct mca_client_reply *reply, struct mca_diag *diag)
{
	struct mca_link link;
	size_t length;
	char *text;
	int code;

	*reply = (struct mca_client_reply){ 0 };
	if (target->token && !is_one_line(target->token))
		return mca_diag_set(diag, -EINVAL, "the token holds a line break: keep it on one "
				    "line");
	text = compose(target, method, path, body, &length);
	if (!text)
		return explain(target, -ENOMEM, timeout_ms, diag);
	code = mca_link_open(&link, target, timeout_ms);
	if (code)
		code = explain_connect(target, code, timeout_ms, diag);
	else
		code = explain(target, exchange(&link, text, length, reply), timeout_ms, diag);
	mca_link_close(&link);
	explicit_bzero(text, length);
	free(text);
	return code;
}

void mca_client_reply_done(struct mca_client_reply *reply)
{
	free(reply->body);
	*reply = (struct mca_client_reply){ 0 };
}
