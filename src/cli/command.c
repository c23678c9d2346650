/* SPDX-License-Identifier: MIT */
#include "command.h"

#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mca/cli.h"
#include "mca/config.h"
#include "mca/diag.h"
#include "plain_text.h"

/*
 * The table of a command is turned into the one getopt_long() wants; an option is recognised by its
 * place in the table. getopt_long's own messages are switched off: they know nothing of ranges and
 * do not say what to do.
 */
#define OPTIONS_MAX 24
#define PROGRAM "mission-control-audio"

/* What getopt_long() returns: far from every letter. */
enum { FIRST = 256, HELP = FIRST + OPTIONS_MAX, VERSION };

static void __attribute__((format(printf, 2, 0)))
complain(const struct mca_command *command, const char *format, va_list arguments)
{
	fprintf(stderr, PROGRAM " %s: ", command->name);
	mca_plain_vprint(stderr, format, arguments);
	fputc('\n', stderr);
}

int mca_command_misused(const struct mca_command *command, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	complain(command, format, arguments);
	va_end(arguments);
	fprintf(stderr, "Try '" PROGRAM " %s --help'.\n", command->name);
	return MCA_EXIT_USAGE;
}

int mca_command_failed(const struct mca_command *command, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	complain(command, format, arguments);
	va_end(arguments);
	return MCA_EXIT_FAILURE;
}

bool mca_value_helps(const char *sentence, const char *value)
{
	return value[0] && value[0] != '{' && value[0] != '[' && !strstr(sentence, value);
}

int mca_command_refused(const char *path, const struct mca_faults *faults)
{
	for (size_t i = 0; i < faults->count; i++) {
		const struct mca_diag *fault = &faults->list[i];

		fprintf(stderr, "%s:", path);
		if (fault->line)
			fprintf(stderr, "%u:", fault->line);
		if (fault->pointer[0])
			mca_plain_print(stderr, " %s:", fault->pointer);
		mca_plain_print(stderr, " %s", fault->text);
		if (mca_value_helps(fault->text, fault->value))
			mca_plain_print(stderr, " (is %s)", fault->value);
		fputc('\n', stderr);
	}
	if (faults->lost)
		fprintf(stderr, "%s: %zu further fault%s: memory ran out while listing them\n",
			path, faults->lost, faults->lost == 1 ? "" : "s");
	return MCA_EXIT_FAILURE;
}

int mca_command_load(const struct mca_command *command, const char *path,
		     struct mca_settings **settings)
{
	struct mca_faults faults = {0};
	int code = MCA_COMMAND_GO;

	*settings = calloc(1, sizeof(**settings));
	if (!*settings)
		return mca_command_failed(command, "out of memory");
	if (mca_config_load(path, *settings, &faults) < 0) {
		code = mca_command_refused(path, &faults);
		free(*settings);
		*settings = NULL;
	}
	mca_faults_done(&faults);
	return code;
}

static void print_option(const char *name, const char *argument, const char *help)
{
	char left[40];

	snprintf(left, sizeof(left), "--%s%s%s", name, argument ? " " : "",
		 argument ? argument : "");
	printf("  %-22s %s\n", left, help);
}

static void print_help(const struct mca_command *command)
{
	printf("Usage: " PROGRAM " %s%s%s", command->name, command->synopsis[0] ? " " : "",
	       command->synopsis);
	for (const struct mca_option *option = command->options; option->name; option++)
		if (option->required)
			printf(" --%s %s", option->name, option->argument);
	printf(" [options]\n\n%s\nOptions:\n", command->purpose);
	for (const struct mca_option *option = command->options; option->name; option++)
		print_option(option->name, option->argument, option->help);
	print_option("help", NULL, "this text");
	print_option("version", NULL, "the version of " PROGRAM);
	printf("\nExamples:\n%s", command->examples);
	printf("\nExit status: 0 done, 1 failed, 2 wrong usage.\n");
}

/* The whole text must be a finite number: "1e3" is one, "10x", "" and "nan" are not. */
static bool read_number(const char *text, double *number)
{
	char *end;

	errno = 0;
	*number = strtod(text, &end);
	return end != text && !*end && !errno && isfinite(*number);
}

static bool store(const struct mca_option *option, char *text)
{
	double number;

	switch (option->kind) {
	case MCA_OPTION_FLAG:
		*(bool *)option->into = true;
		return true;
	case MCA_OPTION_TEXT:
		*(const char **)option->into = text;
		return text[0];
	case MCA_OPTION_UNSIGNED:
		if (strspn(text, "0123456789") != strlen(text) || !read_number(text, &number) ||
		    number < option->min || number > option->max)
			return false;
		*(unsigned *)option->into = (unsigned)number;
		return true;
	case MCA_OPTION_NUMBER:
		if (!read_number(text, &number) || number < option->min || number > option->max)
			return false;
		*(double *)option->into = number;
		return true;
	}
	return false;
}

static int refuse_value(const struct mca_command *command, const struct mca_option *option,
			const char *text)
{
	if (option->kind == MCA_OPTION_TEXT)
		return mca_command_misused(command, "--%s needs a value that is not empty",
					   option->name);
	return mca_command_misused(command, "--%s is \"%s\"; give %s from %.10g to %.10g",
				   option->name, text, option->kind == MCA_OPTION_UNSIGNED ?
				   "a whole number" : "a number", option->min, option->max);
}

static void build_table(const struct mca_command *command, struct option *table)
{
	unsigned count = 0;

	for (const struct mca_option *from = command->options;
	     from->name && count < OPTIONS_MAX; from++, count++)
		table[count] = (struct option){from->name, from->kind == MCA_OPTION_FLAG ?
			no_argument : required_argument, NULL, FIRST + (int)count};
	table[count] = (struct option){"help", no_argument, NULL, HELP};
	table[count + 1] = (struct option){"version", no_argument, NULL, VERSION};
	table[count + 2] = (struct option){0};
}

static int refuse_option(const struct mca_command *command, char **argv)
{
	if (optopt >= FIRST)
		return mca_command_misused(command, "%s: this option takes no value",
					   argv[optind - 1]);
	if (optopt)
		return mca_command_misused(command, "there is no option -%c", optopt);
	return mca_command_misused(command, "there is no option %s", argv[optind - 1]);
}

static int check_operands(const struct mca_command *command, const bool *seen, int operands)
{
	for (unsigned i = 0; command->options[i].name; i++)
		if (command->options[i].required && !seen[i])
			return mca_command_misused(command, "--%s %s is missing",
						   command->options[i].name,
						   command->options[i].argument);
	if (operands == command->operands || command->operands < 0)
		return MCA_COMMAND_GO;
	if (!command->operands)
		return mca_command_misused(command, "takes options only, no operand");
	return mca_command_misused(command, "give %s, nothing more and nothing less",
				   command->synopsis);
}

int mca_command_parse(const struct mca_command *command, int argc, char **argv, char ***operands)
{
	struct option table[OPTIONS_MAX + 3];
	bool seen[OPTIONS_MAX] = {false};
	int which;

	build_table(command, table);
	opterr = 0;
	optind = 0; /* whoever called getopt before left nothing behind */
	while ((which = getopt_long(argc, argv, ":", table, NULL)) != -1) {
		if (which == HELP) {
			print_help(command);
			return MCA_EXIT_OK;
		}
		if (which == VERSION) {
			printf(PROGRAM " " MCA_VERSION "\n");
			return MCA_EXIT_OK;
		}
		if (which == ':')
			return mca_command_misused(command, "%s needs a value", argv[optind - 1]);
		if (which == '?')
			return refuse_option(command, argv);
		if (!store(&command->options[which - FIRST], optarg))
			return refuse_value(command, &command->options[which - FIRST], optarg);
		seen[which - FIRST] = true;
	}
	if (operands)
		*operands = argv + optind;
	return check_operands(command, seen, argc - optind);
}
