/* SPDX-License-Identifier: MIT */
#ifndef MCA_CLI_TONE_RIG_H
#define MCA_CLI_TONE_RIG_H

#include <stdbool.h>

#include "command.h"

/*
 * A test tone without a running service: a small engine with nothing but the one channel, run until
 * the tone has been played. The channel's gate is open only while the tone sounds, so that nothing
 * of its input is heard. Thread: control.
 */
struct mca_tone_wish {
	unsigned channel;
	double seconds;
	double frequency_hz;
	double level_dbfs;
};

/* Play it on the devices that `settings` (changed: the other channels go) name; simulate makes
 * integer ids mean the simulated cards. `interrupt` is a descriptor of mca_interrupt_open(): Ctrl-C
 * fades the tone out. Returns the exit code, said. */
int mca_tone_rig_play(const struct mca_command *command, struct mca_settings *settings,
		      bool simulate, const struct mca_tone_wish *wish, int interrupt);

#endif
