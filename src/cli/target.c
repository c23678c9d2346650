/* SPDX-License-Identifier: MIT */
#include "target.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "default_config.h"
#include "mca/cli.h"
#include "mca/client.h"
#include "mca/config.h"
#include "mca/diag.h"
#include "plain_text.h"

/*
 * Requests to the service and what its answers mean for a command line: a problem document becomes
 * a sentence for each of its errors, in the words of the service.
 */
#define PORT_DEFAULT 8000
#define TIMEOUT_MS 5000

/* The first line of the file; 0, negative errno, or -ENODATA when nothing stands there. */
static int read_token(struct mca_target *target, const char *path)
{
	FILE *file = fopen(path, "re");
	size_t length;

	if (!file)
		return -errno;
	length = fread(target->token, 1, sizeof(target->token) - 1, file);
	fclose(file);
	target->token[length] = '\0';
	target->token[strcspn(target->token, "\r\n")] = '\0';
	return target->token[0] ? 0 : -ENODATA;
}

static int take_token(struct mca_target *target, const struct mca_command *command,
		      const char *path)
{
	int result = read_token(target, path);

	if (result == -ENODATA)
		return mca_command_failed(command, "the token file %s is empty: put the token into "
					  "its first line", path);
	if (result < 0)
		return mca_command_failed(command, "cannot read the token file %s: %s", path,
					  strerror(-result));
	return MCA_COMMAND_GO;
}

/* A service that listens everywhere is reached on loopback. */
static const char *reachable(const char *bind)
{
	return strcmp(bind, "0.0.0.0") ? bind : "127.0.0.1";
}

static int take_settings(struct mca_target *target, const struct mca_command *command,
			 const struct mca_settings *settings)
{
	if (!target->host) {
		target->owned_host = strdup(reachable(settings->http.bind));
		target->host = target->owned_host;
	}
	if (!target->port && !settings->http.port)
		return mca_command_failed(command, "%s lets the service pick any free port: say "
					  "which with --port", target->config);
	if (!target->port)
		target->port = settings->http.port;
	if (!target->token_file && settings->http.token_file[0])
		return take_token(target, command, settings->http.token_file);
	return MCA_COMMAND_GO;
}

/* Where the service manager hands the token over, for commands that it runs itself. */
static void take_credential(struct mca_target *target)
{
	const char *folder = getenv("CREDENTIALS_DIRECTORY");
	char *path;

	if (!folder || asprintf(&path, "%s/api-token", folder) < 0)
		return;
	read_token(target, path);
	free(path);
}

/* Nothing was said: look where the service would look. What cannot be read there is no fault of
 * this command's user, who may be anybody; a service that wants a token will say so. */
static void take_default_config(struct mca_target *target)
{
	struct mca_settings *settings = calloc(1, sizeof(*settings));
	struct mca_faults faults = {0};
	char path[MCA_DEFAULT_CONFIG_MAX];

	if (settings && mca_default_config(path) && mca_config_load(path, settings, &faults) == 0) {
		target->port = settings->http.port;
		target->owned_host = strdup(reachable(settings->http.bind));
		target->host = target->owned_host;
		if (settings->http.token_file[0])
			read_token(target, settings->http.token_file);
	}
	mca_faults_done(&faults);
	free(settings);
}

int mca_target_resolve(struct mca_target *target, const struct mca_command *command)
{
	struct mca_settings *settings = NULL;
	int code = MCA_COMMAND_GO;

	if (target->config) {
		code = mca_command_load(command, target->config, &settings);
		if (code == MCA_COMMAND_GO)
			code = take_settings(target, command, settings);
		free(settings);
	} else if (!target->host && !target->port) {
		take_default_config(target);
	}
	if (code == MCA_COMMAND_GO && target->token_file)
		code = take_token(target, command, target->token_file);
	if (code == MCA_COMMAND_GO && !target->token[0])
		take_credential(target);
	if (!target->host)
		target->host = "127.0.0.1";
	if (!target->port)
		target->port = PORT_DEFAULT;
	return code;
}

void mca_target_done(struct mca_target *target)
{
	free(target->owned_host);
	explicit_bzero(target->token, sizeof(target->token));
}

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static void print_problem(const struct mca_command *command, int status, const json_t *problem)
{
	const char *detail = text_of(problem, "detail");
	const json_t *errors = json_object_get(problem, "errors");
	const json_t *error;
	size_t i;

	if (!detail[0])
		detail = text_of(problem, "title");
	mca_command_failed(command, "the service refused (%d): %s", status,
			   detail[0] ? detail : "it gave no reason; is this the right port?");
	json_array_foreach(errors, i, error) {
		char *value = json_dumps(json_object_get(error, "value"),
					 JSON_ENCODE_ANY | MCA_TARGET_NUMBERS);

		mca_plain_print(stderr, "  %s: %s", text_of(error, "pointer"),
				text_of(error, "detail"));
		if (value && mca_value_helps(text_of(error, "detail"), value))
			mca_plain_print(stderr, " (is %s)", value);
		fputc('\n', stderr);
		free(value);
	}
}

static enum mca_target_answer judge(const struct mca_target *target,
				    const struct mca_command *command,
				    const struct mca_client_reply *reply, json_t **document)
{
	json_error_t error;
	json_t *answer = json_loadb(reply->body ? reply->body : "", reply->length, 0, &error);

	if (reply->status >= 200 && reply->status < 300 && answer) {
		*document = answer;
		return MCA_TARGET_ANSWERED;
	}
	if (reply->status >= 400) {
		print_problem(command, reply->status, answer);
		json_decref(answer);
		return MCA_TARGET_REFUSED;
	}
	json_decref(answer);
	mca_command_failed(command, "%s:%u answers, but not as mission-control-audio does "
			   "(status %d): is this the right port?", target->host, target->port,
			   reply->status);
	return MCA_TARGET_BROKEN;
}

enum mca_target_answer mca_target_ask(const struct mca_target *target,
				      const struct mca_command *command, const char *method,
				      const char *path, json_t *body, unsigned timeout_ms,
				      json_t **document, struct mca_diag *why)
{
	const struct mca_client_target to = {target->host, target->port,
					     target->token[0] ? target->token : NULL};
	struct mca_client_reply reply = {0};
	enum mca_target_answer answer;
	char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;
	int result;

	json_decref(body);
	result = mca_client_request(&to, method, path, text, timeout_ms, &reply, why);
	free(text);
	if (result == -ECONNREFUSED)
		return MCA_TARGET_ABSENT;
	if (result == -ETIMEDOUT)
		return MCA_TARGET_SILENT;
	if (result < 0) {
		mca_command_failed(command, "%s", why->text);
		return MCA_TARGET_BROKEN;
	}
	answer = judge(target, command, &reply, document);
	mca_client_reply_done(&reply);
	return answer;
}

int mca_target_fetch(const struct mca_target *target, const struct mca_command *command,
		     const char *method, const char *path, json_t *body, json_t **document)
{
	struct mca_diag why = {0};

	switch (mca_target_ask(target, command, method, path, body, TIMEOUT_MS, document, &why)) {
	case MCA_TARGET_ANSWERED:
		return MCA_COMMAND_GO;
	case MCA_TARGET_ABSENT:
	case MCA_TARGET_SILENT:
		return mca_command_failed(command, "%s", why.text);
	case MCA_TARGET_REFUSED:
	case MCA_TARGET_BROKEN:
		break;
	}
	return MCA_EXIT_FAILURE;
}

int mca_target_print(const struct mca_command *command, const json_t *document, size_t flags)
{
	if (json_dumpf(document, stdout, flags | MCA_TARGET_NUMBERS) < 0 ||
	    putchar('\n') == EOF || fflush(stdout) == EOF)
		return mca_command_failed(command, "cannot write the answer");
	return MCA_EXIT_OK;
}
