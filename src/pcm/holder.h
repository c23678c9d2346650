/* SPDX-License-Identifier: MIT */
#ifndef MCA_PCM_HOLDER_H
#define MCA_PCM_HOLDER_H

#include <stddef.h>

#include "mca/pcm.h"

/*
 * Who holds a PCM: "pulseaudio (pid 812)", or "" where that cannot be known (another user's
 * processes, a hidden /proc). proc is the root to look in, "/proc" in earnest. Looks at every
 * process's descriptors once: for error messages and listings only. Thread: control.
 */
void mca_pcm_holder(const char *proc, int card, int device, enum mca_pcm_direction direction,
		    char *text, size_t size);

#endif
