/* SPDX-License-Identifier: MIT */
#ifndef MCA_ENGINE_LEVELS_H
#define MCA_ENGINE_LEVELS_H

#include <stdbool.h>
#include <stdint.h>

#include "mca/meter.h"
#include "mca/settings.h"

/*
 * The meters of all channels as they were when the sequence moved last. Whoever asks before it
 * moves again gets the same values: a sequence number and its levels belong together. Under the
 * table's lock.
 */
struct mca_level_sample {
	unsigned id;
	bool running;
	struct mca_meter_reading reading;
};

struct mca_level_view {
	unsigned count;
	struct mca_level_sample sample[MCA_CHANNELS_MAX];
};

#endif
