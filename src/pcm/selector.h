/* SPDX-License-Identifier: MIT */
#ifndef MCA_PCM_SELECTOR_H
#define MCA_PCM_SELECTOR_H

#include "mca/pcm.h"

/*
 * Names that stay with a card over reboots and replugs, read from sysfs:
 *     path:pci-0000:00:14.0-usb-2.4      the socket it is plugged into
 *     serial:0d8c-0014-4A1B77            USB vendor, product and serial number
 * Characters that mca/device_name.h does not accept become '_'.
 * A PCM device other than 0 of that card has ",n" appended.
 */
enum { MCA_SELECTOR_PATH, MCA_SELECTOR_SERIAL, MCA_SELECTORS };

/* Fill both for a card's PCM device, "" where there is none. sys is the root of sysfs, "/sys" in
 * earnest. Thread: control. */
void mca_selector_read(const char *sys, int card, int device,
		       char selector[MCA_SELECTORS][MCA_PCM_NAME]);

#endif
