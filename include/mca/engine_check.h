/* SPDX-License-Identifier: MIT */
#ifndef MCA_ENGINE_CHECK_H
#define MCA_ENGINE_CHECK_H

#include <stdbool.h>

#include "mca/device_name.h"
#include "mca/settings.h"

struct mca_faults;

/*
 * The proof of mca_engine_apply() with check_only, without a running engine, for `check-config` and
 * `run --check`: everything in the settings is new, nothing is opened, no file is written.
 * `rack` (NULL: that of the settings) and `simulate` are what the service would be started with.
 * Returns 0 and, if map is not NULL, the device that each enabled channel would open; or a negative
 * errno with every fault. Thread: control.
 */
struct mca_device_map {
	unsigned count;
	struct {
		unsigned id;
		char device[2][MCA_DEVICE_TEXT];  /* canonical, by enum mca_pcm_direction */
	} channel[MCA_CHANNELS_MAX];
};
int mca_engine_check(const struct mca_settings *settings, const struct mca_simrack_spec *rack,
		     bool simulate, struct mca_device_map *map, struct mca_faults *faults);

#endif
