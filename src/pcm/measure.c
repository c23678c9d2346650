/* SPDX-License-Identifier: MIT */
/*
 * How many frames lie between two connectors, now. Real-time.
 *
 * Most devices know at any moment where they are: snd_pcm_delay() asks the driver, and one that
 * moves its position in steps but counts what is on the bus (USB) adds that. The positions that
 * waiting and windows work with would not do: they may be as old as the last interrupt, which here
 * would pass for a difference of the clocks.
 *
 * A batch device whose driver adds nothing knows only where its last period ended. The phase of its
 * interrupts against our wake-ups creeps with the difference of the crystals, so what it tells is
 * off by anything up to a period, for minutes. Its time stamp says how old the position is; the
 * frames since then are added at the nominal rate, off by a thousandth of a period at worst.
 *
 * Drivers lie. A kernel renews the stamp whenever the position is asked for, be it the same one, so
 * that the first stamp of a position counts. It is believed when it lies between our last look,
 * which still found the old position, and now: the device told the new one in between. Anything
 * else is zero, garbage or another clock. Then the position is taken to be half as old as it can
 * be, which is right on average and never off by more than half the time between two looks.
 */
#include "pcm_private.h"

#include <time.h>

enum {
	/* Between an interrupt and the stamp of it, and back: clocks of two processors. */
	SLACK_NS = 100 * 1000,
	/* No position is believed to be older than this many periods: the device stands still. */
	PERIODS_MAX = 2,
	NS_A_SECOND = 1000 * 1000 * 1000,
};

static uint64_t now_ns(const struct mca_duplex *duplex)
{
	struct timespec now;

	if (duplex->clock.free_running)
		return duplex->clock.now_ns;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NS_A_SECOND + (uint64_t)now.tv_nsec;
}

/* What the device told last and when, without asking it anew. 0 or -errno. */
static int read_stamp(const struct mca_duplex *duplex, enum mca_pcm_direction direction,
		      snd_pcm_sframes_t *avail, uint64_t *stamp_ns)
{
	const struct mca_pcm *pcm = duplex->pcm[direction];
	snd_pcm_uframes_t frames;
	snd_htimestamp_t stamp;
	int err;

	if (pcm->rack) {
		*avail = snd_pcm_avail_update(pcm->handle);
		*stamp_ns = duplex->clock.stamp_ns[direction];
		return *avail < 0 ? (int)*avail : 0;
	}
	err = snd_pcm_htimestamp(pcm->handle, &frames, &stamp);
	*avail = (snd_pcm_sframes_t)frames;
	*stamp_ns = (uint64_t)stamp.tv_sec * NS_A_SECOND + (uint64_t)stamp.tv_nsec;
	return err;
}

/* Frames that wait in the ring, of avail. */
static long fill(const struct mca_pcm *pcm, snd_pcm_sframes_t avail)
{
	return pcm->direction == MCA_CAPTURE ? (long)avail
					     : (long)pcm->info.buffer_frames - (long)avail;
}

/* How old the position is. `position` counts from anywhere, over all frames of the stream. */
static uint64_t age_ns(struct mca_duplex *duplex, enum mca_pcm_direction direction,
		       int64_t position, uint64_t stamp_ns)
{
	const struct mca_pcm *pcm = duplex->pcm[direction];
	struct mca_pcm_mark *mark = &duplex->mark[direction];
	uint64_t now = now_ns(duplex), age;
	uint64_t period = (uint64_t)pcm->info.period_frames * NS_A_SECOND / pcm->info.rate_hz;
	uint64_t most = PERIODS_MAX * period;

	if (!mark->known || position != mark->position) {
		bool recent = mark->known && now - mark->looked_ns < most;
		uint64_t window = recent ? now - mark->looked_ns : most;
		bool good = stamp_ns > 0 && stamp_ns + window + SLACK_NS >= now &&
			    stamp_ns <= now + SLACK_NS;

		mark->position = position;
		mark->moved_ns = good ? stamp_ns : now - (window < period ? window : period) / 2;
		mark->known = true;
	}
	mark->looked_ns = now;
	age = now > mark->moved_ns ? now - mark->moved_ns : 0;
	return age < most ? age : most;
}

/* Frames that wait now, of a batch device that knows where its last period ended. */
static long reckon(struct mca_duplex *duplex, enum mca_pcm_direction direction, long waiting,
		   uint64_t stamp_ns)
{
	const struct mca_pcm *pcm = duplex->pcm[direction];
	int64_t passed = (int64_t)duplex->passed[direction], position;
	long since;

	position = direction == MCA_CAPTURE ? passed + waiting : passed - waiting;
	since = (long)(age_ns(duplex, direction, position, stamp_ns) * pcm->info.rate_hz /
		       NS_A_SECOND);
	return direction == MCA_CAPTURE ? waiting + since : waiting - since;
}

static int measure_one(struct mca_duplex *duplex, enum mca_pcm_direction direction, long *waiting)
{
	const struct mca_pcm *pcm = duplex->pcm[direction];
	long held = direction == MCA_CAPTURE ? (long)pcm->held : 0;
	snd_pcm_sframes_t avail = 0, delay;
	uint64_t stamp_ns = 0;
	bool stamped = pcm->batch && read_stamp(duplex, direction, &avail, &stamp_ns) == 0;
	int err = snd_pcm_delay(pcm->handle, &delay);

	if (err < 0)
		return err;
	*waiting = (long)delay + held;
	/* Off by anything but periods that have just ended: the driver knows more. */
	if (stamped && (fill(pcm, avail) - (long)delay) % (long)pcm->info.period_frames != 0)
		duplex->mark[direction].exact = true;
	if (stamped && !duplex->mark[direction].exact)
		*waiting = reckon(duplex, direction, *waiting, stamp_ns);
	return 0;
}

int mca_duplex_measure(struct mca_duplex *duplex, long *captured, long *queued)
{
	int err = measure_one(duplex, MCA_CAPTURE, captured);

	return err < 0 ? err : measure_one(duplex, MCA_PLAYBACK, queued);
}
