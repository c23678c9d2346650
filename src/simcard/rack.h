/* SPDX-License-Identifier: MIT */
#ifndef MCA_SIMCARD_RACK_H
#define MCA_SIMCARD_RACK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "fault.h"
#include "hang.h"
#include "mca/simcard.h"
#include "plug.h"
#include "sink.h"
#include "source.h"
#include "stream.h"
#include "wire.h"

/*
 * What outlives the streams. A port is one direction of a card: its timer belongs to the rack, not
 * to the stream, so that any thread may fire it (unplug) without a race against a close.
 */
struct mca_simport {
	int timer_fd;
	_Atomic bool open;
	/* The clock of the pair that has this port open; equal clocks: same pair, same thread. */
	_Atomic(struct mca_simclock *) clock;
	_Atomic(snd_pcm_t *) pcm;         /* of the open stream: finds it for the PCM's owner */
	struct mca_simstream *stream;     /* belongs to the PCM's owner */
	/* Handed from stream to stream through `open`. */
	uint64_t tape_frames;             /* moved since the rack was built */
	uint64_t stream_ns;               /* the same as time, of streams that have ended */
	uint64_t stalled_until_ns;        /* wall time; a stream started earlier stands */
	bool armed_now;                   /* the timer was left expired */
	struct mca_simfaults faults;
	struct mca_simhang hang;
};

struct mca_simcard {
	unsigned number;
	const struct mca_sim_card_spec *spec;
	struct mca_simplug plug;
	struct mca_simunplugs unplugs;
	struct mca_simport port[2];       /* 0 capture, 1 playback: see mca_simport_index() */
	struct mca_simsource source;
	struct mca_simsink sink;
	struct mca_simwire *wire;         /* NULL: no card listens to this one */
};

struct mca_simrack {
	struct mca_simrack_spec spec;
	uint64_t epoch_ns;                /* when crystals began to wander */
	struct mca_simcard card[MCA_SIM_CARDS];
};

/* Faults and everybody outside count capture first; alsa-lib counts playback first. */
static inline unsigned mca_simport_index(snd_pcm_stream_t direction)
{
	return direction == SND_PCM_STREAM_CAPTURE ? 0 : 1;
}

/* Open a stream; like mca_simrack_open(), `owned`: the rack is freed with the PCM. */
int mca_simstream_open(struct mca_simrack *rack, snd_pcm_t **pcm, unsigned card, const char *name,
		       snd_pcm_stream_t direction, int mode, bool owned, struct mca_diag *diag);

/* Let the streams of this card notice something now. Thread: any. */
void mca_simcard_wake(struct mca_simcard *card);

/* Unplug for a time (0 = until replugged) and wake both streams. Thread: any. */
void mca_simcard_pull(struct mca_simcard *card, uint64_t away_ns);

#endif
