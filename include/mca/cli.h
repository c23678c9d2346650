/* SPDX-License-Identifier: MIT */
#ifndef MCA_CLI_H
#define MCA_CLI_H

#include <stdbool.h>

/*
 * The command line. main.c looks the command up in its table and calls it with argv[0] = the
 * command's name. Return values are exit codes: 0 ok, 1 failure, 2 usage error, 78 no usable
 * configuration at start (EX_CONFIG of sysexits.h). Results go to stdout, errors to stderr in one
 * sentence that says what to do. Thread: control.
 */
enum { MCA_EXIT_OK = 0, MCA_EXIT_FAILURE = 1, MCA_EXIT_USAGE = 2, MCA_EXIT_CONFIG = 78 };

int mca_cli_devices(int argc, char **argv);
int mca_cli_test_tone(int argc, char **argv);
int mca_cli_latency(int argc, char **argv);
int mca_cli_check_config(int argc, char **argv);
int mca_cli_process(int argc, char **argv);
int mca_cli_status(int argc, char **argv);
int mca_cli_vu(int argc, char **argv);
int mca_cli_ptt(int argc, char **argv);
int mca_cli_reload(int argc, char **argv);

#endif
