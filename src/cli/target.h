/* SPDX-License-Identifier: MIT */
#ifndef MCA_CLI_TARGET_H
#define MCA_CLI_TARGET_H

#include <jansson.h>

#include "command.h"

struct mca_diag;

/*
 * The running service that a command talks to: --host, --port, --token-file, or all three out of
 * the configuration file with --config. With none of these, the configuration that the service
 * itself would find tells where it listens, if it can be read.
 *
 * Embedded by value; begin with {0}, put MCA_TARGET_OPTIONS into the command's table, call
 * mca_target_resolve() after parsing and mca_target_done() at the end. Thread: control.
 */
#define MCA_TARGET_TOKEN_MAX 512

struct mca_target {
	/* as given; NULL or 0 = not given */
	const char *host, *token_file, *config;
	unsigned port;
	/* after mca_target_resolve() */
	char *owned_host;                  /* from the configuration, or NULL */
	char token[MCA_TARGET_TOKEN_MAX];  /* "" = none */
};

#define MCA_TARGET_OPTIONS(target) \
	{"host", "ADDRESS", MCA_OPTION_TEXT, &(target)->host, 0, 0, \
	 "where the service listens (default: as configured, else 127.0.0.1)", false}, \
	{"port", "N", MCA_OPTION_UNSIGNED, &(target)->port, 1, 65535, \
	 "its port (default: as configured, else 8000)", false}, \
	{"token-file", "FILE", MCA_OPTION_TEXT, &(target)->token_file, 0, 0, \
	 "file with the API token, when the service wants one", false}

#define MCA_TARGET_CONFIG_OPTION(target) \
	{"config", "FILE", MCA_OPTION_TEXT, &(target)->config, 0, 0, \
	 "take address, port and token file from this configuration", false}

/* Fill in what was not given. MCA_COMMAND_GO, or the exit code, said. */
int mca_target_resolve(struct mca_target *target, const struct mca_command *command);
void mca_target_done(struct mca_target *target);

/* What came of a request. */
enum mca_target_answer {
	MCA_TARGET_ANSWERED,  /* 2xx; *document is the answer, owned by the caller */
	MCA_TARGET_REFUSED,   /* the service said no: its reasons were printed */
	MCA_TARGET_ABSENT,    /* nobody listens there: nothing was printed but into *why */
	MCA_TARGET_SILENT,    /* no answer in time: nothing was printed but into *why */
	MCA_TARGET_BROKEN,    /* anything else, said */
};

/* One request; body NULL = none, else stolen. */
enum mca_target_answer mca_target_ask(const struct mca_target *target,
				      const struct mca_command *command, const char *method,
				      const char *path, json_t *body, unsigned timeout_ms,
				      json_t **document, struct mca_diag *why);

/* The same for commands that have no other way: says what went wrong in every case.
 * MCA_COMMAND_GO and *document, or the exit code. */
int mca_target_fetch(const struct mca_target *target, const struct mca_command *command,
		     const char *method, const char *path, json_t *body, json_t **document);

/* Flags for numbers as the service writes them: 0.4 is not 0.40000000000000002, and a service that
 * is up for years has all digits of its seconds. */
#define MCA_TARGET_NUMBERS JSON_REAL_PRECISION(9)

/* Print a document to stdout as it came; returns the exit code. */
int mca_target_print(const struct mca_command *command, const json_t *document, size_t flags);

#endif
