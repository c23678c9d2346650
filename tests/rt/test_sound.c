/* SPDX-License-Identifier: MIT */
/*
 * What a channel's thread plays, sample for sample: the chain applied to the source, two blocks
 * later; a fade-in after every start and every interruption, a fade-out before the end.
 */
#include "stream.h"

enum { BLOCK = 256, SECOND = 44100, LATENCY = 2 * BLOCK };

/* Chain output of count source frames from `from` on, the ramp starting closed. */
static void pass_source(struct stream *stream, struct mca_chain *chain, size_t from, size_t count,
			int16_t *out)
{
	CHECK(from + count <= stream->source_frames);
	mca_chain_process(chain, stream->source + 2 * from, out, (unsigned)count, true);
}

static void check_chain(double lookahead_ms)
{
	static const unsigned blocks[] = { 16, 64, 512 };

	for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
		unsigned latency = 2 * blocks[i];
		unsigned ahead = (unsigned)(lookahead_ms * 44.1);
		struct mca_wav played = { 0 };
		struct mca_chain chain;
		struct stream stream;
		int16_t *want = calloc(2 * SECOND, 2 * sizeof(int16_t));

		stream_init(&stream, blocks[i]);
		stream.params.limiter.lookahead_ms = lookahead_ms;
		stream_source(&stream, STREAM_NOISE, 2 * SECOND);
		pair_record(&stream.pair);
		stream.channel.limit_frames = SECOND;
		if (!stream_open(&stream))
			return;
		mca_rt_channel_run(&stream.channel);
		CHECK_INT(stream_phase(&stream), MCA_RT_ENDED);
		CHECK_INT(mca_rt_latency_frames(&stream.channel), latency + ahead);
		mca_chain_init(&chain, &stream.channel.cooked, false);
		pass_source(&stream, &chain, 0, SECOND, want + 2 * latency);
		stream_finish(&stream, &played);
		CHECK(played.count >= SECOND - 2 * blocks[i]);
		CHECK(played.count <= SECOND + latency);
		CHECK(memcmp(played.frames, want, played.count * 2 * sizeof(int16_t)) == 0);
		mca_wav_done(&played);
		free(want);
	}
}

static void it_is_the_chain_two_blocks_later(void)
{
	check_chain(0);
	check_chain(10);
}

static size_t count_equal(const int16_t *a, const int16_t *b, size_t frames)
{
	size_t equal = 0;

	while (equal < frames && memcmp(a + 2 * equal, b + 2 * equal, 2 * sizeof(*a)) == 0)
		equal++;
	return equal;
}

/*
 * One interruption, `at` frames into the stream. Played must be: two blocks of silence, the chain's
 * output up to some frame, two blocks of silence, and the chain again from a closed ramp with the
 * source where the card had stopped. So audio is back two blocks after it was lost.
 */
static void check_interruption(enum mca_sim_fault_kind kind, enum mca_pcm_direction direction,
			       double lookahead_ms)
{
	const size_t at = SECOND, passed = at / BLOCK * BLOCK;
	struct mca_wav played = { 0 };
	struct mca_chain chain;
	struct stream stream;
	int16_t *before = calloc(at + LATENCY, 2 * sizeof(int16_t));
	int16_t *after = calloc(SECOND + LATENCY, 2 * sizeof(int16_t));
	size_t cut, rest, resumed;

	stream_init(&stream, BLOCK);
	stream.params.limiter.lookahead_ms = lookahead_ms;
	stream_source(&stream, STREAM_NOISE, 3 * SECOND);
	pair_record(&stream.pair);
	pair_fault(&stream.pair, 1, kind, direction, (double)at / SECOND, 0);
	stream.channel.limit_frames = passed + SECOND;
	if (!stream_open(&stream))
		return;
	mca_rt_channel_run(&stream.channel);
	CHECK_INT(stream_phase(&stream), MCA_RT_ENDED);
	mca_chain_init(&chain, &stream.channel.cooked, false);
	pass_source(&stream, &chain, 0, passed, before + 2 * LATENCY);
	mca_chain_close_ramp(&chain);
	/* A broken capture stands where it broke; otherwise it went on until the next wake-up. */
	resumed = direction == MCA_CAPTURE ? at : passed + BLOCK;
	pass_source(&stream, &chain, resumed, SECOND, after + 2 * LATENCY);
	stream_finish(&stream, &played);
	cut = count_equal(played.frames, before, passed + LATENCY);
	CHECK(cut + BLOCK >= at && cut <= at + BLOCK);
	rest = played.count - cut;
	CHECK_INT(count_equal(played.frames + 2 * cut, after, rest), rest);
	CHECK(rest > SECOND - 2 * LATENCY);
	mca_wav_done(&played);
	free(before);
	free(after);
}

static void after_an_xrun_audio_is_back_and_fades_in(void)
{
	check_interruption(MCA_SIM_FAULT_XRUN, MCA_CAPTURE, 0);
	check_interruption(MCA_SIM_FAULT_XRUN, MCA_CAPTURE, 10);
	check_interruption(MCA_SIM_FAULT_XRUN, MCA_PLAYBACK, 0);
}

static void after_a_suspend_too(void)
{
	check_interruption(MCA_SIM_FAULT_SUSPEND, MCA_CAPTURE, 0);
}

int main(void)
{
	setenv("LIBASOUND_THREAD_SAFE", "0", 1);
	RUN(it_is_the_chain_two_blocks_later);
	RUN(after_an_xrun_audio_is_back_and_fades_in);
	RUN(after_a_suspend_too);
	return DONE();
}
