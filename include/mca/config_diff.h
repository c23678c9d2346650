/* SPDX-License-Identifier: MIT */
#ifndef MCA_CONFIG_DIFF_H
#define MCA_CONFIG_DIFF_H

#include <stdbool.h>
#include <stddef.h>

#include "mca/settings.h"

/*
 * What changed between two settings, as JSON pointers ("/dsp/comp/threshold_db",
 * "/logical_channels/3/output_device_id"). Sections that the new document leaves out (http,
 * realtime, simulation with `given` false) count as unchanged. Thread: control.
 */
#define MCA_DIFF_MAX 128

struct mca_config_diff {
	unsigned count;                   /* of pointer[], at most MCA_DIFF_MAX */
	unsigned total;                   /* of changes */
	char pointer[MCA_DIFF_MAX][64];
	bool stream_shape;                /* rate, lanes or block differ: every channel restarts */
	bool needs_restart;               /* http, realtime or simulation differ */
	char needs_restart_pointer[64];   /* the first of those */
};

void mca_config_compare(struct mca_config_diff *diff, const struct mca_settings *before,
			const struct mca_settings *after);

#endif
