/* SPDX-License-Identifier: MIT */
/*
 * The chain puts the passes in order and cuts the stream into chunks. Where a chunk ends depends
 * on the stream (a meter window or a stage of easing that ends) and on the caller's blocks; the
 * result depends on neither, because every pass carries its whole state from frame to frame.
 */
#include "mca/chain.h"

#include <assert.h>
#include <string.h>

#include "chunk.h"
#include "lookahead.h"
#include "mca/q.h"

static_assert(sizeof(struct mca_chain_cooked) % 8 == 0, "fit for a mailbox");

void mca_chain_init(struct mca_chain *chain, const struct mca_chain_cooked *cooked, bool open)
{
	memset(chain, 0, sizeof(*chain));
	chain->cooked = *cooked;
	chain->makeup_q26 = cooked->makeup_q26;
	chain->ramp_phase_q31 = open ? MCA_Q31_ONE : 0;
	chain->path = mca_path_best();
	mca_lookahead_init(&chain->lookahead, cooked->lookahead_frames, cooked->makeup_q26);
	chain->lookahead.shut_left = open ? 0 : cooked->lookahead_frames;
	mca_meter_init(&chain->meter, cooked->rate_hz, cooked->lanes);
}

void mca_chain_set(struct mca_chain *chain, const struct mca_chain_cooked *cooked)
{
	assert(cooked->rate_hz == chain->cooked.rate_hz && cooked->lanes == chain->cooked.lanes);
	assert(cooked->lookahead_frames == chain->cooked.lookahead_frames);
	if (memcmp(&chain->cooked, cooked, sizeof(*cooked)) == 0)
		return;
	/* The meter begins with silence before it. */
	if (chain->cooked.true_peak != cooked->true_peak)
		memset(chain->meter.tail, 0, sizeof(chain->meter.tail));
	chain->cooked = *cooked;
	mca_ease_begin(chain);
}

void mca_chain_close_ramp(struct mca_chain *chain)
{
	chain->ramp_phase_q31 = 0;
	chain->lookahead.shut_left = chain->lookahead.frames;
}

bool mca_chain_is_closed(const struct mca_chain *chain)
{
	return chain->ramp_phase_q31 == 0;
}

static unsigned chunk_frames(const struct mca_chain *chain, unsigned frames)
{
	if (frames > MCA_CHUNK_FRAMES)
		frames = MCA_CHUNK_FRAMES;
	if (frames > chain->meter.left)
		frames = chain->meter.left;
	if (chain->lookahead.shut_left > 0 && frames > chain->lookahead.shut_left)
		frames = chain->lookahead.shut_left;
	return mca_ease_bound_frames(chain, frames);
}

static void process_chunk(struct mca_chain *chain, struct mca_chunk *chunk, const int16_t *in,
			  int16_t *out, bool open)
{
	const struct mca_passes *passes = mca_passes_of(chain->path);
	struct mca_meter_reading *sum = &chain->meter.sum;
	size_t samples = (size_t)chunk->frames * chain->cooked.lanes;

	chunk->limits = false;
	mca_makeup_slew(chunk, chain);
	passes->measure(chunk, &chain->cooked, in);
	mca_chunk_smooth(chunk, chain);
	if (chain->lookahead.frames) {
		in = memmove(out, in, samples * sizeof(*out));
		mca_lookahead_pass(&chain->lookahead, chunk, out, chain->cooked.lanes);
	}
	passes->weigh(chunk, sum);
	mca_ramp_apply(chunk, chain, open);
	passes->apply(chunk, chain->cooked.ceiling, in, out, sum);
	mca_true_peak_pass(chain, out, chunk->frames);
}

void mca_chain_process(struct mca_chain *chain, const int16_t *in, int16_t *out, unsigned frames,
		       bool open)
{
	unsigned lanes = chain->cooked.lanes;
	struct mca_chunk chunk;

	while (frames > 0) {
		/* The sound from before an interruption is still under way: it stays unheard. */
		bool may_open = open && chain->lookahead.shut_left == 0;

		chunk.frames = chunk_frames(chain, frames);
		if (!mca_silence_pass(chain, in, out, chunk.frames, may_open))
			process_chunk(chain, &chunk, in, out, may_open);
		if (chain->lookahead.shut_left > 0)
			chain->lookahead.shut_left -= chunk.frames;
		mca_meter_advance(&chain->meter, chunk.frames);
		mca_ease_advance(chain, chunk.frames);
		in += (size_t)chunk.frames * lanes;
		out += (size_t)chunk.frames * lanes;
		frames -= chunk.frames;
	}
}
