/* SPDX-License-Identifier: MIT */
#ifndef MCA_RT_CHANNEL_H
#define MCA_RT_CHANNEL_H

#include <stdbool.h>
#include <stdint.h>

#include "mca/bridge.h"
#include "mca/chain.h"
#include "mca/duplex.h"
#include "mca/event_ring.h"
#include "mca/mailbox.h"
#include "mca/meter.h"
#include "mca/snapshot.h"
#include "mca/tone.h"

/*
 * What one real-time thread does, and the wall around it. Values cross, never ownership:
 *   in   cooked parameters and tone orders (mailboxes), gate/mute/stop (atomics, through the ramp)
 *   out  report (snapshot, once per block), events (ring), phase and frame counter (atomics)
 */
enum mca_rt_phase {
	MCA_RT_IDLE = 0,   /* no thread yet */
	MCA_RT_STARTING,     /* until the first block has passed */
	MCA_RT_RUNNING,
	MCA_RT_FAULT,      /* the thread has ended because of `fault`; join it, close, reopen */
	MCA_RT_ENDED,      /* the thread has ended as asked (stop, or limit_frames reached) */
};

/* Published once per block; a multiple of 8 bytes. */
struct mca_rt_report {
	uint64_t frames;             /* played since this thread's start */
	uint64_t blocks;
	uint64_t xruns[2];           /* by enum mca_pcm_direction, since this thread's start */
	uint64_t frames_lost[2];     /* with these and with suspends: captured, and never played;
				      * at the capture's rate */
	uint64_t wakeup_max_us;      /* latest wake-up seen, told by the surplus of frames */
	uint64_t tone_left;          /* frames of test tone still to play, at the output's rate */
	uint64_t closed;             /* 1 = the ramp is fully closed */
	/* Over a bridge: */
	uint64_t clock_state;        /* enum mca_clock_state */
	uint64_t drift_known;        /* 1 = the clocks were locked once */
	int64_t drift_ppb;           /* playback's clock against capture's, in 10^-9 */
	uint64_t level_target;       /* frames that should be between the connectors, */
	int64_t level_error;         /* and how many more there are; */
	int64_t level_low, level_high;  /* its extremes since the clocks were locked last */
	struct mca_meter_reading meter;
};

/* The link between both sides. Owned by the engine, outlives the thread; never moves. */
struct mca_rt_link {
	/* in */
	struct mca_mailbox params;          /* struct mca_chain_cooked */
	struct mca_mailbox tone;            /* struct mca_tone_order */
	_Atomic bool *gate_open;            /* push-to-talk words live with the engine, so that */
	_Atomic bool *mute;                 /* they survive a restart of the stream */
	_Atomic bool stop;                  /* fade out and end: within 300 ms, whatever the block.
					     * (A long queue that is not mapped is cut off.) */
	_Atomic bool freeze;                /* test hook: stand still, to prove the watchdog */
	/* out */
	struct mca_snapshot report;         /* struct mca_rt_report */
	struct mca_event_ring events;
	_Atomic int phase;                  /* enum mca_rt_phase */
	_Atomic int fault;                  /* enum mca_duplex_fault when phase is FAULT */
	_Atomic int fault_errno;            /* negative errno that came with it */
	_Atomic int fault_direction;        /* enum mca_pcm_direction; of MCA_FAULT_XRUN, which is a
					     * loop of restarts: the card to blame */
	_Atomic uint32_t fault_frames_lost; /* with the fault, as in the report */
	_Atomic uint32_t fault_xruns;       /* MCA_FAULT_XRUN: so many in a row */
	_Atomic uint32_t fault_lag_us;      /* MCA_FAULT_XRUN: how late that card told its position
					     * at most */
	_Atomic uint64_t frames;            /* heartbeat: advances with every block */
};

struct mca_rt_channel {
	struct mca_duplex *duplex;          /* borrowed */
	struct mca_bridge *bridge;          /* borrowed; NULL: one clock and one rate */
	struct mca_rt_link *link;           /* borrowed */
	struct mca_chain_cooked cooked;     /* parameters to start with; their rate is the output's,
					     * as that of all parameters and tones to come */
	struct mca_chain_cooked fade;       /* of a chain that does nothing but its ramp, of as many
					     * lanes, at the same rate: stop.c applies it to a
					     * queue too long to drain; all 0 = there is none, and
					     * such a queue is dropped */
	int16_t *scratch;                   /* borrowed, block_frames * lanes */
	unsigned block_frames;              /* of capture frames */
	unsigned rate_hz;                   /* the capture's */
	unsigned timeout_ms;                /* without progress this long: STALLED; > 0, and several
					     * of the device's periods */
	uint64_t limit_frames;              /* end after so many played frames, rounded up to
					     * blocks; 0 = never */
};

/* Prepare the link's queues. Thread: control, before the thread exists. */
void mca_rt_link_init(struct mca_rt_link *link, _Atomic bool *gate_open, _Atomic bool *mute);

/* Frames between a sound at the capture and at the playback connector, by construction; counted
 * at the output's rate, with the fraction that a resampler between two rates makes. Thread: any,
 * before and while the thread runs. */
double mca_rt_latency_frames(const struct mca_rt_channel *channel);

/* So many restarts in a row, each with less than 50 ms of sound before it, are a fault. */
#define MCA_RT_LOOP 100

/* The whole life of the stream: start, cycle until stop, limit or fault; returns when it is over,
 * phase set last. Every (re)start fades in. Xruns and suspends are recovered here; stalls, lost
 * devices and MCA_RT_LOOP restarts end it. Thread: RT; this is the body of the channel's thread. */
void mca_rt_channel_run(struct mca_rt_channel *channel);

#endif
