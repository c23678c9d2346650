/* SPDX-License-Identifier: MIT */
/*
 * A duplex pair on simulated cards: what goes in comes out, unchanged and exactly the stated
 * latency later; whatever goes wrong is named rightly and can be recovered.
 */
#include <errno.h>

#include "pair.h"

enum { BLOCK = 128, TIMEOUT_MS = 5000, KEPT = 400 * 1024 };

/* Everything that was captured, both lanes. */
struct tape {
	int16_t *frames;
	size_t count;
};

static void tape_new(struct tape *tape)
{
	tape->frames = calloc(KEPT, 2 * sizeof(int16_t));
	tape->count = 0;
}

/* One block from capture to playback in whatever windows there are. 0 or -errno. */
static int copy_block(struct pair *pair, struct tape *tape)
{
	unsigned left = pair->shape.block_frames, lanes = pair->shape.lanes;

	while (left > 0) {
		struct mca_duplex_window in, out;
		int err = mca_duplex_capture_begin(pair->duplex, left, &in);

		if (err == 0)
			err = mca_duplex_playback_begin(pair->duplex, in.count, &out);
		if (err < 0)
			return err;
		CHECK(out.count > 0 && out.count <= in.count && in.count <= left);
		memcpy(out.frames, in.frames, out.count * lanes * sizeof(int16_t));
		if (tape && tape->count + out.count <= KEPT) {
			memcpy(tape->frames + tape->count * lanes, in.frames,
			       out.count * lanes * sizeof(int16_t));
			tape->count += out.count;
		}
		err = mca_duplex_playback_end(pair->duplex, out.count);
		if (err == 0)
			err = mca_duplex_capture_end(pair->duplex, out.count);
		if (err < 0)
			return err;
		left -= out.count;
	}
	return 0;
}

/* Cycle for so many blocks, or until something fails. Returns 0 or what failed. */
static int copy_blocks(struct pair *pair, unsigned blocks, struct tape *tape)
{
	for (unsigned i = 0; i < blocks; i++) {
		int frames = mca_duplex_wait(pair->duplex, TIMEOUT_MS);

		if (frames < 0)
			return frames;
		CHECK(frames >= (int)pair->shape.block_frames);
		frames = copy_block(pair, tape);
		if (frames < 0)
			return frames;
	}
	return 0;
}

/* Played = latency frames of silence, then the tape. */
static void check_delayed(const struct mca_wav *played, const struct tape *tape, unsigned latency,
			  unsigned lanes)
{
	size_t wrong = 0, sounding = 0;

	CHECK(played->count > latency);
	for (size_t i = 0; i < played->count * lanes; i++) {
		int16_t want = i < latency * lanes ? 0 : tape->frames[i - latency * lanes];

		wrong += played->frames[i] != want;
		sounding += want != 0;
	}
	CHECK_INT(wrong, 0);
	CHECK(sounding > played->count / 2);
}

/* Open, copy, and compare what came out. */
static void check_copies(struct pair *pair, unsigned blocks)
{
	struct mca_wav played = { 0 };
	unsigned latency;
	struct tape tape;

	pair_record(pair);
	if (!pair_open(pair))
		return;
	tape_new(&tape);
	latency = mca_duplex_latency_frames(pair->duplex);
	CHECK_INT(mca_duplex_start(pair->duplex), 0);
	CHECK_INT(copy_blocks(pair, blocks, &tape), 0);
	pair_finish(pair, &played);
	CHECK(played.count + 2 * pair->shape.block_frames >= tape.count);
	check_delayed(&played, &tape, latency, pair->shape.lanes);
	mca_wav_done(&played);
	free(tape.frames);
}

static void two_blocks_later_the_same_comes_out(void)
{
	static const unsigned blocks[] = { 16, 64, 512, 2048 };

	for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
		struct pair pair;

		pair_init(&pair, blocks[i]);
		check_copies(&pair, 100);
	}
}

static void mono_passes_too(void)
{
	struct pair pair;

	pair_init(&pair, BLOCK);
	pair.shape.lanes = 1;
	check_copies(&pair, 100);
}

static void latency_is_two_blocks_where_periods_fit(void)
{
	struct pair pair;

	pair_init(&pair, 512);
	if (pair_open(&pair)) {
		CHECK_INT(mca_duplex_latency_frames(pair.duplex), 1024);
		CHECK_INT(mca_duplex_wakeup_frames(pair.duplex), 512);
		CHECK(mca_duplex_shared_clock(pair.duplex));
	}
	pair_finish(&pair, NULL);
}

/* A card that knows one period only, and it does not suit: the level rises as far as needed. */
static void check_period(unsigned period, unsigned block, unsigned wakeup, unsigned latency)
{
	struct pair pair;

	pair_init(&pair, block);
	pair_card(&pair, 1)->min_period_frames = period;
	pair_card(&pair, 1)->max_period_frames = period;
	pair_card(&pair, 1)->only_lanes = 2;
	pair_record(&pair);
	if (pair_open(&pair)) {
		CHECK_INT(mca_pcm_info(pair.pcm[MCA_CAPTURE])->period_frames, period);
		CHECK_INT(mca_duplex_wakeup_frames(pair.duplex), wakeup);
		CHECK_INT(mca_duplex_latency_frames(pair.duplex), latency);
	}
	pair_close(&pair);
	mca_simrack_free(pair.rack);
	pair.rack = NULL;
	check_copies(&pair, 500);
}

static void odd_periods_raise_the_level(void)
{
	check_period(480, 512, 512 - 32 + 480, 512 - 32 + 480 + 512);
	check_period(1024, 256, 1024, 1024 + 256);
	check_period(64, 512, 512, 1024);
}

static void read_and_write_serve_where_mmap_fails(void)
{
	struct pair pair;

	pair_init(&pair, BLOCK);
	pair_card(&pair, 1)->no_mmap = true;
	if (pair_configure(&pair)) {
		CHECK_INT(mca_pcm_info(pair.pcm[MCA_CAPTURE])->access, MCA_ACCESS_RW);
		CHECK_INT(mca_pcm_info(pair.pcm[MCA_PLAYBACK])->access, MCA_ACCESS_RW);
	}
	pair_close(&pair);
	mca_simrack_free(pair.rack);
	pair.rack = NULL;
	check_copies(&pair, 200);
}

static void short_windows_lose_nothing(void)
{
	struct pair pair;

	pair_init(&pair, BLOCK);
	pair_fault(&pair, 1, MCA_SIM_FAULT_SHORT_WINDOW, MCA_CAPTURE, 0, 100);
	pair_fault(&pair, 1, MCA_SIM_FAULT_SHORT_WINDOW, MCA_PLAYBACK, 0, 100);
	check_copies(&pair, 300);
}

static enum mca_duplex_fault fault_of(struct pair *pair, enum mca_pcm_direction want)
{
	enum mca_pcm_direction direction;
	enum mca_duplex_fault fault = mca_duplex_fault(pair->duplex, &direction);

	CHECK_INT(direction, want);
	return fault;
}

/* Break one direction half a second in; audio must go on after recovery with the same latency. */
static void check_recovery(enum mca_sim_fault_kind kind, enum mca_pcm_direction direction, int err,
			   enum mca_duplex_fault fault)
{
	unsigned blocks = 44100 / BLOCK, latency;
	struct mca_wav played = { 0 };
	struct tape before, after;
	size_t cut, wrong = 0;
	struct pair pair;

	pair_init(&pair, BLOCK);
	pair_record(&pair);
	pair_fault(&pair, 1, kind, direction, 0.5, 0);
	if (!pair_open(&pair))
		return;
	tape_new(&before);
	tape_new(&after);
	latency = mca_duplex_latency_frames(pair.duplex);
	CHECK_INT(mca_duplex_start(pair.duplex), 0);
	CHECK_INT(copy_blocks(&pair, blocks, &before), err);
	CHECK_INT(fault_of(&pair, direction), fault);
	CHECK(mca_duplex_recover(pair.duplex) >= 0);
	CHECK_INT(copy_blocks(&pair, blocks, &after), 0);
	pair_finish(&pair, &played);
	/* What was played before the fault ends somewhere; from there it is silence and the
	 * tape. */
	for (cut = 0; cut < played.count; cut++)
		if (cut >= latency && played.frames[2 * cut] != before.frames[2 * (cut - latency)])
			break;
	CHECK_NEAR(cut, 22050, 2 * BLOCK);
	for (size_t i = 2 * (cut + latency); i < 2 * played.count; i++)
		wrong += played.frames[i] != after.frames[i - 2 * (cut + latency)];
	CHECK_INT(wrong, 0);
	CHECK(played.count > cut + latency + 20000);
	mca_wav_done(&played);
	free(before.frames);
	free(after.frames);
}

static void xruns_are_recovered(void)
{
	check_recovery(MCA_SIM_FAULT_XRUN, MCA_CAPTURE, -EPIPE, MCA_FAULT_XRUN);
	check_recovery(MCA_SIM_FAULT_XRUN, MCA_PLAYBACK, -EPIPE, MCA_FAULT_XRUN);
}

static void suspends_are_recovered(void)
{
	check_recovery(MCA_SIM_FAULT_SUSPEND, MCA_CAPTURE, -ESTRPIPE, MCA_FAULT_SUSPENDED);
	check_recovery(MCA_SIM_FAULT_SUSPEND, MCA_PLAYBACK, -ESTRPIPE, MCA_FAULT_SUSPENDED);
}

static void a_stall_times_out(void)
{
	for (int direction = MCA_CAPTURE; direction <= MCA_PLAYBACK; direction++) {
		struct pair pair;
		int err;

		pair_init(&pair, BLOCK);
		pair_fault(&pair, 1, MCA_SIM_FAULT_STALL, direction, 0.1, 0);
		if (!pair_open(&pair))
			return;
		CHECK_INT(mca_duplex_start(pair.duplex), 0);
		do {
			err = mca_duplex_wait(pair.duplex, 200);
			if (err > 0)
				err = copy_block(&pair, NULL);
		} while (err == 0);
		CHECK_INT(err, -ETIMEDOUT);
		CHECK_INT(fault_of(&pair, direction), MCA_FAULT_STALLED);
		pair_finish(&pair, NULL);
	}
}

static void an_unplugged_card_is_gone_until_opened_anew(void)
{
	for (int direction = MCA_CAPTURE; direction <= MCA_PLAYBACK; direction++) {
		struct pair pair;

		pair_init(&pair, BLOCK);
		pair.capture_card = direction == MCA_CAPTURE ? 2 : 1;
		pair.playback_card = direction == MCA_CAPTURE ? 1 : 2;
		pair_fault(&pair, 2, MCA_SIM_FAULT_UNPLUG, direction, 0.2, 0);
		if (!pair_open(&pair))
			return;
		CHECK_INT(mca_duplex_start(pair.duplex), 0);
		CHECK_INT(copy_blocks(&pair, 44100 / BLOCK, NULL), -ENODEV);
		CHECK_INT(fault_of(&pair, direction), MCA_FAULT_GONE);
		CHECK(mca_duplex_recover(pair.duplex) < 0);
		CHECK_INT(fault_of(&pair, direction), MCA_FAULT_GONE);
		mca_simrack_replug(pair.rack, 2);
		CHECK(mca_duplex_recover(pair.duplex) < 0);
		pair_close(&pair);
		CHECK(pair_open(&pair));
		CHECK_INT(mca_duplex_start(pair.duplex), 0);
		CHECK_INT(copy_blocks(&pair, 100, NULL), 0);
		pair_finish(&pair, NULL);
	}
}

static void a_late_wake_up_shows_in_the_frames(void)
{
	struct pair pair;
	int most = 0;

	pair_init(&pair, 512);
	pair_fault(&pair, 1, MCA_SIM_FAULT_LATE, MCA_CAPTURE, 0.5, 0.008);
	if (!pair_open(&pair))
		return;
	CHECK_INT(mca_duplex_start(pair.duplex), 0);
	for (int i = 0; i < 100; i++) {
		int frames = mca_duplex_wait(pair.duplex, TIMEOUT_MS);

		if (frames > most)
			most = frames;
		CHECK(frames >= 512);
		CHECK_INT(copy_block(&pair, NULL), 0);
	}
	CHECK_NEAR(most, 512 + 0.008 * 44100, 2);
	pair_finish(&pair, NULL);
}

/* A loop that does not come back in time: both streams stop, and the frames in the ring are
 * lost. */
static void an_overrun_tells_what_was_lost(void)
{
	struct mca_sim_fault late = { .kind = MCA_SIM_FAULT_LATE, .duration_s = 1 };
	struct pair pair;
	int lost;

	pair_init(&pair, BLOCK);
	if (!pair_open(&pair))
		return;
	CHECK_INT(mca_duplex_start(pair.duplex), 0);
	CHECK_INT(copy_blocks(&pair, 10, NULL), 0);
	CHECK_INT(mca_simrack_inject(pair.rack, 1, &late), 0);
	CHECK_INT(copy_blocks(&pair, 10, NULL), -EPIPE);
	lost = mca_duplex_recover(pair.duplex);
	CHECK_INT(lost, mca_pcm_info(pair.pcm[MCA_CAPTURE])->buffer_frames);
	pair_finish(&pair, NULL);
}

int main(void)
{
	setenv("LIBASOUND_THREAD_SAFE", "0", 1);
	RUN(two_blocks_later_the_same_comes_out);
	RUN(mono_passes_too);
	RUN(latency_is_two_blocks_where_periods_fit);
	RUN(odd_periods_raise_the_level);
	RUN(read_and_write_serve_where_mmap_fails);
	RUN(short_windows_lose_nothing);
	RUN(xruns_are_recovered);
	RUN(suspends_are_recovered);
	RUN(a_stall_times_out);
	RUN(an_unplugged_card_is_gone_until_opened_anew);
	RUN(a_late_wake_up_shows_in_the_frames);
	RUN(an_overrun_tells_what_was_lost);
	return DONE();
}
