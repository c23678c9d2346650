/* SPDX-License-Identifier: MIT */
#ifndef MCA_LOCATE_H
#define MCA_LOCATE_H

#include <stddef.h>

struct mca_diag;

/*
 * Where the service finds its files: configuration, state folder, token. Thread: control.
 */
#define MCA_PLACE_MAX 4096
#define MCA_TOKEN_MAX 512
#define MCA_SYSTEM_CONFIG "/etc/mission-control-audio/config.json"

struct mca_place {
	const char *source;          /* "file", "state" or "example" */
	char path[MCA_PLACE_MAX];    /* "" for the built-in example */
	char state[MCA_PLACE_MAX];   /* where the API keeps configuration, "" = nowhere */
	const char *hidden;          /* exists, and `path` is used in its place; NULL = none */
};

/*
 * Find the configuration: `given` if there is one, else config.json in the state folder (systemd's
 * STATE_DIRECTORY), else the system's, else the built-in example. State comes before /etc, because
 * it was made later, through the API, and shall survive a restart. 0 or negative errno with diag.
 */
int mca_locate_config(struct mca_place *place, const char *given, struct mca_diag *diag);

/* Say in the log that there are two configurations and which one of them is used, if so. */
void mca_locate_tell(const struct mca_place *place);

/* Read a whole small text file and terminate it; its length, or negative errno with diag (-EFBIG
 * when it does not fit). */
int mca_locate_read(const char *path, char *text, size_t size, struct mca_diag *diag);

/*
 * The token of the HTTP API: from `path` (the configuration's token_file), else from the
 * credential "api-token" that systemd passes, else none (token is ""). Blanks around it are
 * dropped. A file that cannot be read or holds no token is an error: an API that was to be locked
 * must not stand open. 0 or negative errno with diag.
 */
int mca_locate_token(char token[MCA_TOKEN_MAX], const char *path, struct mca_diag *diag);

#endif
