/* SPDX-License-Identifier: MIT */
/*
 * `type` is about:blank throughout, so by RFC 9457 `title` is the phrase of the status code and
 * the sentence a person needs stands in `detail`. A fault's value goes out as the JSON it was;
 * when it was cut to fit it no longer parses and goes out as text.
 */
#include "problem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "document.h"

const char *mca_api_status_text(int status)
{
	static const struct {
		int status;
		const char *text;
	} known[] = {
		{ 100, "Continue" },
		{ 200, "OK" },
		{ 304, "Not Modified" },
		{ 400, "Bad Request" },
		{ 401, "Unauthorized" },
		{ 403, "Forbidden" },
		{ 404, "Not Found" },
		{ 405, "Method Not Allowed" },
		{ 408, "Request Timeout" },
		{ 409, "Conflict" },
		{ 411, "Length Required" },
		{ 412, "Precondition Failed" },
		{ 413, "Content Too Large" },
		{ 415, "Unsupported Media Type" },
		{ 417, "Expectation Failed" },
		{ 421, "Misdirected Request" },
		{ 422, "Unprocessable Content" },
		{ 431, "Request Header Fields Too Large" },
		{ 500, "Internal Server Error" },
		{ 501, "Not Implemented" },
		{ 503, "Service Unavailable" },
		{ 505, "HTTP Version Not Supported" },
		{ 507, "Insufficient Storage" },
	};

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (known[i].status == status)
			return known[i].text;
	return "Error";
}

static json_t *value_of(const char *text)
{
	json_t *value;

	if (!text[0])
		return json_null();
	value = json_loads(text, JSON_DECODE_ANY, NULL);
	return value ? value : mca_document_text(text);
}

static json_t *fault_of(const struct mca_diag *diag)
{
	json_t *fault = json_pack("{s:o, s:o, s:o}", "pointer", mca_document_text(diag->pointer),
				  "detail", mca_document_text(diag->text), "value",
				  value_of(diag->value));

	if (fault && diag->line > 0 && mca_document_put(fault, "line", json_integer(diag->line))) {
		json_decref(fault);
		return NULL;
	}
	return fault;
}

static json_t *faults_of(const struct mca_faults *faults)
{
	json_t *list = json_array();

	for (size_t i = 0; list && i < faults->count; i++)
		if (json_array_append_new(list, fault_of(&faults->list[i]))) {
			json_decref(list);
			return NULL;
		}
	return list;
}

static char *text_of(int status, const char *detail, const struct mca_faults *faults,
		     size_t *length)
{
	json_t *problem = json_pack("{s:s, s:s, s:i, s:o}", "type", "about:blank", "title",
				    mca_api_status_text(status), "status", status, "detail",
				    mca_document_text(detail));
	char *text = NULL;

	if (!problem)
		return NULL;
	if (!faults || !faults->count || !mca_document_put(problem, "errors", faults_of(faults)))
		text = mca_document_dump(problem, length);
	json_decref(problem);
	return text;
}

void mca_problem_send(struct mca_api_response *response, int status, const char *detail,
		      const struct mca_faults *faults)
{
	size_t length = 0;
	char *text = text_of(status, detail, faults, &length);

	if (!text) {
		status = 500;
		text = strdup("{\"type\":\"about:blank\",\"title\":\"Internal Server "
			      "Error\",\"status\":500,\"detail\":\"memory ran out\"}\n");
		length = text ? strlen(text) : 0;
	}
	*response = (struct mca_api_response){
		.status = status,
		.content_type = "application/problem+json",
		.body = text,
		.length = length,
	};
}

void mca_problem_faults(struct mca_api_response *response, int status, const char *outcome,
			const struct mca_faults *faults)
{
	size_t count = faults->count + faults->lost;
	char detail[640];
	const char *first = faults->count ? faults->list[0].text : "memory ran out";
	size_t length = strlen(first);

	/* Some sentences come with their full stop, some without. */
	length -= length > 0 && first[length - 1] == '.';
	if (count > 1)
		snprintf(detail, sizeof detail, "%zu faults; %s: see errors", count, outcome);
	else
		snprintf(detail, sizeof detail, "%.*s; %s", (int)length, first, outcome);
	mca_problem_send(response, status, detail, faults);
}

void mca_api_problem(struct mca_api_response *response, int status, const char *detail)
{
	mca_problem_send(response, status, detail, NULL);
}

void mca_api_response_done(struct mca_api_response *response)
{
	free(response->body);
	*response = (struct mca_api_response){ 0 };
}
