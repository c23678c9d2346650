/* SPDX-License-Identifier: MIT */
#ifndef MCA_API_REFUSAL_H
#define MCA_API_REFUSAL_H

struct mca_api;
struct mca_faults;

/* A configuration was refused before the engine saw it: keep it as /status config.last_error and
 * post a notice for the journal. What the engine itself refuses it also notices itself; then only
 * the first half is due: mca_origin_refused(). Thread: control. */
void mca_refusal_tell(struct mca_api *api, const char *asker, const struct mca_faults *faults);

#endif
