/* SPDX-License-Identifier: MIT */
#ifndef MCA_SIMCARD_IOPLUG_H
#define MCA_SIMCARD_IOPLUG_H

struct mca_simstream;

/* Make stream->io a PCM (stream->io.pcm). 0 or negative errno. Thread: control. */
int mca_simioplug_create(struct mca_simstream *stream, const char *name, int mode);

/* Say what this card can do. 0 or negative errno. Thread: control. */
int mca_simioplug_constrain(struct mca_simstream *stream);

/* The PCM is being closed: let go of the port and free the stream. Thread: control. */
void mca_simstream_close(struct mca_simstream *stream);

#endif
