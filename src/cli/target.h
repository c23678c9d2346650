/* SPDX-License-Identifier: MIT */
#ifndef MCA_CLI_TARGET_H
#define MCA_CLI_TARGET_H

#include <jansson.h>

#include "command.h"
#include "mca/diag.h"

/*
 * The running service that a command talks to. In this order: --host and --port; address, port and
 * token file of the configuration given with --config; the runtime file of the running service; the
 * configuration that the service itself would find, if it can be read.
 *
 * Embedded by value; begin with {0}, put MCA_TARGET_OPTIONS into the command's table, call
 * mca_target_resolve() after parsing and mca_target_done() at the end. Thread: control.
 */
#define MCA_TARGET_TOKEN_MAX 512

struct mca_target {
	/* as given; NULL or 0 = not given */
	const char *host, *token_file, *config;
	unsigned port;
	int interrupt_fd;                  /* ends a request early when readable; 0 = none */
	/* after mca_target_resolve() */
	char owned_host[64];               /* from a file; "" = not used */
	bool by_runtime;                   /* found by a runtime file */
	char note[320];                    /* about a runtime file that is no use; "" = none */
	char token[MCA_TARGET_TOKEN_MAX];  /* "" = none */
};

#define MCA_TARGET_OPTIONS(target) \
	{"host", "ADDRESS", MCA_OPTION_TEXT, &(target)->host, 0, 0, \
	 "where the service listens (default: as it runs, else as configured)", false}, \
	{"port", "N", MCA_OPTION_UNSIGNED, &(target)->port, 1, 65535, \
	 "its port (default: as it runs, else as configured, else 8000)", false}, \
	{"token-file", "FILE", MCA_OPTION_TEXT, &(target)->token_file, 0, 0, \
	 "file with the API token, when the service wants one", false}

#define MCA_TARGET_CONFIG_OPTION(target) \
	{"config", "FILE", MCA_OPTION_TEXT, &(target)->config, 0, 0, \
	 "take address, port and token file from this configuration", false}

/* Fill in what was not given. MCA_COMMAND_GO, or the exit code, said. */
int mca_target_resolve(struct mca_target *target, const struct mca_command *command);
void mca_target_done(struct mca_target *target);

/* If the target came from a runtime file, look for the file again: a service that has restarted may
 * listen elsewhere. */
void mca_target_find_again(struct mca_target *target);

/* What came of a request. */
enum mca_answer_kind {
	MCA_ANSWERED,        /* 2xx; the document is the answer */
	MCA_ANSWER_REFUSED,  /* the service refused; the document is its problem */
	MCA_ANSWER_ABSENT,   /* no program listens there */
	MCA_ANSWER_SILENT,   /* connected, and no byte of an answer in time */
	MCA_ANSWER_STOPPED,  /* interrupt_fd became readable */
	MCA_ANSWER_BROKEN,   /* anything else */
};

struct mca_answer {
	enum mca_answer_kind kind;
	int status;            /* HTTP status of an answer or a refusal */
	json_t *document;      /* owned; NULL unless answered or refused */
	struct mca_diag why;   /* the sentence for everything but an answer */
};

/* One request; body NULL = none, else stolen. Prints nothing; free with mca_answer_done(). */
void mca_target_ask(const struct mca_target *target, const char *method, const char *path,
		    json_t *body, unsigned timeout_ms, struct mca_answer *answer);
void mca_answer_done(struct mca_answer *answer);

/* Print why there is no answer, with every error of a refusal; returns MCA_EXIT_FAILURE. */
int mca_answer_fail(const struct mca_command *command, const struct mca_answer *answer);

/* Ask and print what went wrong. MCA_COMMAND_GO and *document, or the exit code. */
int mca_target_fetch(const struct mca_target *target, const struct mca_command *command,
		     const char *method, const char *path, json_t *body, json_t **document);

/* Does the document have the form that json_unpack()'s format describes? Else an error sentence.
 * MCA_COMMAND_GO, or the exit code. */
int mca_target_expect(const struct mca_target *target, const struct mca_command *command,
		      json_t *document, const char *format, ...);

/* Flags for numbers as the service writes them: 0.4 is not 0.40000000000000002, and a service that
 * is up for years has all digits of its seconds. */
#define MCA_TARGET_NUMBERS JSON_REAL_PRECISION(9)

/* Print a document to stdout as it came; returns the exit code. */
int mca_target_print(const struct mca_command *command, const json_t *document, size_t flags);

#endif
