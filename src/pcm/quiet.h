/* SPDX-License-Identifier: MIT */
#ifndef MCA_PCM_QUIET_H
#define MCA_PCM_QUIET_H

#include <alsa/asoundlib.h>

/*
 * alsa-lib explains failures on stderr by itself. Between begin and end it does not, on this thread
 * only: we say what happened in our own sentence, once. Thread: control.
 */
struct mca_quiet {
	snd_local_error_handler_t before;
};

void mca_quiet_begin(struct mca_quiet *quiet);
void mca_quiet_end(struct mca_quiet *quiet);

#endif
