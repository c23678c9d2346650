/* SPDX-License-Identifier: MIT */
#ifndef MCA_PROOF_H
#define MCA_PROOF_H

#include <stdbool.h>

struct mca_faults;
struct mca_settings;
struct mca_simrack;

/*
 * `run --check`: do the devices of a configuration exist on this machine? Opens none. Prints a
 * line for each enabled channel to stdout and adds a fault for each device that is not there or
 * cannot go that way. simulate: integer ids mean the rack's cards. 0, -ENODEV, or another negative
 * errno, always with faults. Thread: control.
 */
int mca_proof_devices(const struct mca_settings *settings, struct mca_simrack *rack, bool simulate,
		      struct mca_faults *faults);

#endif
