/* SPDX-License-Identifier: MIT */
#ifndef MCA_SIMCARD_SINK_H
#define MCA_SIMCARD_SINK_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "layout.h"
#include "mca/simcard.h"

struct mca_diag;
struct mca_wav_writer;

/*
 * Where a card's playback goes: nowhere, or through a ring into a file or a pipe. One writer
 * (whoever moves the playback stream) puts samples; whoever holds the file's lock empties the
 * ring. Of a pumped real-time rack the writer never takes that lock: what finds no room is lost,
 * counted and reported by the pump.
 */
#define MCA_SIMSINK_SAMPLES (1u << 19) /* 5.9 s of stereo at 44.1 kHz; a power of two */

struct mca_simsink {
	const struct mca_sim_sink *spec;   /* borrowed */
	unsigned bits;                     /* of a sample in the file: 16, else two places of the
					    * ring are one of them */
	bool self_draining;                /* the writer empties a full ring itself */
	int16_t *ring;                     /* NULL: discard */
	_Alignas(64) _Atomic uint64_t head;   /* samples put */
	_Alignas(64) _Atomic uint64_t tail;   /* samples taken */
	_Atomic uint64_t lost;
	pthread_mutex_t file; /* guards what stands below, and the ring's reading end */
	struct mca_wav_writer *writer;     /* of a WAV file, else NULL */
	int raw_fd;                        /* of bare samples, else -1 */
	unsigned rate_hz, lanes;
	uint64_t ring_samples;             /* whole frames of them */
	bool begun;                        /* frames stand in the file: its shape is final */
	int error;                         /* negative errno met by the writer, for the next pump */
};

/* Create the file. 0 or negative errno with diag; then nothing needs to be undone.
 * Thread: control. */
int mca_simsink_init(struct mca_simsink *sink, const struct mca_sim_card_spec *card,
		     bool self_draining, struct mca_diag *diag);

/* Empty the ring, close the file. Thread: control. */
void mca_simsink_done(struct mca_simsink *sink);

/* The shape that the file has and must keep, false = still open. Thread: control. */
bool mca_simsink_shape(struct mca_simsink *sink, unsigned *rate_hz, unsigned *lanes);

/* Agree on a shape before a stream runs. 0, -EINVAL (the file has another), or what writing the new
 * header answered. Thread: control. */
int mca_simsink_agree(struct mca_simsink *sink, unsigned rate_hz, unsigned lanes);

/* Append samples (whole frames). Wait-free unless self_draining. Thread: the writer, RT. */
void mca_simsink_put(struct mca_simsink *sink, const int16_t *samples, unsigned count);

/* The same for samples of a card whose format or lanes are others, left-justified in 32 bits; at
 * most MCA_SIMSINK_WORDS. */
#define MCA_SIMSINK_WORDS (MCA_SIM_LANES * 128)
void mca_simsink_put_words(struct mca_simsink *sink, const int32_t *words, unsigned count);

/* Empty the ring into the file; what goes wrong is kept for the next drain. Thread: control, or a
 * self-draining writer. */
void mca_simsink_flush(struct mca_simsink *sink);

/* The same, and tell: 0, or the first negative errno met since the last call (-ENOBUFS:
 * samples were lost because nobody pumped in time). Thread: control. */
int mca_simsink_drain(struct mca_simsink *sink);

#endif
