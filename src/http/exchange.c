/* SPDX-License-Identifier: MIT */
/*
 * One request from head to answer. Checks go from the frame of the message inwards: framing, host,
 * token, route, and only then is a byte of the body read. Whatever is refused before its body was
 * read costs the connection, since nobody knows what the rest of it is.
 */
#include "exchange.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "mca/api.h"
#include "token.h"

#define HEAD_MAX 8192 /* a whole head is not longer */

static void send_response(struct mca_exchange *exchange, const struct mca_api_response *response,
			  bool head_only)
{
	size_t length;
	char *text = mca_answer_text(response, exchange->keep_alive, head_only, &length);

	exchange->status = response->status;
	if (!text || exchange->write(exchange->connection, text, length) < 0)
		exchange->keep_alive = false;
	free(text);
}

static void refuse(struct mca_exchange *exchange, int status, const char *detail)
{
	struct mca_api_response response;

	exchange->keep_alive = false;
	mca_api_problem(&response, status, detail);
	send_response(exchange, &response, false);
	mca_api_response_done(&response);
}

/* CivetWeb has one code for garbage, for a head that is too long and for one that came too late. */
void mca_exchange_refuse(struct mca_exchange *exchange, int status, const char *method,
			 const char *version)
{
	bool is_method = method && version && mca_head_is_token(method);

	if (status == 505 || (version && strncmp(version, "1.", 2) != 0))
		refuse(exchange, 505, "speak HTTP/1.1 or HTTP/1.0");
	else if (is_method && !mca_api_takes_method(method))
		refuse(exchange, 501, "this method is unknown here: use GET, HEAD or POST");
	else if (status == 500)
		refuse(exchange, 500, "the request could not be read");
	else
		refuse(exchange, 400, "this is no HTTP request, its head holds a tab or another "
		       "control character, is longer than 8192 bytes, or did not arrive in time");
}

static struct mca_refusal check(const struct mca_exchange *exchange, struct mca_framing *framing)
{
	const struct mca_head *head = exchange->head;
	struct mca_refusal refusal = mca_head_frame(head, framing);

	/* The 65th header looks malformed too, so the better reason comes first. */
	if (refusal.status != 431 && !exchange->plain)
		refusal = MCA_REFUSE(400, "the head is malformed: end every line in CR LF, fold "
				     "none, and write no blank before a colon");
	if (!refusal.status)
		refusal = mca_hosts_check(&exchange->house->hosts, head);
	if (!refusal.status)
		refusal = mca_token_check(exchange->house->token, head);
	return refusal;
}

/* 0 and the body (NULL when it is empty), or negative errno after what could be answered was. */
static int read_body(struct mca_exchange *exchange, const struct mca_framing *framing, char **body)
{
	static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
	int code;

	*body = NULL;
	if (framing->length == 0)
		return 0;
	if (framing->expects_continue &&
	    exchange->write(exchange->connection, go_on, sizeof go_on - 1) < 0)
		return -ECONNRESET;
	*body = malloc(framing->length);
	if (!*body) {
		refuse(exchange, 503, "memory ran out; try again");
		return -ENOMEM;
	}
	code = mca_body_read(exchange->read, exchange->connection, *body, framing->length,
			     exchange->house->body_timeout_ms);
	if (code == -ETIMEDOUT)
		refuse(exchange, 408, "the body did not arrive in time; nothing was "
				    "done");
	if (code)
		free(*body);
	return code;
}

struct job {
	struct mca_api *api;
	const struct mca_api_request *request;
	struct mca_api_response *response;
};

static void run_job(void *arg)
{
	struct job *job = arg;

	mca_api_handle(job->api, job->request, job->response);
}

/* The job lives on this stack: run_on_control returns only when it has run, or never will. */
static int run_on_control(struct mca_house *house, struct job *job)
{
	int code = -EBUSY;

	/* A worker for each that waits: a flood of them must leave workers for the others. */
	if (atomic_fetch_add(&house->control_calls, 1) < house->control_calls_max)
		code = house->run_on_control(house->context, run_job, job,
					     house->control_timeout_ms);
	atomic_fetch_sub(&house->control_calls, 1);
	return code;
}

static void handle(struct mca_house *house, const struct mca_api_request *request,
		   struct mca_api_response *response)
{
	struct job job = { atomic_load(&house->api), request, response };
	int code;

	if (!job.api) {
		mca_api_problem(response, 503, "the service is starting; try again");
		return;
	}
	if (!mca_api_needs_control(request)) {
		run_job(&job);
		return;
	}
	code = run_on_control(house, &job);
	if (code == -ESHUTDOWN)
		mca_api_problem(response, 503, "the service is stopping; nothing was changed");
	else if (code)
		mca_api_problem(response, 503, "the service is busy with devices; nothing was "
				"changed, try again");
}

static void answer(struct mca_exchange *exchange, struct mca_api_request *request,
		   const struct mca_framing *framing)
{
	bool posted = strcmp(request->method, "POST") == 0;
	struct mca_api_response response;
	char *body = NULL;

	/* A body that nobody asked for (GET), or that is refused unread, stays in the socket. */
	exchange->unread = framing->length > 0;
	exchange->keep_alive = framing->keep_alive && !exchange->last && !exchange->unread;
	if (!mca_api_refuse(request, &response)) {
		if (posted && read_body(exchange, framing, &body))
			return;
		if (posted) {
			exchange->unread = false;
			exchange->keep_alive = framing->keep_alive && !exchange->last;
		} else {
			request->body_length = 0;
		}
		request->body = body;
		handle(exchange->house, request, &response);
		free(body);
	}
	/* Whoever forgot the length may have sent the body all the same. */
	if (response.status == 411) {
		exchange->unread = true;
		exchange->keep_alive = false;
	}
	send_response(exchange, &response, strcmp(request->method, "HEAD") == 0);
	mca_api_response_done(&response);
}

void mca_exchange_run(struct mca_exchange *exchange)
{
	const struct mca_head *head = exchange->head;
	char encoding[HEAD_MAX], match[HEAD_MAX], none_match[HEAD_MAX];
	struct mca_framing framing;
	struct mca_refusal refusal = check(exchange, &framing);
	struct mca_api_request request = {
		.method = head->method, .path = head->path, .query = head->query,
		.content_type = mca_head_value(head, "Content-Type"),
		.content_encoding = mca_head_join(head, "Content-Encoding", encoding, HEAD_MAX),
		.if_match = mca_head_join(head, "If-Match", match, HEAD_MAX),
		.if_none_match = mca_head_join(head, "If-None-Match", none_match, HEAD_MAX),
		.has_length = framing.has_length,
		.body_length = framing.length, .client = exchange->client,
	};

	if (refusal.status) {
		exchange->unread = true;
		refuse(exchange, refusal.status, refusal.detail);
		return;
	}
	answer(exchange, &request, &framing);
}
