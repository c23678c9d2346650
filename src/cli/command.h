/* SPDX-License-Identifier: MIT */
#ifndef MCA_CLI_COMMAND_H
#define MCA_CLI_COMMAND_H

#include <stdbool.h>

struct mca_faults;
struct mca_settings;

/*
 * One subcommand as data: its options are a table from which parsing, range checks and --help all
 * come, so that the help cannot lie. Every command also knows --help and --version.
 * Thread: control.
 */
enum mca_option_kind {
	MCA_OPTION_FLAG,     /* bool, set to true */
	MCA_OPTION_UNSIGNED, /* unsigned, min..max */
	MCA_OPTION_NUMBER,   /* double, min..max */
	MCA_OPTION_TEXT,     /* const char *, points into argv */
};

struct mca_option {
	const char *name;     /* "channel" for --channel; NULL ends the table */
	const char *argument; /* "N" in the help, NULL for a flag */
	enum mca_option_kind kind;
	void *into;
	double min, max;
	const char *help;     /* what it does and its default */
	bool required;
};

struct mca_command {
	const char *name;
	const char *synopsis;  /* operands, as written in the usage line */
	const char *purpose;   /* a sentence or a paragraph, final newline included */
	const char *examples;  /* whole lines, indented by two */
	const struct mca_option *options;
	int operands;          /* how many must be there; -1 = the command looks itself */
};

/* Returned by mca_command_parse() when the command is to go on. */
#define MCA_COMMAND_GO (-1)

/* Parse argv; *operands is where the operands stand, ended by NULL. MCA_COMMAND_GO, or the exit
 * code when there is nothing left to do (help, version, usage error). */
int mca_command_parse(const struct mca_command *command, int argc, char **argv, char ***operands);

/* One sentence on stderr; returns MCA_EXIT_USAGE, with a hint at --help. */
int mca_command_misused(const struct mca_command *command, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* One sentence on stderr; returns MCA_EXIT_FAILURE. */
int mca_command_failed(const struct mca_command *command, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Every fault of a document on stderr, each with file, line and pointer; returns
 * MCA_EXIT_FAILURE. */
int mca_command_refused(const char *path, const struct mca_faults *faults);

/* Is an offending value worth printing beside its sentence? Not when it stands there already, nor
 * when it is a whole object. */
bool mca_value_helps(const char *sentence, const char *value);

/* Load a configuration into *settings (heap, free it). MCA_COMMAND_GO, or the exit code, said. */
int mca_command_load(const struct mca_command *command, const char *path,
		     struct mca_settings **settings);

#endif
