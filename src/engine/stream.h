/* SPDX-License-Identifier: MIT */
#ifndef MCA_ENGINE_STREAM_H
#define MCA_ENGINE_STREAM_H

#include <stdbool.h>
#include <stdint.h>

#include "clock.h"
#include "mca/rt_channel.h"
#include "realtime.h"

/*
 * One life of running audio: the duplex pair, its scratch memory and the thread, from start to
 * join. Borrows the two devices and the link, which outlive it. Thread: control.
 */
struct mca_stream {
	bool active;                    /* the thread exists and was not joined */
	bool asked_to_stop;
	struct mca_duplex *duplex;      /* owned */
	int16_t *scratch;               /* owned */
	struct mca_bridge bridge;       /* owned; empty on one clock at one rate */
	struct mca_rt_channel body;     /* read by the thread */
	struct mca_thread thread;
	struct mca_cpu cpu;
	uint64_t started_ns;
	uint64_t beat_frames;           /* the frame counter when it was last seen to have moved, */
	uint64_t beat_ns;               /* and when that was */
};

struct mca_stream_spec {
	unsigned id;                    /* for the thread's name */
	struct mca_pcm *pcm[2];         /* configured, by enum mca_pcm_direction */
	struct mca_pcm_shape shape;
	struct mca_rt_link *link;       /* initialised */
	const struct mca_chain_params *params;  /* their rate is not read: it is the output's */
	double limit_s;                 /* 0 = never */
};

/* Start. 0, or negative errno with diag and nothing held. */
int mca_stream_start(struct mca_stream *stream, const struct mca_stream_spec *spec,
		     const struct mca_realtime *realtime, struct mca_diag *diag);

/* The rate at which the chain runs: the output's. */
unsigned mca_stream_rate_hz(const struct mca_stream *stream);

/* Between a sound at the input and at the output, by construction. */
double mca_stream_latency_ms(const struct mca_stream *stream);

/* Cook proved parameters for a running stream and hand them over. Their look-ahead must not be
 * another one (mca_stream_has_delay). */
void mca_stream_set_params(struct mca_stream *stream, const struct mca_chain_params *params);

/* Does the stream's look-ahead have the length that these parameters ask for? */
bool mca_stream_has_delay(const struct mca_stream *stream, const struct mca_chain_params *params);

/* Ask the thread to fade out and end; does not wait. */
void mca_stream_ask_stop(struct mca_stream *stream);

/* Has the thread nothing more to do (stopped, limit reached, fault)? */
bool mca_stream_is_over(const struct mca_stream *stream);

/* How long the thread may take to stop, from the asking on (mca/rt_channel.h). */
#define MCA_STREAM_STOP_MS 300u

/* Wait until it is over, at the latest until deadline_ns. 0 or -ETIMEDOUT. */
int mca_stream_wait_over(const struct mca_stream *stream, uint64_t deadline_ns);

/* Join the thread of a stream that is over, and free what the stream owns. */
void mca_stream_finish(struct mca_stream *stream);

/* Has the frame counter moved since the last look, or may it still? `now_ns` is monotonic. */
bool mca_stream_beats(struct mca_stream *stream, uint64_t now_ns);

#endif
