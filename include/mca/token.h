/* SPDX-License-Identifier: MIT */
#ifndef MCA_TOKEN_H
#define MCA_TOKEN_H

#include <stdbool.h>

#include "mca/diag.h"

/*
 * The token of the HTTP API: from `path` (the configuration's token_file), else from the
 * credential "api-token" that systemd passes, else none (token is ""). Blanks around it are
 * dropped. A file that cannot be read or holds no token is an error: an API that is meant to be
 * locked must not be open. 0 or negative errno with diag. Thread: control.
 */
#define MCA_TOKEN_MAX 512       /* bytes, with the terminator */
int mca_token_load(char token[MCA_TOKEN_MAX], const char *path, struct mca_diag *diag);

/* A sentence when other users can read or write the file that mca_token_load() reads; false when
 * they cannot, or there is none. Thread: control. */
bool mca_token_exposed(const char *path, struct mca_diag *diag);

#endif
