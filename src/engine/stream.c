/* SPDX-License-Identifier: MIT */
/* Starting and ending the thread of one channel, and judging whether it still moves. */
#include "stream.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mca/diag.h"

/* A stall is told within a second: four periods, but at least what a busy machine may take and at
 * most what leaves time to close the device. Blocks longer than that get two periods. */
#define STALL_MIN_MS 250u
#define STALL_MAX_MS 750u

/* What a thread that recovers from a suspend may take beyond the stall limit. */
#define BEAT_GRACE_MS 1500u

static unsigned max_of(unsigned a, unsigned b)
{
	return a > b ? a : b;
}

static unsigned period_ms(unsigned frames, unsigned rate_hz)
{
	return (unsigned)((uint64_t)frames * 1000 / rate_hz) + 1;
}

static unsigned stall_ms(unsigned period)
{
	unsigned limit = 4 * period;

	if (limit < STALL_MIN_MS)
		return STALL_MIN_MS;
	return limit <= STALL_MAX_MS ? limit : max_of(STALL_MAX_MS, 2 * period);
}

/* Frames of one rate as so many of another, rounded up. */
static unsigned at_rate(unsigned frames, unsigned from_hz, unsigned to_hz)
{
	return (unsigned)(((uint64_t)frames * to_hz + from_hz - 1) / from_hz);
}

/* Two blocks are the promise of the latency. A card whose period is longer hands frames over in
 * longer strides, and needs two of those. A stride in playback frames. */
static unsigned stride_frames(const struct mca_pcm_info *in, const struct mca_pcm_info *out)
{
	unsigned stride = max_of(out->block_frames, out->period_frames);

	stride = max_of(stride, at_rate(in->block_frames, in->rate_hz, out->rate_hz));
	return max_of(stride, at_rate(in->period_frames, in->rate_hz, out->rate_hz));
}

static void run(void *arg)
{
	struct mca_rt_channel *body = arg;

	mca_rt_channel_run(body);
}

static void release(struct mca_stream *stream)
{
	mca_duplex_free(stream->duplex);
	mca_bridge_done(&stream->bridge);
	free(stream->scratch);
	stream->duplex = NULL;
	stream->scratch = NULL;
}

/* The chain, and one that does nothing but close its ramp. Both run at the output's rate. */
static int cook_chains(struct mca_rt_channel *body, const struct mca_stream_spec *spec,
		       struct mca_diag *diag)
{
	struct mca_chain_params params = *spec->params, fade = { .comp.ratio = 1 };
	int r;

	params.rate_hz = fade.rate_hz = mca_pcm_info(spec->pcm[MCA_PLAYBACK])->rate_hz;
	params.lanes = fade.lanes = spec->shape.lanes;
	r = mca_chain_cook(&body->cooked, &params, diag);
	return r < 0 ? r : mca_chain_cook(&body->fade, &fade, diag);
}

/* Where the two directions differ in clock or rate. */
static int build_bridge(struct mca_stream *stream, const struct mca_stream_spec *spec,
			struct mca_diag *diag)
{
	struct mca_bridge_plan plan = {
		.capture_hz = mca_pcm_info(spec->pcm[MCA_CAPTURE])->rate_hz,
		.playback_hz = mca_pcm_info(spec->pcm[MCA_PLAYBACK])->rate_hz,
		.shared_clock = mca_duplex_shared_clock(stream->duplex),
		.lanes = spec->shape.lanes,
		.block_frames = stream->body.block_frames,
		.target_frames = mca_duplex_latency_frames(stream->duplex),
	};

	if (mca_duplex_is_straight(stream->duplex))
		return 0;
	stream->body.bridge = &stream->bridge;
	return mca_bridge_init(&stream->bridge, &plan, diag);
}

static uint64_t limit_frames(double limit_s, unsigned rate_hz)
{
	uint64_t frames = (uint64_t)llround(limit_s * rate_hz);

	return limit_s > 0 && frames == 0 ? 1 : frames;
}

static int prepare(struct mca_stream *stream, const struct mca_stream_spec *spec,
		   struct mca_diag *diag)
{
	const struct mca_pcm_info *in = mca_pcm_info(spec->pcm[MCA_CAPTURE]);
	const struct mca_pcm_info *out = mca_pcm_info(spec->pcm[MCA_PLAYBACK]);
	size_t bytes = (size_t)in->block_frames * spec->shape.lanes * sizeof(int16_t);
	unsigned stride = stride_frames(in, out);
	int r;

	memset(stream, 0, sizeof *stream);
	stream->scratch = malloc(bytes);
	if (!stream->scratch)
		return mca_diag_set(diag, -ENOMEM, "There is no memory left to start a stream.");
	/* Locked on first touch, and first touched here: not in the first period. */
	memset(stream->scratch, 1, bytes);
	r = mca_duplex_new(&stream->duplex, spec->pcm[MCA_CAPTURE], spec->pcm[MCA_PLAYBACK],
			   in->block_frames, 2 * stride, diag);
	if (r < 0) {
		stream->duplex = NULL;
		release(stream);
		return r;
	}
	stream->body = (struct mca_rt_channel){
		.duplex = stream->duplex, .link = spec->link, .scratch = stream->scratch,
		.block_frames = mca_duplex_block_frames(stream->duplex),
		.rate_hz = in->rate_hz,
		.limit_frames = limit_frames(spec->limit_s, out->rate_hz),
		.timeout_ms = stall_ms(period_ms(stride, out->rate_hz)),
	};
	r = cook_chains(&stream->body, spec, diag);
	if (r == 0)
		r = build_bridge(stream, spec, diag);
	if (r < 0)
		release(stream);
	return r;
}

int mca_stream_start(struct mca_stream *stream, const struct mca_stream_spec *spec,
		     const struct mca_realtime *realtime, struct mca_diag *diag)
{
	char name[32];
	int r;

	assert(!stream->active);
	for (unsigned d = 0; d < 2; d++)
		assert(mca_pcm_info(spec->pcm[d])->rate_hz);
	r = prepare(stream, spec, diag);
	if (r < 0)
		return r;
	snprintf(name, sizeof name, "mca-ch-%u", spec->id);
	stream->started_ns = stream->beat_ns = mca_monotonic_ns();
	r = mca_realtime_start(realtime, &stream->thread, name, run, &stream->body, diag);
	if (r < 0) {
		release(stream);
		return r;
	}
	stream->active = true;
	return 0;
}

unsigned mca_stream_rate_hz(const struct mca_stream *stream)
{
	return stream->body.cooked.rate_hz;
}

double mca_stream_latency_ms(const struct mca_stream *stream)
{
	return 1000.0 * mca_rt_latency_frames(&stream->body) / mca_stream_rate_hz(stream);
}

/* Nothing of these parameters is out of range at one rate and within it at another. */
static void cook_again(const struct mca_stream *stream, const struct mca_chain_params *params,
		       struct mca_chain_cooked *cooked)
{
	struct mca_chain_params here = *params;
	int r;

	here.rate_hz = stream->body.cooked.rate_hz;
	here.lanes = stream->body.cooked.lanes;
	r = mca_chain_cook(cooked, &here, NULL);
	assert(r == 0);
}

void mca_stream_set_params(struct mca_stream *stream, const struct mca_chain_params *params)
{
	struct mca_chain_cooked cooked;

	cook_again(stream, params, &cooked);
	mca_mailbox_publish(&stream->body.link->params, &cooked);
}

bool mca_stream_has_delay(const struct mca_stream *stream, const struct mca_chain_params *params)
{
	struct mca_chain_cooked cooked;

	cook_again(stream, params, &cooked);
	return cooked.limiter.lookahead_frames ==
	       stream->body.cooked.limiter.lookahead_frames;
}

void mca_stream_ask_stop(struct mca_stream *stream)
{
	if (!stream->active)
		return;
	stream->asked_to_stop = true;
	/* A thread frozen by the test hook would never look at anything else. */
	atomic_store(&stream->body.link->freeze, false);
	atomic_store(&stream->body.link->stop, true);
}

bool mca_stream_is_over(const struct mca_stream *stream)
{
	int phase = atomic_load(&stream->body.link->phase);

	return phase == MCA_RT_FAULT || phase == MCA_RT_ENDED;
}

int mca_stream_wait_over(const struct mca_stream *stream, uint64_t deadline_ns)
{
	/* The thread cannot knock (it makes no system call but its sleep), so we look. */
	while (!mca_stream_is_over(stream)) {
		if (mca_monotonic_ns() >= deadline_ns)
			return -ETIMEDOUT;
		mca_pause_ms(1);
	}
	return 0;
}

void mca_stream_finish(struct mca_stream *stream)
{
	if (!stream->active)
		return;
	mca_thread_join(&stream->thread);
	stream->active = false;
	release(stream);
}

bool mca_stream_beats(struct mca_stream *stream, uint64_t now_ns)
{
	uint64_t frames = atomic_load(&stream->body.link->frames);
	uint64_t grace_ns = (stream->body.timeout_ms + BEAT_GRACE_MS) * MCA_MS_NS;

	if (frames != stream->beat_frames) {
		stream->beat_frames = frames;
		stream->beat_ns = now_ns;
	}
	return now_ns - stream->beat_ns < grace_ns || mca_stream_is_over(stream);
}
