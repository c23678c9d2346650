/* SPDX-License-Identifier: MIT */
#ifndef MCA_WAV_HEAD_H
#define MCA_WAV_HEAD_H

#include <stdint.h>

/* How many frames of so many bytes the header of a WAV or RF64 file announces, whatever the file
 * holds; `held` if it has no data chunk. A part of a frame counts as one. 0, or -ENODATA if no
 * samples are announced although samples follow: the recorder did not come to write the size. The
 * position in the file stays. Thread: control. */
int mca_wav_head_read(int fd, unsigned frame_bytes, uint64_t *announced, uint64_t held);

#endif
