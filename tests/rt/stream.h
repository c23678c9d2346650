/* SPDX-License-Identifier: MIT */
#ifndef MCA_TEST_STREAM_H
#define MCA_TEST_STREAM_H

/*
 * A channel's thread body on a pair of simulated cards, and what it should have played: the chain
 * applied to the card's source.
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "mca/cycle.h"
#include "mca/rt_channel.h"
#include "pair.h"

struct stream {
	struct pair pair;
	struct mca_chain_params params;
	struct mca_rt_link link;
	struct mca_rt_channel channel;
	struct mca_bridge bridge;
	_Atomic bool gate_open, mute;
	int16_t *source;           /* what card 1 captures, as far as source_frames */
	size_t source_frames;
	pthread_t thread;
};

/* The settings that the example configuration has. */
static inline void stream_init(struct stream *stream, unsigned block_frames)
{
	struct mca_chain_params *params = &stream->params;

	memset(stream, 0, sizeof(*stream));
	pair_init(&stream->pair, block_frames);
	params->rate_hz = 44100;
	params->lanes = 2;
	params->comp.enabled = true;
	params->comp.ratio = 2;
	params->comp.threshold_dbfs = -20;
	params->comp.attack_ms = 10;
	params->comp.release_ms = 100;
	params->limiter.enabled = true;
	params->limiter.ceiling_dbfs = -3;
	params->limiter.release_ms = 8;
	params->ptt_ramp_ms = 5;
	stream->gate_open = true;
	stream->channel.timeout_ms = 5000;
}

enum stream_signal { STREAM_NOISE, STREAM_CONSTANT };

/* One sample of the test signal; noise at about -15 dBFS, or 3000 throughout. */
static inline int16_t stream_sample(enum stream_signal signal, uint32_t *seed)
{
	if (signal == STREAM_CONSTANT)
		return 3000;
	*seed = *seed * 1664525u + 1013904223u;
	return (int16_t)((int32_t)*seed >> 17);
}

/* Let card 1 capture a WAV file of so many frames; the card begins with 100 ms of silence. */
static inline void stream_source(struct stream *stream, enum stream_signal signal, size_t frames)
{
	struct mca_sim_source *source = &pair_card(&stream->pair, 1)->source;
	struct mca_wav_writer *writer = NULL;
	const size_t silence = 4410;
	struct mca_diag diag = { 0 };
	uint32_t seed = 1;

	stream->source_frames = silence + frames;
	stream->source = calloc(stream->source_frames, 2 * sizeof(int16_t));
	for (size_t i = 2 * silence; i < 2 * stream->source_frames; i++)
		stream->source[i] = stream_sample(signal, &seed);
	source->kind = MCA_SIM_WAV;
	snprintf(source->path, sizeof(source->path), "%s/in.wav", stream->pair.folder);
	pair_say(mca_wav_writer_open(&writer, source->path, 44100, 2, &diag), &diag);
	CHECK_INT(mca_wav_writer_append(writer, stream->source + 2 * silence, frames), 0);
	CHECK_INT(mca_wav_writer_close(writer), 0);
}

/* A pair that needs a bridge gets one. */
static inline bool stream_build_bridge(struct stream *stream)
{
	const struct mca_duplex *duplex = stream->pair.duplex;
	struct mca_bridge_plan plan = {
		.capture_hz = mca_pcm_info(stream->pair.pcm[MCA_CAPTURE])->rate_hz,
		.playback_hz = mca_pcm_info(stream->pair.pcm[MCA_PLAYBACK])->rate_hz,
		.shared_clock = mca_duplex_shared_clock(duplex),
		.lanes = stream->params.lanes,
		.block_frames = mca_duplex_block_frames(duplex),
		.target_frames = mca_duplex_latency_frames(duplex),
	};
	struct mca_diag diag = { 0 };

	if (mca_duplex_is_straight(duplex))
		return true;
	stream->channel.bridge = &stream->bridge;
	return pair_say(mca_bridge_init(&stream->bridge, &plan, &diag), &diag);
}

static inline bool stream_open(struct stream *stream)
{
	struct mca_rt_channel *channel = &stream->channel;
	struct mca_diag diag = { 0 };

	stream->params.lanes = stream->pair.shape.lanes;
	if (!pair_open(&stream->pair) || !stream_build_bridge(stream))
		return false;
	stream->params.rate_hz = mca_pcm_info(stream->pair.pcm[MCA_PLAYBACK])->rate_hz;
	if (!pair_say(mca_chain_cook(&channel->cooked, &stream->params, &diag), &diag))
		return false;
	mca_rt_link_init(&stream->link, &stream->gate_open, &stream->mute);
	channel->duplex = stream->pair.duplex;
	channel->link = &stream->link;
	channel->block_frames = mca_duplex_block_frames(stream->pair.duplex);
	channel->scratch = calloc(channel->block_frames, stream->params.lanes * sizeof(int16_t));
	channel->rate_hz = mca_pcm_info(stream->pair.pcm[MCA_CAPTURE])->rate_hz;
	return channel->scratch != NULL;
}

static inline void stream_report(struct stream *stream, struct mca_rt_report *report)
{
	CHECK(mca_snapshot_read(&stream->link.report, report));
}

static inline int stream_phase(struct stream *stream)
{
	return atomic_load_explicit(&stream->link.phase, memory_order_acquire);
}

static inline void *stream_body(void *arg)
{
	mca_rt_channel_run(arg);
	return NULL;
}

static inline void stream_begin(struct stream *stream)
{
	CHECK_INT(pthread_create(&stream->thread, NULL, stream_body, &stream->channel), 0);
}

/* Until so many frames have passed, or the thread has ended. */
static inline void stream_await(struct stream *stream, uint64_t frames)
{
	while (atomic_load_explicit(&stream->link.frames, memory_order_relaxed) < frames &&
	       stream_phase(stream) < MCA_RT_FAULT)
		sched_yield();
}

static inline void stream_stop(struct stream *stream)
{
	atomic_store(&stream->link.stop, true);
	pthread_join(stream->thread, NULL);
}

static inline void stream_finish(struct stream *stream, struct mca_wav *played)
{
	struct mca_sim_source *source = &pair_card(&stream->pair, 1)->source;

	if (source->kind == MCA_SIM_WAV)
		unlink(source->path);
	mca_bridge_done(&stream->bridge);
	free(stream->channel.scratch);
	free(stream->source);
	pair_finish(&stream->pair, played);
}

/* How many events of a kind stand in the ring; the ring is put back as it was. */
static inline unsigned stream_count_events(struct stream *stream, enum mca_event_kind kind,
					   struct mca_event *first)
{
	struct mca_event event, kept[MCA_EVENT_RING_SLOTS];
	unsigned found = 0, count = 0;

	while (count < MCA_EVENT_RING_SLOTS && mca_event_ring_pop(&stream->link.events, &event)) {
		if (event.kind == kind && found++ == 0 && first)
			*first = event;
		kept[count++] = event;
	}
	for (unsigned i = 0; i < count; i++)
		mca_event_ring_push(&stream->link.events, &kept[i]);
	return found;
}

#endif
