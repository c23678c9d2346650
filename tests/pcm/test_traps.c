/* SPDX-License-Identifier: MIT */
/*
 * What drivers and alsa-lib may do to the hot half, and simulated cards do not: here each case
 * writes down what alsa-lib is going to answer.
 */
#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "fake_alsa.h"
#include "pcm_private.h"
#include "../support/check.h"

enum { BLOCK = FAKE_BLOCK, RING = FAKE_RING, TARGET = 128, ENOUGH = 10000 };

static struct fake fakes[2];
static struct mca_pcm pcms[2];
static struct mca_duplex duplex;
static int ready_fd;

/* A running pair with a block to capture and room for one. */
static void begin_case(void)
{
	memset(&duplex, 0, sizeof(duplex));
	memset(pcms, 0, sizeof(pcms));
	memset(fakes, 0, sizeof(fakes));
	for (int direction = MCA_CAPTURE; direction <= MCA_PLAYBACK; direction++) {
		struct fake *fake = &fakes[direction];
		struct mca_pcm *pcm = &pcms[direction];

		fake->state = SND_PCM_STATE_RUNNING;
		fake->avail = fake->hard_avail = direction == MCA_CAPTURE ? BLOCK : RING - BLOCK;
		fake->grant = ENOUGH;
		fake->fd = -1;
		pcm->handle = (snd_pcm_t *)fake;
		pcm->direction = direction;
		pcm->info.lanes = pcm->shape.lanes = 2;
		pcm->info.rate_hz = 44100;
		pcm->info.buffer_frames = RING;
		duplex.pcm[direction] = pcm;
	}
	duplex.block_frames[MCA_CAPTURE] = duplex.block_frames[MCA_PLAYBACK] = BLOCK;
	duplex.target_frames = TARGET;
	duplex.wakeup_frames = BLOCK;
}

static void check_fault(enum mca_duplex_fault fault, enum mca_pcm_direction direction)
{
	enum mca_pcm_direction seen;

	CHECK_INT(mca_duplex_fault(&duplex, &seen), fault);
	CHECK_INT(seen, direction);
}

static void a_ready_pair_does_not_sleep(void)
{
	begin_case();
	CHECK_INT(mca_duplex_wait(&duplex, 1000), BLOCK);
	CHECK_INT(fakes[MCA_CAPTURE].polls + fakes[MCA_PLAYBACK].polls, 0);
}

/* Frames are there, the state says otherwise: a vanished device tells its last position. */
static void the_state_overrules_the_position(void)
{
	static const struct {
		int state, err;
		enum mca_duplex_fault fault;
	} cases[] = {
		{ SND_PCM_STATE_XRUN, -EPIPE, MCA_FAULT_XRUN },
		{ SND_PCM_STATE_SUSPENDED, -ESTRPIPE, MCA_FAULT_SUSPENDED },
		{ SND_PCM_STATE_DISCONNECTED, -ENODEV, MCA_FAULT_GONE },
		{ SND_PCM_STATE_SETUP, -EBADFD, MCA_FAULT_GONE },
		{ -ENOTTY, -ENOTTY, MCA_FAULT_GONE },
	};

	for (int direction = MCA_CAPTURE; direction <= MCA_PLAYBACK; direction++)
		for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
			begin_case();
			fakes[direction].state = cases[i].state;
			CHECK_INT(mca_duplex_wait(&duplex, 1000), cases[i].err);
			check_fault(cases[i].fault, direction);
		}
}

static void errors_are_classified(void)
{
	static const struct {
		int err;
		enum mca_duplex_fault fault;
	} cases[] = {
		{ -EPIPE, MCA_FAULT_XRUN }, { -ESTRPIPE, MCA_FAULT_SUSPENDED },
		{ -ENODEV, MCA_FAULT_GONE }, { -ENOTTY, MCA_FAULT_GONE },
		{ -EBADFD, MCA_FAULT_GONE }, { -EIO, MCA_FAULT_GONE },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		begin_case();
		fakes[MCA_PLAYBACK].avail = cases[i].err;
		CHECK_INT(mca_duplex_wait(&duplex, 1000), cases[i].err);
		check_fault(cases[i].fault, MCA_PLAYBACK);
	}
	/* A vague error, a clear state. */
	begin_case();
	fakes[MCA_CAPTURE].avail = -EIO;
	fakes[MCA_CAPTURE].state = SND_PCM_STATE_XRUN;
	CHECK_INT(mca_duplex_wait(&duplex, 1000), -EPIPE);
	check_fault(MCA_FAULT_XRUN, MCA_CAPTURE);
}

static void more_than_the_ring_is_an_xrun(void)
{
	begin_case();
	fakes[MCA_CAPTURE].avail = RING + 1;
	CHECK_INT(mca_duplex_wait(&duplex, 1000), -EPIPE);
	check_fault(MCA_FAULT_XRUN, MCA_CAPTURE);
	begin_case();
	fakes[MCA_PLAYBACK].avail = RING; /* nothing left to play */
	CHECK_INT(mca_duplex_wait(&duplex, 1000), -EPIPE);
	check_fault(MCA_FAULT_XRUN, MCA_PLAYBACK);
}

static void a_full_playback_is_looked_at_twice_before_waiting(void)
{
	begin_case();
	fakes[MCA_PLAYBACK].avail = BLOCK / 2;
	CHECK_INT(mca_duplex_wait(&duplex, 1000), BLOCK);
	CHECK_INT(fakes[MCA_PLAYBACK].polls, 0);
	begin_case();
	fakes[MCA_PLAYBACK].avail = fakes[MCA_PLAYBACK].hard_avail = BLOCK / 2;
	fakes[MCA_PLAYBACK].fd = ready_fd;
	fakes[MCA_PLAYBACK].fill_after = 4;
	CHECK_INT(mca_duplex_wait(&duplex, 1000), BLOCK);
	CHECK(fakes[MCA_PLAYBACK].polls > 0);
	CHECK_INT(fakes[MCA_CAPTURE].polls, 0);
}

static void hang_up_means_gone(void)
{
	static const unsigned short signs[] = { POLLHUP, POLLNVAL, POLLERR | POLLHUP };

	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		begin_case();
		fakes[MCA_CAPTURE].avail = 0;
		fakes[MCA_CAPTURE].fd = ready_fd;
		fakes[MCA_CAPTURE].revents = signs[i];
		CHECK_INT(mca_duplex_wait(&duplex, 1000), -ENODEV);
		check_fault(MCA_FAULT_GONE, MCA_CAPTURE);
	}
}

/* Wake-ups for nothing, with and without an error sign: after some dozens poll is not asked. */
static void spurious_wake_ups_do_not_spin(void)
{
	for (int sign = 0; sign < 2; sign++) {
		begin_case();
		fakes[MCA_CAPTURE].avail = 0;
		fakes[MCA_CAPTURE].hard_avail = 0;
		fakes[MCA_CAPTURE].fd = ready_fd;
		fakes[MCA_CAPTURE].revents = sign ? POLLERR : POLLIN;
		CHECK_INT(mca_duplex_wait(&duplex, 60), -ETIMEDOUT);
		check_fault(MCA_FAULT_STALLED, MCA_CAPTURE);
		CHECK(fakes[MCA_CAPTURE].polls <= 64);
		CHECK(fakes[MCA_CAPTURE].updates <= 64 + 62 + 2);
	}
}

static void silence_until_the_limit_is_a_stall(void)
{
	begin_case();
	fakes[MCA_CAPTURE].avail = fakes[MCA_CAPTURE].hard_avail = BLOCK - 1;
	CHECK_INT(mca_duplex_wait(&duplex, 20), -ETIMEDOUT);
	check_fault(MCA_FAULT_STALLED, MCA_CAPTURE);
	/* The position only moved when it was asked for by force: no stall. */
	begin_case();
	fakes[MCA_CAPTURE].avail = BLOCK - 1;
	CHECK_INT(mca_duplex_wait(&duplex, 20), BLOCK);
}

static void empty_windows_are_xruns(void)
{
	struct mca_duplex_window window;

	for (int direction = MCA_CAPTURE; direction <= MCA_PLAYBACK; direction++)
		for (int which = 0; which < 3; which++) {
			int err, want = which == 2 ? -ENODEV : -EPIPE;

			begin_case();
			fakes[direction].grant = which == 0 ? 0 : ENOUGH;
			fakes[direction].no_memory = which == 1;
			fakes[direction].begin_err = which == 2 ? -ENODEV : 0;
			err = direction == MCA_CAPTURE
				      ? mca_duplex_capture_begin(&duplex, BLOCK, &window)
				      : mca_duplex_playback_begin(&duplex, BLOCK, &window);
			CHECK_INT(err, want);
			CHECK(window.frames == NULL && window.count == 0);
		}
}

static void windows_are_never_larger_than_wanted(void)
{
	struct mca_duplex_window window;

	begin_case();
	fakes[MCA_CAPTURE].offset = 5;
	fakes[MCA_CAPTURE].grant = 3;
	CHECK_INT(mca_duplex_capture_begin(&duplex, BLOCK, &window), 0);
	CHECK_INT(window.count, 3);
	CHECK(window.frames == fakes[MCA_CAPTURE].ring + 10);
}

static void a_short_commit_is_an_xrun_and_said(void)
{
	struct mca_duplex_window window;

	begin_case();
	CHECK_INT(mca_duplex_playback_begin(&duplex, BLOCK, &window), 0);
	CHECK_INT(mca_duplex_playback_end(&duplex, BLOCK), 0);
	CHECK(!mca_duplex_short_commit(&duplex));
	fakes[MCA_PLAYBACK].commit_less = 1;
	CHECK_INT(mca_duplex_playback_end(&duplex, BLOCK), -EPIPE);
	CHECK(mca_duplex_short_commit(&duplex));
	check_fault(MCA_FAULT_XRUN, MCA_PLAYBACK);
	fakes[MCA_PLAYBACK].commit_less = -EPIPE;
	CHECK_INT(mca_duplex_playback_end(&duplex, BLOCK), -EPIPE);
	CHECK(!mca_duplex_short_commit(&duplex));
}

static void read_and_write_have_the_same_traps(void)
{
	struct mca_duplex_window window;
	int16_t bounce[2][2 * BLOCK];

	begin_case();
	for (int direction = MCA_CAPTURE; direction <= MCA_PLAYBACK; direction++) {
		pcms[direction].info.access = MCA_ACCESS_RW;
		pcms[direction].bounce = bounce[direction];
		pcms[direction].bounce_frames = BLOCK;
	}
	CHECK_INT(mca_duplex_capture_begin(&duplex, BLOCK, &window), -EPIPE);
	check_fault(MCA_FAULT_XRUN, MCA_CAPTURE);
	CHECK_INT(mca_duplex_playback_begin(&duplex, RING, &window), 0);
	CHECK_INT(window.count, BLOCK);
	CHECK_INT(mca_duplex_playback_end(&duplex, BLOCK), -EPIPE);
	CHECK(mca_duplex_short_commit(&duplex));
	fakes[MCA_PLAYBACK].avail = 0;
	CHECK_INT(mca_duplex_playback_begin(&duplex, BLOCK, &window), -EPIPE);
}

/* Two linked streams stop together; the one whose ring ran over is to blame. */
static void of_linked_streams_the_culprit_is_named(void)
{
	begin_case();
	duplex.linked = true;
	fakes[MCA_CAPTURE].state = fakes[MCA_PLAYBACK].state = SND_PCM_STATE_XRUN;
	fakes[MCA_PLAYBACK].status_avail = RING;
	CHECK_INT(mca_duplex_wait(&duplex, 1000), -EPIPE);
	check_fault(MCA_FAULT_XRUN, MCA_PLAYBACK);
	fakes[MCA_PLAYBACK].status_avail = RING / 2;
	CHECK_INT(mca_duplex_wait(&duplex, 1000), -EPIPE);
	check_fault(MCA_FAULT_XRUN, MCA_CAPTURE);
}

static void start_fills_to_the_target_then_starts(void)
{
	for (int linked = 0; linked < 2; linked++) {
		begin_case();
		duplex.linked = linked != 0;
		fakes[MCA_PLAYBACK].avail = RING;
		fakes[MCA_PLAYBACK].grant = 7;
		memset(fakes[MCA_PLAYBACK].ring, 0x55, sizeof(fakes[MCA_PLAYBACK].ring));
		CHECK_INT(mca_duplex_start(&duplex), 0);
		CHECK_INT(fakes[MCA_PLAYBACK].offset, TARGET);
		for (unsigned i = 0; i < 2 * RING; i++)
			CHECK_INT(fakes[MCA_PLAYBACK].ring[i], i < 2 * TARGET ? 0 : 0x5555);
		CHECK_INT(fakes[MCA_CAPTURE].starts, 1);
		CHECK_INT(fakes[MCA_PLAYBACK].starts, linked ? 0 : 1);
		CHECK(fakes[MCA_CAPTURE].prepares == 1 && fakes[MCA_PLAYBACK].prepares == 1);
	}
}

static void a_start_that_fails_leaves_nothing_running(void)
{
	begin_case();
	fakes[MCA_PLAYBACK].start_err = -EIO;
	CHECK_INT(mca_duplex_start(&duplex), -EIO);
	check_fault(MCA_FAULT_GONE, MCA_PLAYBACK);
	CHECK_INT(fakes[MCA_CAPTURE].drops, 1);
	CHECK_INT(fakes[MCA_PLAYBACK].drops, 1);
}

static void resume_is_tried_a_few_times_then_prepared(void)
{
	static const struct {
		int err;
		unsigned tries;
	} cases[] = { { -ENOSYS, 1 }, { -EAGAIN, 10 }, { 0, 10 } };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		begin_case();
		fakes[MCA_PLAYBACK].state = SND_PCM_STATE_SUSPENDED;
		fakes[MCA_PLAYBACK].resume_err = cases[i].err;
		CHECK_INT(mca_duplex_wait(&duplex, 1000), -ESTRPIPE);
		CHECK(mca_duplex_recover(&duplex) >= 0);
		CHECK_INT(fakes[MCA_PLAYBACK].resumes, cases[i].tries);
		CHECK_INT(fakes[MCA_CAPTURE].resumes, 0);
		CHECK_INT(fakes[MCA_PLAYBACK].prepares, 1);
		CHECK_INT(fakes[MCA_PLAYBACK].state, SND_PCM_STATE_RUNNING);
	}
}

/* Playback has run dry: all of its ring is free. */
static void what_was_lost_is_bounded_by_the_ring(void)
{
	begin_case();
	fakes[MCA_PLAYBACK].status_avail = RING;
	fakes[MCA_PLAYBACK].state = SND_PCM_STATE_XRUN;
	fakes[MCA_CAPTURE].status_avail = 100;
	CHECK_INT(mca_duplex_wait(&duplex, 1000), -EPIPE);
	CHECK_INT(mca_duplex_recover(&duplex), 100);
	fakes[MCA_PLAYBACK].state = SND_PCM_STATE_XRUN;
	fakes[MCA_CAPTURE].status_avail = 1000000;
	CHECK_INT(mca_duplex_wait(&duplex, 1000), -EPIPE);
	CHECK_INT(mca_duplex_recover(&duplex), RING);
}

int main(void)
{
	int ends[2];

	if (pipe(ends) < 0 || write(ends[1], "", 1) != 1)
		return 1;
	ready_fd = ends[0];
	RUN(a_ready_pair_does_not_sleep);
	RUN(the_state_overrules_the_position);
	RUN(errors_are_classified);
	RUN(more_than_the_ring_is_an_xrun);
	RUN(a_full_playback_is_looked_at_twice_before_waiting);
	RUN(hang_up_means_gone);
	RUN(spurious_wake_ups_do_not_spin);
	RUN(silence_until_the_limit_is_a_stall);
	RUN(empty_windows_are_xruns);
	RUN(windows_are_never_larger_than_wanted);
	RUN(a_short_commit_is_an_xrun_and_said);
	RUN(read_and_write_have_the_same_traps);
	RUN(of_linked_streams_the_culprit_is_named);
	RUN(start_fills_to_the_target_then_starts);
	RUN(a_start_that_fails_leaves_nothing_running);
	RUN(resume_is_tried_a_few_times_then_prepared);
	RUN(what_was_lost_is_bounded_by_the_ring);
	return DONE();
}
