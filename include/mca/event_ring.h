/* SPDX-License-Identifier: MIT */
#ifndef MCA_EVENT_RING_H
#define MCA_EVENT_RING_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Ring of small event records, one writer (a real-time thread), one reader (control): the only log
 * the real-time side has. When full, new events are dropped and counted; the writer never waits.
 */
#define MCA_EVENT_RING_SLOTS 64 /* power of two */

enum mca_event_kind {
	MCA_EVENT_XRUN = 1,  /* value: total of that stream */
	MCA_EVENT_RECOVERED, /* audio runs again; value: microseconds from xrun to restart */
	MCA_EVENT_LOST,      /* the device is gone or failed for good; value: negative errno */
	MCA_EVENT_STALLED,   /* no progress within the time limit; value: limit in ms */
	MCA_EVENT_SUSPENDED, /* the device was suspended (ESTRPIPE) */
	MCA_EVENT_LATE,      /* woke up late by `value` us, nothing lost */
	MCA_EVENT_SHORT,     /* a device committed fewer frames than it granted */
};

struct mca_event {
	uint32_t kind;    /* enum mca_event_kind */
	uint32_t stream;  /* 0 capture, 1 playback */
	uint64_t frame;   /* frame counter of the channel when it happened */
	int64_t value;    /* per kind, see above */
	uint32_t frames_lost;
	uint32_t frames_lost_total; /* of that stream, modulo 2^32 */
};

struct mca_event_ring {
	_Alignas(64) _Atomic uint32_t head; /* written by the writer */
	_Alignas(64) _Atomic uint32_t tail; /* written by the reader */
	_Alignas(64) _Atomic uint32_t dropped;
	struct mca_event slot[MCA_EVENT_RING_SLOTS];
};

/* Empty the ring. Thread: control, before sharing. */
void mca_event_ring_init(struct mca_event_ring *ring);

/* Append a copy, or count a drop when full. Thread: the one writer (RT). Wait-free. */
void mca_event_ring_push(struct mca_event_ring *ring, const struct mca_event *event);

/* Take the oldest event; false when empty. Thread: the one reader. Wait-free. */
bool mca_event_ring_pop(struct mca_event_ring *ring, struct mca_event *event);

/* Number of events dropped since the last call, and forget it. Thread: the one reader. */
uint32_t mca_event_ring_dropped(struct mca_event_ring *ring);

#endif
