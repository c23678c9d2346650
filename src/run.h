/* SPDX-License-Identifier: MIT */
#ifndef MCA_RUN_H
#define MCA_RUN_H

/* The `run` command: the service in the foreground. An exit code of mca/cli.h. Thread: control. */
int mca_run(int argc, char **argv);

#endif
