/* SPDX-License-Identifier: MIT */
#ifndef MCA_API_PROBLEM_H
#define MCA_API_PROBLEM_H

#include "mca/api.h"
#include "mca/diag.h"

/*
 * Problem documents (RFC 9457): type, title, status, detail, and errors [{pointer, detail, value}]
 * with every fault there is. Thread: any.
 */

/* One sentence in detail; faults NULL or empty = no errors member. */
void mca_problem_send(struct mca_api_response *response, int status, const char *detail,
		      const struct mca_faults *faults);

/* The faults tell the story: `outcome` is what that means ("nothing was changed"). */
void mca_problem_faults(struct mca_api_response *response, int status, const char *outcome,
			const struct mca_faults *faults);

#endif
