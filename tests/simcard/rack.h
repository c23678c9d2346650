/* SPDX-License-Identifier: MIT */
#ifndef MCA_TEST_SIMCARD_RACK_H
#define MCA_TEST_SIMCARD_RACK_H

#include "../support/check.h"
#include "mca/diag.h"
#include "mca/simcard.h"

/* A rack that must come to be; self-pumping. */
static inline struct mca_simrack *make_rack(const struct mca_simrack_spec *spec)
{
	struct mca_simrack *rack = NULL;
	struct mca_diag diag = { 0 };

	CHECK_INT(mca_simrack_new(&rack, spec, false, &diag), 0);
	CHECK_STR(diag.text, "");
	return rack;
}

/* The default rack on a free-running clock. */
static inline struct mca_simrack_spec free_spec(void)
{
	struct mca_simrack_spec spec;

	mca_simrack_spec_default(&spec);
	spec.free_running = true;
	return spec;
}

#endif
