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

/* Why a PCM of this name could not be opened: its holder, or where that cannot be known, the
 * command that finds it. card -1 = not known. Returns -EBUSY. */
int mca_pcm_say_busy(const char *proc, const char *name, int card, int device,
		     enum mca_pcm_direction direction, struct mca_diag *diag);

#endif
