/* SPDX-License-Identifier: MIT */
#ifndef MCA_HTTP_TROUBLE_H
#define MCA_HTTP_TROUBLE_H

struct mca_civet_options;
struct mca_diag;

/* Turn what CivetWeb logged when it did not start ("cannot bind to 127.0.0.1:8000: 98 (Address
 * already in use)") into a sentence with a cure. Returns the negative errno in it, -EIO when there
 * is none. Thread: any; pure. */
int mca_trouble_explain(const char *words, const struct mca_civet_options *options,
			struct mca_diag *diag);

#endif
