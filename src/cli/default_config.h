/* SPDX-License-Identifier: MIT */
#ifndef MCA_CLI_DEFAULT_CONFIG_H
#define MCA_CLI_DEFAULT_CONFIG_H

#include <stdbool.h>

/*
 * The configuration file that `run` takes when none is given, for commands that want to know what
 * the service knows: config.json in the state folder (named where the service manager runs the
 * command, as for ExecReload), else the system's. Thread: control.
 */
#define MCA_DEFAULT_CONFIG "/etc/mission-control-audio/config.json"
#define MCA_DEFAULT_CONFIG_MAX 4096

/* Its path; false when there is no such file. */
bool mca_default_config(char path[MCA_DEFAULT_CONFIG_MAX]);

#endif
