/* SPDX-License-Identifier: MIT */
#ifndef MCA_API_OUTCOME_H
#define MCA_API_OUTCOME_H

#include <stdbool.h>

#include "mca/api.h"
#include "mca/diag.h"
#include "mca/engine.h"

/* What came of a new configuration, posted or reloaded. Begin with {0}; large: keep it on the
 * heap. */
struct mca_outcome {
	int status;                     /* 200, or why not */
	bool dry_run;
	struct mca_apply_result result; /* 200 */
	char *saved;                    /* 200: where it was written, NULL = nowhere; owned */
	char *note;                     /* 200: which file is used and why; NULL = none; owned */
	bool live;                      /* otherwise: it is live all the same */
	struct mca_faults faults;       /* otherwise */
};

/* What a refusal means for HTTP: broken text 400, values 422, devices 409, ... Thread: any. */
int mca_outcome_status(int code);

/* Thread: any. */
void mca_outcome_send(struct mca_api_response *response, const struct mca_outcome *outcome);
void mca_outcome_done(struct mca_outcome *outcome);

#endif
