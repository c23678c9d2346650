/* SPDX-License-Identifier: MIT */
/*
 * The chain calls the stages in their order and cuts the stream into chunks. Where a chunk ends
 * depends on the stream (a meter window or a stage of easing that ends) and on the caller's blocks;
 * the result depends on neither, because every stage carries its whole state from frame to frame.
 *
 * Silence through a chain at rest is not processed frame by frame: zeros leave, and each stage
 * advances as it would.
 */
#include "mca/chain.h"

#include <assert.h>
#include <string.h>

#include "mca/q.h"
#include "stage.h"

static_assert(sizeof(struct mca_chain_cooked) % 8 == 0, "fit for a mailbox");

void mca_chain_init(struct mca_chain *chain, const struct mca_chain_cooked *cooked, bool open)
{
	memset(chain, 0, sizeof(*chain));
	chain->cooked = *cooked;
	chain->path = mca_path_best();
	chain->shut_left = open ? 0 : cooked->limiter.lookahead_frames;
#define INIT(name) mca_##name##_init(&chain->name, &cooked->name, open);
	MCA_STAGES(INIT)
	mca_meter_init(&chain->meter, cooked->rate_hz, cooked->lanes);
}

void mca_chain_set(struct mca_chain *chain, const struct mca_chain_cooked *cooked)
{
	assert(cooked->rate_hz == chain->cooked.rate_hz && cooked->lanes == chain->cooked.lanes);
	assert(cooked->limiter.lookahead_frames == chain->cooked.limiter.lookahead_frames);
	if (memcmp(&chain->cooked, cooked, sizeof(*cooked)) == 0)
		return;
	/* The meter begins with silence before it. */
	if (chain->cooked.true_peak != cooked->true_peak)
		memset(chain->meter.tail, 0, sizeof(chain->meter.tail));
#define SET(name) mca_##name##_set(&chain->name, &chain->cooked.name, &cooked->name);
	MCA_STAGES(SET)
	chain->cooked = *cooked;
	mca_ease_begin(chain);
}

void mca_chain_close_ramp(struct mca_chain *chain)
{
	chain->ramp.phase_q31 = 0;
	chain->shut_left = chain->limiter.lookahead.frames;
}

bool mca_chain_is_closed(const struct mca_chain *chain)
{
	return chain->ramp.phase_q31 == 0;
}

static bool is_silent(const int16_t *in, size_t samples)
{
	int16_t any = 0;

#pragma GCC unroll 4
	for (size_t i = 0; i < samples; i++)
		any |= in[i];
	return any == 0;
}

static bool stages_rest(const struct mca_chain *chain, const struct mca_chunk *chunk)
{
#define RESTS(name) && mca_##name##_rests(&chain->name, &chain->cooked.name, chunk)
	return true MCA_STAGES(RESTS);
}

/* True when silence meets a chain at rest; then the chunk is done. Sound seldom begins with a zero
 * and a chain in use does not rest, so that the tests cost next to nothing then. */
static bool skip_silence(struct mca_chain *chain, const struct mca_chunk *chunk)
{
	size_t samples = (size_t)chunk->frames * chunk->lanes;

	if (chunk->in[0] != 0 || !stages_rest(chain, chunk) || !mca_true_peak_rests(chain) ||
	    !is_silent(chunk->in, samples))
		return false;
	memset(chunk->out, 0, samples * sizeof(*chunk->out));
	memset(chain->meter.in_run, 0, sizeof(chain->meter.in_run));
#define SKIP(name) mca_##name##_skip(&chain->name, &chain->cooked.name, chunk);
	MCA_STAGES(SKIP)
	return true;
}

static void process_chunk(struct mca_chain *chain, struct mca_chunk *chunk)
{
	chunk->passes = mca_passes_of(chain->path);
	chunk->meter = &chain->meter;
	chunk->sum = &chain->meter.sum;
	chunk->fastest_q62 = mca_ease_fastest_q62(chain);
	chunk->limits = chunk->amplifies = chunk->lifted = chunk->levelled = false;
	chunk->is_wide = false;
#define PROCESS(name) mca_##name##_process(&chain->name, &chain->cooked.name, chunk);
	MCA_STAGES(PROCESS)
	if (chunk->is_wide)
		chunk->passes->apply_wide(chunk);
	else
		chunk->passes->apply(chunk);
	mca_true_peak_pass(chain, chunk->out, chunk->frames);
}

static unsigned chunk_frames(const struct mca_chain *chain, unsigned frames)
{
	if (frames > MCA_CHUNK_FRAMES)
		frames = MCA_CHUNK_FRAMES;
	if (frames > chain->meter.left)
		frames = chain->meter.left;
	if (chain->shut_left > 0 && frames > chain->shut_left)
		frames = chain->shut_left;
	return mca_ease_bound_frames(chain, frames);
}

void mca_chain_process(struct mca_chain *chain, const int16_t *in, int16_t *out, unsigned frames,
		       bool open)
{
	struct mca_chunk chunk;

	chunk.lanes = chain->cooked.lanes;
	chunk.makeup_filled = 0;
	while (frames > 0) {
		/* The sound from before an interruption is still under way: it stays unheard. */
		chunk.open = open && chain->shut_left == 0;
		chunk.frames = chunk_frames(chain, frames);
		chunk.stages_left = chain->ease_left ? mca_ease_stages_left(chain) : 0;
		chunk.in = in;
		chunk.out = out;
		if (!skip_silence(chain, &chunk))
			process_chunk(chain, &chunk);
		if (chain->shut_left > 0)
			chain->shut_left -= chunk.frames;
		mca_meter_advance(&chain->meter, chunk.frames);
		mca_ease_advance(chain, chunk.frames);
		in += (size_t)chunk.frames * chunk.lanes;
		out += (size_t)chunk.frames * chunk.lanes;
		frames -= chunk.frames;
	}
}
