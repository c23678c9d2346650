/* SPDX-License-Identifier: MIT */
/*
 * Starting, recovering and stopping a duplex pair. Real-time.
 *
 * Nothing starts by itself: the start threshold lies beyond the buffer, playback is filled with
 * silence to the target level, then both are started explicitly, capture first. Unlinked streams
 * begin a few microseconds apart; in this order that time is added to the playback level, never
 * taken from it.
 *
 * Recovery is the same from the top and short. Whatever was queued is dropped: after an xrun or a
 * suspend the two positions have lost their relation, and only a common restart brings the target
 * level, hence the latency, back. What is dropped is lost, in both rings.
 */
#include "pcm_private.h"

#include <errno.h>
#include <string.h>
#include <time.h>

enum {
	/* A suspended driver answers EAGAIN until its bus is awake. Ten times 20 ms, then prepare
	 * without having resumed, which most drivers prefer anyway. */
	RESUME_TRIES = 10,
	RESUME_NAP_NS = 20 * 1000 * 1000,
};

/* alsa-lib explains some failures on stderr; a real-time thread does not. */
static void say_nothing(const char *file, int line, const char *function, int err,
			const char *format, va_list args)
{
	(void)file, (void)line, (void)function, (void)err, (void)format, (void)args;
}

/* 0, or -errno: failed and noted. */
static int prefill(struct mca_duplex *duplex)
{
	struct mca_pcm *pcm = duplex->pcm[MCA_PLAYBACK];
	unsigned left = duplex->target_frames;
	snd_pcm_sframes_t room = snd_pcm_avail_update(pcm->handle);

	if (room < 0)
		return mca_duplex_fail(duplex, MCA_PLAYBACK, (int)room);
	while (left > 0) { /* a window holds at least one frame, so this ends */
		struct mca_duplex_window window;
		int err = mca_pcm_window_begin(pcm, left, &window);

		if (err == 0) {
			memset(window.frames, 0, (size_t)window.count * pcm->shape.lanes *
						 sizeof(*window.frames));
			err = mca_pcm_window_end(pcm, window.count, &duplex->short_commit);
		}
		if (err < 0)
			return mca_duplex_fail(duplex, MCA_PLAYBACK, err);
		left -= window.count;
	}
	return 0;
}

/*
 * Both are prepared even when linked, where one call already serves the group: alsa-lib keeps a
 * copy of each stream's application pointer where it cannot map the kernel's, and refreshes it
 * only for the handle that it was called with.
 */
static int prepare(struct mca_duplex *duplex)
{
	for (int direction = MCA_CAPTURE; direction <= MCA_PLAYBACK; direction++) {
		int err = snd_pcm_prepare(duplex->pcm[direction]->handle);

		if (err < 0)
			return mca_duplex_fail(duplex, direction, err);
		mca_pcm_window_reset(duplex->pcm[direction]);
	}
	return 0;
}

static int start_streams(struct mca_duplex *duplex)
{
	int err = snd_pcm_start(duplex->pcm[MCA_CAPTURE]->handle);

	if (err < 0)
		return mca_duplex_fail(duplex, MCA_CAPTURE, err);
	if (duplex->linked)
		return 0;
	err = snd_pcm_start(duplex->pcm[MCA_PLAYBACK]->handle);
	return err < 0 ? mca_duplex_fail(duplex, MCA_PLAYBACK, err) : 0;
}

static int restart(struct mca_duplex *duplex)
{
	int err = prepare(duplex);

	memset(duplex->mark, 0, sizeof(duplex->mark));
	memcpy(duplex->started_passed, duplex->passed, sizeof(duplex->passed));
	if (err == 0)
		err = prefill(duplex);
	if (err == 0)
		err = start_streams(duplex);
	mca_duplex_begin_lag(duplex);
	if (err < 0)
		mca_duplex_stop(duplex);
	return err;
}

int mca_duplex_start(struct mca_duplex *duplex)
{
	snd_lib_error_set_local(say_nothing);
	duplex->fault = MCA_FAULT_NONE;
	duplex->short_commit = false;
	return restart(duplex);
}

/* Wake a suspended stream; that it fails is no error, preparing is the next thing to try. Some
 * plug-ins answer 0 whatever happened, so the state decides. */
static void resume(const struct mca_pcm *pcm)
{
	const struct timespec pause = { .tv_nsec = RESUME_NAP_NS };

	for (int i = 0; i < RESUME_TRIES; i++) {
		int err;

		if (snd_pcm_state(pcm->handle) != SND_PCM_STATE_SUSPENDED)
			return;
		err = snd_pcm_resume(pcm->handle);
		if (err < 0 && err != -EAGAIN)
			return;
		if (snd_pcm_state(pcm->handle) == SND_PCM_STATE_SUSPENDED)
			clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
	}
}

/* Frames in a ring: captured and not taken, or written and not played. Silence of the start does
 * not count. */
static unsigned in_ring(struct mca_duplex *duplex, enum mca_pcm_direction direction)
{
	const struct mca_pcm *pcm = duplex->pcm[direction];
	uint64_t written = duplex->passed[MCA_PLAYBACK] - duplex->started_passed[MCA_PLAYBACK];
	snd_pcm_uframes_t avail, queued;

	if (snd_pcm_status(pcm->handle, duplex->status) < 0)
		return 0;
	avail = snd_pcm_status_get_avail(duplex->status);
	/* Beyond every ring: the position of a driver that has lost it. */
	if (avail > 2 * (snd_pcm_uframes_t)pcm->info.buffer_frames)
		avail = direction == MCA_CAPTURE ? pcm->info.buffer_frames : avail;
	if (direction == MCA_CAPTURE)
		return (unsigned)avail;
	queued = avail < pcm->info.buffer_frames ? pcm->info.buffer_frames - avail : 0;
	return (unsigned)(queued < written ? queued : written);
}

/*
 * The rings are read when the streams stand. A driver renews its position while it runs only, so
 * they are asked once before; a device that is gone may have answered then for the last time.
 */
unsigned mca_duplex_drop(struct mca_duplex *duplex)
{
	uint64_t in_hz = duplex->pcm[MCA_CAPTURE]->info.rate_hz;
	uint64_t out_hz = duplex->pcm[MCA_PLAYBACK]->info.rate_hz;
	unsigned captured, queued;

	in_ring(duplex, MCA_CAPTURE);
	in_ring(duplex, MCA_PLAYBACK);
	mca_duplex_stop(duplex);
	captured = in_ring(duplex, MCA_CAPTURE) + duplex->pcm[MCA_CAPTURE]->held;
	queued = in_ring(duplex, MCA_PLAYBACK);
	return captured + (unsigned)((queued * in_hz + out_hz / 2) / out_hz);
}

int mca_duplex_recover(struct mca_duplex *duplex)
{
	unsigned lost;
	int err;

	duplex->short_commit = false;
	for (int direction = MCA_CAPTURE; direction <= MCA_PLAYBACK; direction++)
		resume(duplex->pcm[direction]);
	lost = mca_duplex_drop(duplex);
	err = restart(duplex);
	return err < 0 ? err : (int)lost;
}

void mca_duplex_stop(struct mca_duplex *duplex)
{
	/* Errors do not matter: a stream that cannot be dropped is not running. */
	snd_pcm_drop(duplex->pcm[MCA_PLAYBACK]->handle);
	snd_pcm_drop(duplex->pcm[MCA_CAPTURE]->handle);
}
