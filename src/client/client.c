/* SPDX-License-Identifier: MIT */
/*
 * One request over one connection with CivetWeb's client half. It tells what went wrong in words
 * only (strerror() at the end of its sentence), so the words are compared with those of this C
 * library.
 */
#include "mca/client.h"

#include <civetweb.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mca/diag.h"

#define REPLY_MAX (4 * 1024 * 1024)

static int explain_connect(const struct mca_client_target *target, const char *words,
			   struct mca_diag *diag)
{
	if (strstr(words, strerror(ECONNREFUSED)))
		return mca_diag_set(diag, -ECONNREFUSED, "nothing listens on %s:%u: start the "
				    "service with systemctl start mission-control-audio, or give "
				    "--port",
				    target->host, target->port);
	if (strstr(words, "timeout"))
		return mca_diag_set(diag, -ETIMEDOUT, "%s:%u does not answer: check the address",
				    target->host, target->port);
	if (strstr(words, "host not found"))
		return mca_diag_set(diag, -EHOSTUNREACH, "%s is no known host or IPv4 address: "
				    "check the address", target->host);
	return mca_diag_set(diag, -EIO, "no connection to %s:%u: %s", target->host, target->port,
			    words);
}

/* A value that goes into the head must not end its line. */
static bool is_one_line(const char *text)
{
	return !text[strcspn(text, "\r\n")];
}

static int send_request(struct mg_connection *connection, const struct mca_client_target *target,
			const char *method, const char *path, const char *body)
{
	size_t length = body ? strlen(body) : 0;
	bool takes_body = body || strcmp(method, "POST") == 0;
	int sent;

	sent = mg_printf(connection, "%s %s HTTP/1.1\r\nHost: %s:%u\r\nConnection: close\r\n",
			 method,
			 path, target->host, target->port);
	if (sent > 0 && target->token)
		sent = mg_printf(connection, "Authorization: Bearer %s\r\n", target->token);
	if (sent > 0 && takes_body)
		sent = mg_printf(connection, "Content-Type: application/json\r\n"
				 "Content-Length: %zu\r\n", length);
	if (sent > 0)
		sent = mg_write(connection, "\r\n", 2);
	if (sent > 0 && length > 0)
		sent = mg_write(connection, body, length);
	return sent > 0 ? 0 : -EPIPE;
}

/* 0 and the terminated body, or negative errno. */
static int read_body(struct mg_connection *connection, struct mca_client_reply *reply)
{
	size_t room = 4096;
	int got = 1;

	reply->body = malloc(room);
	reply->length = 0;
	while (reply->body && got > 0 && reply->length < REPLY_MAX) {
		char *longer = realloc(reply->body, room = reply->length + 65536);

		if (!longer)
			return -ENOMEM;
		reply->body = longer;
		got = mg_read(connection, longer + reply->length, room - reply->length - 1);
		reply->length += got > 0 ? (size_t)got : 0;
	}
	if (!reply->body)
		return -ENOMEM;
	reply->body[reply->length] = '\0';
	return got < 0 ? -ECONNRESET : got > 0 ? -EFBIG : 0;
}

static int read_reply(struct mg_connection *connection, unsigned timeout_ms,
		      struct mca_client_reply *reply)
{
	const struct mg_response_info *info;
	char words[200] = "";
	int code;

	if (mg_get_response(connection, words, sizeof words, (int)timeout_ms) < 0)
		return -ETIMEDOUT;
	info = mg_get_response_info(connection);
	reply->status = info->status_code;
	code = read_body(connection, reply);
	if (!code && info->content_length >= 0 && reply->length != (size_t)info->content_length)
		code = -ECONNRESET;
	return code;
}

static int exchange(struct mg_connection *connection, const struct mca_client_target *target,
		    const char *method, const char *path, const char *body, unsigned timeout_ms,
		    struct mca_client_reply *reply, struct mca_diag *diag)
{
	int code = send_request(connection, target, method, path, body);

	if (!code)
		code = read_reply(connection, timeout_ms, reply);
	if (!code)
		return 0;
	mca_client_reply_done(reply);
	if (code == -ETIMEDOUT)
		return mca_diag_set(diag, code, "%s:%u took the request and gave no answer within "
				    "%u ms: is it mission-control-audio, and is it alive?",
				    target->host,
				    target->port, timeout_ms);
	return mca_diag_set(diag, code, "the connection to %s:%u broke: %s; try again",
			    target->host,
			    target->port, strerror(-code));
}

int mca_client_request(const struct mca_client_target *target, const char *method,
		       const char *path, const char *body, unsigned timeout_ms,
		       struct mca_client_reply *reply, struct mca_diag *diag)
{
	struct mg_connection *connection;
	char words[200] = "";
	int code;

	*reply = (struct mca_client_reply){ 0 };
	if (target->token && !is_one_line(target->token))
		return mca_diag_set(diag, -EINVAL, "the token holds a line break: keep it on one "
				    "line");
	mg_init_library(MG_FEATURES_DEFAULT);
	connection = mg_connect_client(target->host, (int)target->port, 0, words, sizeof words);
	if (connection) {
		code = exchange(connection, target, method, path, body, timeout_ms, reply, diag);
		mg_close_connection(connection);
	} else {
		code = explain_connect(target, words, diag);
	}
	mg_exit_library();
	return code;
}

void mca_client_reply_done(struct mca_client_reply *reply)
{
	free(reply->body);
	*reply = (struct mca_client_reply){ 0 };
}
