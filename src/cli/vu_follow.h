/* SPDX-License-Identifier: MIT */
#ifndef MCA_CLI_VU_FOLLOW_H
#define MCA_CLI_VU_FOLLOW_H

#include <jansson.h>
#include <stdbool.h>

struct mca_command;
struct mca_target;

/* `vu --follow` until Ctrl-C; the exit code. A service that goes away after the first answer is
 * waited for. Thread: control. */
int mca_vu_follow(const struct mca_command *command, struct mca_target *target, bool json);

/* Has the document the form of GET /vu? MCA_COMMAND_GO, or the exit code, said. */
int mca_vu_check(const struct mca_command *command, const struct mca_target *target, json_t *vu);

#endif
