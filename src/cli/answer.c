/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "mca/cli.h"
#include "mca/client.h"
#include "plain_text.h"
#include "target.h"

/*
 * Requests to the service and what its answers mean for a command line. A problem document becomes
 * a sentence for each of its errors, in the words of the service. A document of another form means
 * that another program answers, and is never printed as if it were the service's.
 */
#define TIMEOUT_MS 5000

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static void print_error(const json_t *error)
{
	const json_t *line = json_object_get(error, "line");
	char *value = json_dumps(json_object_get(error, "value"),
				 JSON_ENCODE_ANY | MCA_TARGET_NUMBERS);

	fputs("  ", stderr);
	if (json_is_integer(line))
		fprintf(stderr, "line %lld: ", (long long)json_integer_value(line));
	mca_plain_print(stderr, "%s: %s", text_of(error, "pointer"), text_of(error, "detail"));
	if (value && mca_value_helps(text_of(error, "detail"), value))
		mca_plain_print(stderr, " (is %s)", value);
	fputc('\n', stderr);
	free(value);
}

int mca_answer_fail(const struct mca_command *command, const struct mca_answer *answer)
{
	const json_t *error;
	size_t i;

	mca_command_failed(command, "%s", answer->why.text);
	json_array_foreach(json_object_get(answer->document, "errors"), i, error)
		print_error(error);
	return MCA_EXIT_FAILURE;
}

static void answer_break(struct mca_answer *answer, int code)
{
	json_decref(answer->document);
	answer->document = NULL;
	answer->kind = code == -ECONNREFUSED ? MCA_ANSWER_ABSENT :
		       code == -ETIMEDOUT ? MCA_ANSWER_SILENT :
		       code == -ECANCELED ? MCA_ANSWER_STOPPED : MCA_ANSWER_BROKEN;
}

/* Every refusal of the service says its status and why. */
static bool is_problem(const json_t *document, int status)
{
	const json_t *number = json_object_get(document, "status");

	return json_integer_value(number) == status &&
	       (text_of(document, "detail")[0] || text_of(document, "title")[0]);
}

static void answer_refuse(struct mca_answer *answer, int status)
{
	const char *detail = text_of(answer->document, "detail");

	answer->kind = MCA_ANSWER_REFUSED;
	mca_diag_set(&answer->why, -EACCES, "the service refused (%d): %s", status,
		     detail[0] ? detail : text_of(answer->document, "title"));
}

static void judge(const struct mca_target *target, const struct mca_client_reply *reply,
		  struct mca_answer *answer)
{
	json_error_t error = {.text = ""};

	answer->status = reply->status;
	if (reply->json)
		answer->document = json_loadb(reply->body, reply->length, JSON_REJECT_DUPLICATES,
					      &error);
	/* An allocation that fails may leave no text of an error at all. */
	if (reply->json && !answer->document &&
	    (!error.text[0] || json_error_code(&error) == json_error_out_of_memory)) {
		mca_diag_set(&answer->why, -ENOMEM, "memory ran out while reading the answer");
		answer_break(answer, -ENOMEM);
		return;
	}
	if (json_is_object(answer->document) && reply->status < 300) {
		answer->kind = MCA_ANSWERED;
		return;
	}
	if (is_problem(answer->document, reply->status)) {
		answer_refuse(answer, reply->status);
		return;
	}
	mca_diag_set(&answer->why, -EPROTO, "%s:%u answers, but not as mission-control-audio does "
		     "(status %d): is this the right port?", target->host, target->port,
		     reply->status);
	answer_break(answer, -EPROTO);
}

void mca_target_ask(const struct mca_target *target, const char *method, const char *path,
		    json_t *body, unsigned timeout_ms, struct mca_answer *answer)
{
	const struct mca_client_target to = {target->host, target->port,
					     target->token[0] ? target->token : NULL,
					     target->interrupt_fd};
	struct mca_client_reply reply = {0};
	char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;
	int code = body && !text ? -ENOMEM : 0;

	json_decref(body);
	*answer = (struct mca_answer){0};
	if (code < 0)
		mca_diag_set(&answer->why, code, "memory ran out while writing the request");
	else
		code = mca_client_request(&to, method, path, text, timeout_ms, &reply,
					  &answer->why);
	free(text);
	if (code < 0)
		answer_break(answer, code);
	else
		judge(target, &reply, answer);
	mca_client_reply_done(&reply);
	if (answer->kind == MCA_ANSWER_ABSENT && target->note[0])
		mca_diag_set(&answer->why, -ECONNREFUSED, "%s, and no program listens on %s:%u: "
			     "start the service with systemctl start mission-control-audio, or "
			     "give --port", target->note, target->host, target->port);
}

void mca_answer_done(struct mca_answer *answer)
{
	json_decref(answer->document);
	answer->document = NULL;
}

int mca_target_fetch(const struct mca_target *target, const struct mca_command *command,
		     const char *method, const char *path, json_t *body, json_t **document)
{
	struct mca_answer answer;
	int code = MCA_COMMAND_GO;

	mca_target_ask(target, method, path, body, TIMEOUT_MS, &answer);
	*document = NULL;
	if (answer.kind != MCA_ANSWERED)
		code = mca_answer_fail(command, &answer);
	else
		*document = json_incref(answer.document);
	mca_answer_done(&answer);
	return code;
}

int mca_target_expect(const struct mca_target *target, const struct mca_command *command,
		      json_t *document, const char *format, ...)
{
	json_error_t error = {.text = ""};
	va_list arguments;
	int result;

	va_start(arguments, format);
	result = json_vunpack_ex(document, &error, JSON_VALIDATE_ONLY, format, arguments);
	va_end(arguments);
	if (result == 0)
		return MCA_COMMAND_GO;
	if (json_error_code(&error) == json_error_out_of_memory)
		return mca_command_failed(command, "memory ran out while reading the answer");
	return mca_command_failed(command, "%s:%u answers, but not as mission-control-audio does "
				  "(%s): is this the right port?", target->host, target->port,
				  error.text);
}

int mca_target_print(const struct mca_command *command, const json_t *document, size_t flags)
{
	if (json_dumpf(document, stdout, flags | MCA_TARGET_NUMBERS) < 0 ||
	    putchar('\n') == EOF || fflush(stdout) == EOF)
		return mca_command_failed(command, "cannot write the answer");
	return MCA_EXIT_OK;
}
