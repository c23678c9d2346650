/* SPDX-License-Identifier: MIT */
#ifndef MCA_SIMCARD_STREAM_H
#define MCA_SIMCARD_STREAM_H

#include <alsa/asoundlib.h>
#include <alsa/pcm_external.h>
#include <stdbool.h>
#include <stdint.h>

#include "crystal.h"
#include "fault.h"
#include "layout.h"
#include "mca/simcard.h"

struct mca_simcard;
struct mca_simport;
struct mca_simrack;

/*
 * One open direction of a card: the DMA engine that a sound card would have. It moves frames
 * between alsa-lib's ring and the card's source or sinks, up to the position that the crystal has
 * reached, whenever it is told to advance; it has no thread. What it finds on the way (a fault, the
 * end of the ring) it remembers in `broken`; the ioplug callbacks (ioplug.c) report it to alsa-lib.
 *
 * Thread: one at a time, as alsa-lib demands of a PCM; `port` and `card` outlive it.
 */
enum mca_simphase {
	MCA_SIMPHASE_IDLE,     /* not started, or halted */
	MCA_SIMPHASE_RUNNING,
	MCA_SIMPHASE_HELD,     /* paused, suspended, drained or stalled: the position stands */
};

struct mca_simstream {
	snd_pcm_ioplug_t io;
	struct mca_simrack *rack;
	struct mca_simcard *card;
	struct mca_simport *port;
	snd_pcm_stream_t direction;
	bool owns_rack;                 /* the plug-in module: the rack goes when the PCM goes */
	uint32_t generation;            /* of the card's plug when opened */
	struct mca_simclock *clock;
	struct mca_simclock own_clock;

	/* agreed with the application */
	struct mca_simcrystal crystal;  /* the card's, with its error */
	struct mca_simcrystal nominal;  /* what stream time is counted in */
	unsigned rate_hz;
	unsigned lanes;                 /* that source and wire serve: 1 or 2 */
	uint64_t buffer_frames, boundary, avail_min, stop_threshold;
	struct mca_simlayout layout;    /* of alsa-lib's buffer, once it exists */
	uint64_t batch_frames;          /* the position is told in steps of so many; 1 = each */
	uint64_t jitter_ns;

	/* the engine */
	enum mca_simphase phase;
	int broken;                     /* 0, -EPIPE, -ESTRPIPE */
	uint64_t origin_ns;             /* when position 0 was, pauses taken out */
	uint64_t held_ns;               /* since when HELD */
	uint64_t resume_ns;             /* suspended until then */
	uint64_t moved;                 /* position: frames moved since prepare */
	uint64_t told;                  /* of these, as the card tells (pointer.h) */
	uint64_t told_ns;
	uint64_t looks;                 /* of the pointer, ever: what its jitter is made from */
	uint64_t late_ns;               /* the next wake-up comes so much late */
	uint64_t wake_floor_ns;         /* no wake-up before */
	uint64_t wire_begin;            /* playback: index of frame 0 on the card's wire */
	bool tapped;                    /* capture from another pair's wire: offset is valid */
	int64_t tap_offset;
};

/* Is the card that this stream was opened on still there? */
bool mca_simstream_gone(struct mca_simstream *stream);

/* Frames the application can transfer now, as far as the card tells. */
uint64_t mca_simstream_avail(const struct mca_simstream *stream);

/* Where alsa-lib's ring is, once it is there. */
void mca_simstream_find_ring(struct mca_simstream *stream);

/* Thread: RT, all of these. */
void mca_simstream_prepare(struct mca_simstream *stream);
void mca_simstream_start(struct mca_simstream *stream);
/* Move everything that is due by now. */
void mca_simstream_advance(struct mca_simstream *stream);
/* Stand still from now on (pause), or go on. */
void mca_simstream_hold(struct mca_simstream *stream);
void mca_simstream_release(struct mca_simstream *stream);
/* End; counts the stream time. */
void mca_simstream_halt(struct mca_simstream *stream);

#endif
