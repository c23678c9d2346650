/* SPDX-License-Identifier: MIT */
/*
 * The cycle of a duplex pair: wait, windows, and what a failure means. Real-time.
 *
 * Waiting. Capture clocks the loop: poll sleeps on its descriptors alone, since a playback ring
 * that has room is always "ready" and polling both spins. Playback is only looked at. The one
 * exception is a ring without room for a block although capture has one (a card of two periods, a
 * slower crystal): then, and only then, poll sleeps on playback.
 *
 * Looking. avail_update says how much; it may claim more than the ring holds when the stream was
 * overrun unnoticed, and it may go on telling the last position of a suspended or vanished
 * device, so the state is looked at as well.
 */
#include "pcm_private.h"

#include <errno.h>
#include <poll.h>
#include <time.h>

enum {
	/* Wake-ups in one wait that brought nothing. A card that signals every period although we
	 * asked for whole blocks needs block / period of them; beyond this number we stop
	 * believing poll. */
	SPURIOUS_MAX = 64,
	NAP_NS = 1000 * 1000,
};

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

int mca_pcm_state_error(const struct mca_pcm *pcm)
{
	int state = (int)snd_pcm_state(pcm->handle);

	switch (state) {
	case SND_PCM_STATE_RUNNING:
		return 0;
	case SND_PCM_STATE_XRUN:
		return -EPIPE;
	case SND_PCM_STATE_SUSPENDED:
		return -ESTRPIPE;
	case SND_PCM_STATE_DISCONNECTED:
		return -ENODEV;
	default: /* stopped by somebody else; or a negative error where a state should be */
		return state < 0 ? state : -EBADFD;
	}
}

static enum mca_duplex_fault classify(int err)
{
	switch (err) {
	case -EPIPE:
		return MCA_FAULT_XRUN;
	case -ESTRPIPE:
		return MCA_FAULT_SUSPENDED;
	case -ETIMEDOUT:
		return MCA_FAULT_STALLED;
	default: /* ENODEV, ENOTTY, EBADFD, EIO and whatever else a driver invents */
		return MCA_FAULT_GONE;
	}
}

/* The stream that ran over, of two that stop together because they are linked. */
static enum mca_pcm_direction culprit(struct mca_duplex *duplex, enum mca_pcm_direction seen)
{
	const struct mca_pcm *other = duplex->pcm[!seen];

	if (snd_pcm_status(other->handle, duplex->status) < 0)
		return seen;
	if (snd_pcm_status_get_avail(duplex->status) < other->info.buffer_frames)
		return seen;
	return other->direction;
}

int mca_duplex_fail(struct mca_duplex *duplex, enum mca_pcm_direction direction, int err)
{
	int state = err == -ETIMEDOUT ? 0 : mca_pcm_state_error(duplex->pcm[direction]);

	/* A vague error of a stream whose state says more clearly what happened. */
	if (state == -EPIPE || state == -ESTRPIPE || state == -ENODEV)
		err = state;
	duplex->fault = classify(err);
	duplex->fault_direction = direction;
	if (duplex->fault == MCA_FAULT_XRUN && duplex->linked)
		duplex->fault_direction = culprit(duplex, direction);
	return err;
}

enum mca_duplex_fault mca_duplex_fault(const struct mca_duplex *duplex,
				       enum mca_pcm_direction *direction)
{
	*direction = duplex->fault_direction;
	return duplex->fault;
}

bool mca_duplex_short_commit(const struct mca_duplex *duplex)
{
	return duplex->short_commit;
}

/* Frames that can be captured, or room for playback; negative: failed and noted. */
static int look(struct mca_duplex *duplex, enum mca_pcm_direction direction, bool hard)
{
	struct mca_pcm *pcm = duplex->pcm[direction];
	snd_pcm_sframes_t limit = (snd_pcm_sframes_t)pcm->info.buffer_frames;
	snd_pcm_sframes_t avail = hard ? snd_pcm_avail(pcm->handle)
				       : snd_pcm_avail_update(pcm->handle);
	int err = avail < 0 ? (int)avail : mca_pcm_state_error(pcm);

	if (err == 0 && (avail > limit || (direction == MCA_PLAYBACK && avail == limit)))
		err = -EPIPE;
	if (err < 0)
		return mca_duplex_fail(duplex, direction, err);
	return (int)avail + (int)pcm->held;
}

/* Sleep until the device signals or ms have passed. 0 or -errno. */
static int sleep_on(const struct mca_pcm *pcm, int ms)
{
	struct pollfd fds[MCA_PCM_FDS];
	unsigned short revents = 0;
	/* Asked for anew each time: some devices arm their wake-up here. */
	int count = snd_pcm_poll_descriptors(pcm->handle, fds, MCA_PCM_FDS);
	int err;

	if (count <= 0)
		return count < 0 ? count : -ENODEV;
	err = poll(fds, (nfds_t)count, ms);
	if (err < 0)
		return errno == EINTR ? 0 : -errno;
	if (err == 0)
		return 0;
	err = snd_pcm_poll_descriptors_revents(pcm->handle, fds, (unsigned)count, &revents);
	if (err < 0)
		return err;
	if (revents & (POLLHUP | POLLNVAL))
		return -ENODEV;
	/* An error that the state does not explain is a spurious wake-up like another. */
	return revents & POLLERR ? mca_pcm_state_error(pcm) : 0;
}

static int nap(void)
{
	const struct timespec length = { .tv_nsec = NAP_NS };

	clock_nanosleep(CLOCK_MONOTONIC, 0, &length, NULL);
	return 0;
}

/* Sleep until a direction has a whole block. Returns its frames, or negative: failed and noted. */
static int await(struct mca_duplex *duplex, enum mca_pcm_direction direction, unsigned timeout_ms)
{
	int block = (int)duplex->block_frames[direction];
	uint64_t deadline = 0;
	int frames = look(duplex, direction, false);

	for (unsigned wakes = 0; frames >= 0 && frames < block; wakes++) {
		uint64_t now = now_ns();
		int err;

		if (deadline == 0)
			deadline = now + (uint64_t)timeout_ms * 1000000u;
		if (wakes < SPURIOUS_MAX)
			err = now < deadline ? sleep_on(duplex->pcm[direction],
					(int)((deadline - now + 999999u) / 1000000u)) : 0;
		else
			err = nap();
		if (err < 0)
			return mca_duplex_fail(duplex, direction, err);
		/* The last word belongs to the device, not to the clock: a thread that was not
		 * scheduled for a while must not take that for a stall. */
		frames = look(duplex, direction, now >= deadline);
		if (frames >= 0 && frames < block && now >= deadline)
			return mca_duplex_fail(duplex, direction, -ETIMEDOUT);
	}
	return frames;
}

int mca_duplex_wait(struct mca_duplex *duplex, unsigned timeout_ms)
{
	int frames = await(duplex, MCA_CAPTURE, timeout_ms);
	int block = (int)duplex->block_frames[MCA_PLAYBACK];
	int room;

	if (frames < 0 && frames != -ETIMEDOUT)
		return frames;
	mca_duplex_note_lag(duplex, MCA_CAPTURE, frames);
	room = look(duplex, MCA_PLAYBACK, false);
	mca_duplex_note_lag(duplex, MCA_PLAYBACK, room);
	/* Who waits in slices for a long block learns at each of them that playback is gone. That
	 * it has run dry meanwhile is no news: capture is what stands still. */
	if (frames < 0)
		return room < 0 && duplex->fault == MCA_FAULT_GONE ?
		       room : mca_duplex_fail(duplex, MCA_CAPTURE, frames);
	/* The position may be a period old where it moves with playback's own interrupt only. */
	if (room >= 0 && room < block)
		room = look(duplex, MCA_PLAYBACK, true);
	if (room >= 0 && room < block)
		room = await(duplex, MCA_PLAYBACK, timeout_ms);
	return room < 0 ? room : frames;
}

static int begin(struct mca_duplex *duplex, enum mca_pcm_direction direction, unsigned want,
		 struct mca_duplex_window *window)
{
	int err = mca_pcm_window_begin(duplex->pcm[direction], want, window);

	return err < 0 ? mca_duplex_fail(duplex, direction, err) : 0;
}

static int end(struct mca_duplex *duplex, enum mca_pcm_direction direction, unsigned frames)
{
	int err;

	duplex->short_commit = false;
	err = mca_pcm_window_end(duplex->pcm[direction], frames, &duplex->short_commit);
	duplex->passed[direction] += frames;
	return err < 0 ? mca_duplex_fail(duplex, direction, err) : 0;
}

int mca_duplex_capture_begin(struct mca_duplex *duplex, unsigned want,
			     struct mca_duplex_window *window)
{
	return begin(duplex, MCA_CAPTURE, want, window);
}

int mca_duplex_capture_end(struct mca_duplex *duplex, unsigned frames)
{
	return end(duplex, MCA_CAPTURE, frames);
}

int mca_duplex_playback_begin(struct mca_duplex *duplex, unsigned want,
			      struct mca_duplex_window *window)
{
	return begin(duplex, MCA_PLAYBACK, want, window);
}

int mca_duplex_playback_end(struct mca_duplex *duplex, unsigned frames)
{
	return end(duplex, MCA_PLAYBACK, frames);
}

int mca_duplex_queued(struct mca_duplex *duplex)
{
	int room = look(duplex, MCA_PLAYBACK, true);

	return room < 0 ? room : (int)duplex->pcm[MCA_PLAYBACK]->info.buffer_frames - room;
}

int mca_duplex_queue_window(struct mca_duplex *duplex, unsigned back,
			    struct mca_duplex_window *window)
{
	int err = mca_pcm_window_back(duplex->pcm[MCA_PLAYBACK], back, window);

	return err < 0 ? mca_duplex_fail(duplex, MCA_PLAYBACK, err) : 0;
}

void mca_duplex_queue_end(struct mca_duplex *duplex, unsigned frames)
{
	mca_pcm_window_back_end(duplex->pcm[MCA_PLAYBACK], frames);
}

/* 10 ms are more than a controller's own buffer, and more than we need to get ahead of it. One
 * that tells its position a period at a time may have fetched that period as well. */
unsigned mca_duplex_fetched_frames(const struct mca_duplex *duplex)
{
	const struct mca_pcm *pcm = duplex->pcm[MCA_PLAYBACK];

	return pcm->info.rate_hz / 100 + (pcm->batch ? pcm->info.period_frames : 0);
}

bool mca_duplex_is_straight(const struct mca_duplex *duplex)
{
	return duplex->shared_clock && duplex->pcm[MCA_CAPTURE]->info.rate_hz ==
				       duplex->pcm[MCA_PLAYBACK]->info.rate_hz;
}

bool mca_duplex_shared_clock(const struct mca_duplex *duplex)
{
	return duplex->shared_clock;
}

unsigned mca_duplex_block_frames(const struct mca_duplex *duplex)
{
	return duplex->block_frames[MCA_CAPTURE];
}

unsigned mca_duplex_latency_frames(const struct mca_duplex *duplex)
{
	return duplex->target_frames;
}

unsigned mca_duplex_wakeup_frames(const struct mca_duplex *duplex)
{
	return duplex->wakeup_frames;
}
