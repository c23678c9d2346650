/* SPDX-License-Identifier: MIT */
#ifndef MCA_CLI_DRAFT_H
#define MCA_CLI_DRAFT_H

struct mca_diag;

/*
 * A file under way: written beside its destination under a name of its own and moved over it in one
 * step when it is whole. A run that fails or is stopped leaves the destination as it was.
 * Embedded by value; begin with {0}, end with commit or drop. Thread: control.
 */
struct mca_draft {
	char *path;         /* write here */
	char *destination;
};

/* Reserve a name beside `destination` (through a symbolic link: beside what it points to), with the
 * permissions that a new file there would have. 0 or negative errno with diag. */
int mca_draft_open(struct mca_draft *draft, const char *destination, struct mca_diag *diag);

/* Bring it to the disk and move it over the destination. 0 or negative errno with diag; in both
 * cases nothing is left to free. */
int mca_draft_commit(struct mca_draft *draft, struct mca_diag *diag);

/* Remove it; {0} is fine. */
void mca_draft_drop(struct mca_draft *draft);

#endif
