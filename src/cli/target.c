/* SPDX-License-Identifier: MIT */
#include "target.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "default_config.h"
#include "mca/cli.h"
#include "mca/config.h"
#include "mca/diag.h"
#include "mca/runtime_file.h"

/*
 * The running service is found by its runtime file, because the configuration file may have changed
 * or become invalid since the service read it. Only when no service has such a file does the
 * configuration count: the service may run without one.
 */
#define PORT_DEFAULT 8000

/* Cut the first line out of what was read. 0, -ENODATA, -EBADMSG or -EFBIG. */
static int cut_token(char *token, size_t read, size_t max)
{
	size_t length = 0;

	while (length < read && token[length] != '\r' && token[length] != '\n') {
		if ((token[length] < ' ' && token[length] != '\t') || token[length] >= 0x7f)
			return -EBADMSG;
		length++;
	}
	if (length > max)
		return -EFBIG;
	token[length] = '\0';
	return length ? 0 : -ENODATA;
}

/* The first line of the file; 0 or negative errno, with no token: -ENODATA when nothing stands
 * there, -EBADMSG when it is no text, -EFBIG when it is too long. */
static int read_token(struct mca_target *target, const char *path)
{
	FILE *file = fopen(path, "re");
	size_t read;
	int code;

	if (!file)
		return -errno;
	/* What is too long fills the place of the terminator. */
	read = fread(target->token, 1, sizeof(target->token), file);
	code = ferror(file) ? -errno : cut_token(target->token, read, sizeof(target->token) - 1);
	fclose(file);
	if (code < 0)
		target->token[0] = '\0';
	return code;
}

static int take_token(struct mca_target *target, const struct mca_command *command,
		      const char *path)
{
	int result = read_token(target, path);

	if (result == -ENODATA)
		return mca_command_failed(command, "the token file %s is empty: put the token into "
					  "its first line", path);
	if (result == -EBADMSG)
		return mca_command_failed(command, "the token file %s does not begin with text "
					  "that can be a token: put one word of visible ASCII "
					  "characters into its first line", path);
	if (result == -EFBIG)
		return mca_command_failed(command, "the first line of the token file %s is longer "
					  "than %d bytes: put only the token into it", path,
					  MCA_TARGET_TOKEN_MAX - 1);
	if (result < 0)
		return mca_command_failed(command, "cannot read the token file %s: %s", path,
					  strerror(-result));
	return MCA_COMMAND_GO;
}

/* A service that listens everywhere is reached on loopback. */
static void take_host(struct mca_target *target, const char *bind)
{
	snprintf(target->owned_host, sizeof(target->owned_host), "%s",
		 strcmp(bind, "0.0.0.0") ? bind : "127.0.0.1");
	target->host = target->owned_host;
}

static int take_settings(struct mca_target *target, const struct mca_command *command,
			 const struct mca_settings *settings)
{
	if (!target->host)
		take_host(target, settings->http.bind);
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

/* The token file that the configuration names, whatever else is wrong with that configuration. What
 * cannot be read is no fault of this command's user, who may be anybody; a service that requires a
 * token answers so. */
static void take_config_token(struct mca_target *target)
{
	char path[MCA_DEFAULT_CONFIG_MAX];
	json_t *document;
	const char *file;

	if (!mca_default_config(path))
		return;
	document = json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
	file = json_string_value(json_object_get(json_object_get(document, "http"), "token_file"));
	if (file && *file)
		read_token(target, file);
	json_decref(document);
}

/*
 * A living service's own word. Its token file is read only if the service runs as the same user:
 * the path is another user's text otherwise, and what is read goes to that user.
 */
static void take_runtime(struct mca_target *target, const struct mca_runtime *runtime)
{
	take_host(target, runtime->address);
	target->port = runtime->port;
	if (target->token_file)
		return;
	if (runtime->is_own && *runtime->token_file)
		read_token(target, runtime->token_file);
	else
		take_config_token(target);
}

static bool find_runtime(struct mca_target *target)
{
	char path[MCA_RUNTIME_PATH_MAX];
	struct mca_runtime runtime;
	struct mca_diag why = {0};

	for (unsigned n = 0; n < MCA_RUNTIME_PLACES; n++) {
		int code = mca_runtime_file_place(path, n) ?
			   mca_runtime_file_read(path, &runtime, &why) : -ENOENT;

		if (code == 0) {
			target->note[0] = '\0';
			target->by_runtime = true;
			take_runtime(target, &runtime);
			return true;
		}
		if (code != -ENOENT && code != -ENOTDIR && !target->note[0])
			snprintf(target->note, sizeof(target->note), "%s", why.text);
	}
	return false;
}

/* No service has a runtime file: look where a service would look. MCA_COMMAND_GO, or the exit
 * code. */
static int take_default_config(struct mca_target *target, const struct mca_command *command)
{
	char path[MCA_DEFAULT_CONFIG_MAX];
	struct mca_settings *settings;
	struct mca_faults faults = {0};
	int code;

	if (!mca_default_config(path))
		return MCA_COMMAND_GO;
	settings = calloc(1, sizeof(*settings));
	code = settings ? mca_config_load(path, settings, &faults) : -ENOMEM;
	if (code == 0) {
		target->port = settings->http.port;
		take_host(target, settings->http.bind);
		if (settings->http.token_file[0])
			read_token(target, settings->http.token_file);
	}
	mca_faults_done(&faults);
	free(settings);
	return code == -ENOMEM ? mca_command_failed(command, "memory ran out while reading %s",
						    path) : MCA_COMMAND_GO;
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
	} else if (!target->host && !target->port && !find_runtime(target)) {
		code = take_default_config(target, command);
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

void mca_target_find_again(struct mca_target *target)
{
	if (target->by_runtime)
		find_runtime(target);
}

void mca_target_done(struct mca_target *target)
{
	explicit_bzero(target->token, sizeof(target->token));
}
