/* SPDX-License-Identifier: MIT */
/*
 * The program: a table of commands. What must hold before anything else runs is arranged here,
 * because a library may look at it once and never again.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/json_memory.h"
#include "mca/cli.h"
#include "run.h"

#define PROGRAM "mission-control-audio"

static const struct command {
	const char *name;
	const char *help;
	int (*run)(int argc, char **argv);
} commands[] = {
	{ "run", "run the audio service in the foreground", mca_run },
	{ "devices", "list the sound devices and how to name them", mca_cli_devices },
	{ "test-tone", "play a tone on a channel's output", mca_cli_test_tone },
	{ "latency", "measure how long a sound takes through a channel", mca_cli_latency },
	{ "check-config", "say all that is wrong with a configuration", mca_cli_check_config },
	{ "process", "run a channel's sound processing over a WAV file", mca_cli_process },
	{ "status", "show the state of the running service", mca_cli_status },
	{ "vu", "show the levels of the running service", mca_cli_vu },
	{ "ptt", "mute, unmute, open or close a channel", mca_cli_ptt },
	{ "reload", "make the running service read its configuration again", mca_cli_reload },
};
#define COMMAND_COUNT (sizeof commands / sizeof *commands)

static void print_usage(FILE *stream)
{
	fputs("Usage: " PROGRAM " COMMAND [options]\n\n"
	      "Real-time voice channels: compressor, limiter, push-to-talk, meters.\n\n"
	      "Commands:\n", stream);
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		fprintf(stream, "  %-14s %s\n", commands[i].name, commands[i].help);
	fputs("\n'" PROGRAM " COMMAND --help' explains one command; --version prints the version.\n"
	      "Exit status: 0 done, 1 failed, 2 wrong usage, 78 no usable configuration.\n",
	      stream);
}

/* Number of letters to insert, delete or replace (Levenshtein), for words of at most 31 letters. */
static unsigned distance(const char *a, const char *b)
{
	unsigned row[32], length = (unsigned)strlen(b);

	for (unsigned j = 0; j <= length; j++)
		row[j] = j;
	for (unsigned i = 1; a[i - 1]; i++) {
		unsigned diagonal = row[0];

		row[0] = i;
		for (unsigned j = 1; j <= length; j++) {
			unsigned replaced = diagonal + (a[i - 1] != b[j - 1]);
			unsigned shifted = 1 + (row[j] < row[j - 1] ? row[j] : row[j - 1]);

			diagonal = row[j];
			row[j] = replaced < shifted ? replaced : shifted;
		}
	}
	return row[length];
}

/* The command that was probably meant: a beginning, or at most two letters off. NULL if none. */
static const char *nearest(const char *word)
{
	const char *best = NULL;
	unsigned best_distance = 3;

	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		const char *name = commands[i].name;
		unsigned d = distance(word, name);

		if (*word && strncmp(name, word, strlen(word)) == 0)
			return name;
		if (d < best_distance && d < strlen(name)) {
			best = name;
			best_distance = d;
		}
	}
	return best;
}

static int unknown(const char *word)
{
	const char *meant = nearest(word);

	fprintf(stderr, PROGRAM ": there is no command \"%s\"", word);
	if (meant)
		fprintf(stderr, "; did you mean \"%s\"?\n", meant);
	else
		fputs("; '" PROGRAM " --help' lists the commands\n", stderr);
	return MCA_EXIT_USAGE;
}

static int dispatch(int argc, char **argv)
{
	if (argc < 2) {
		print_usage(stderr);
		return MCA_EXIT_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
	    strcmp(argv[1], "help") == 0) {
		print_usage(stdout);
		return MCA_EXIT_OK;
	}
	if (strcmp(argv[1], "--version") == 0) {
		puts(PROGRAM " " MCA_VERSION);
		return MCA_EXIT_OK;
	}
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		if (strcmp(argv[1], commands[i].name) == 0)
			return commands[i].run(argc - 1, argv + 1);
	return unknown(argv[1]);
}

/* A device or socket that is opened as descriptor 0, 1 or 2 would take what is printed. */
static void fill_standard_descriptors(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd > STDERR_FILENO)
		close(fd);
}

int main(int argc, char **argv)
{
	int code;

	fill_standard_descriptors();
	mca_json_memory_require();
	/* A file that reaches the limit of its size (ulimit -f, LimitFSIZE=) is an error of that
	 * write, not the end of the program. */
	signal(SIGXFSZ, SIG_IGN);
	/* Otherwise alsa-lib takes a lock in every call on an ioplug PCM, real-time threads
	 * included. It reads this once, with the first PCM. */
	if (setenv("LIBASOUND_THREAD_SAFE", "0", 1) < 0) {
		fputs(PROGRAM ": memory ran out at the start\n", stderr);
		return MCA_EXIT_FAILURE;
	}
	code = dispatch(argc, argv);
	if ((fflush(stdout) != 0 || ferror(stdout)) && code == MCA_EXIT_OK) {
		fputs(PROGRAM ": the output could not be written: is the disk full?\n", stderr);
		return MCA_EXIT_FAILURE;
	}
	return code;
}
