/* SPDX-License-Identifier: MIT */
#ifndef MCA_API_SAVE_H
#define MCA_API_SAVE_H

#include <stdbool.h>
#include <stddef.h>

#include "origin.h"

struct mca_api;
struct mca_diag;

/*
 * A configuration on its way to disk: written before it is applied, so that a full disk is found
 * out while nothing has changed yet; put back when the devices then refuse it.
 */
struct mca_save {
	const char *path;        /* where it stands now; borrowed from the api */
	enum mca_source source;
	char *before;            /* what stood there, NULL = nothing */
};

/*
 * Write text to the file in use, or to the state file when that one is read-only. 0, or negative
 * errno with diag: nothing was written (507). Free with mca_save_done(). Thread: control.
 */
int mca_save_write(struct mca_api *api, const char *text, struct mca_save *save,
		   struct mca_diag *diag);

/* Put back what stood there. 0 or negative errno with diag. Thread: control. */
int mca_save_undo(const struct mca_save *save, struct mca_diag *diag);

void mca_save_done(struct mca_save *save); /* Thread: control. */

#endif
