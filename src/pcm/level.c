/* SPDX-License-Identifier: MIT */
/*
 * How much silence to queue, and what the rings must hold for it. Control thread.
 *
 * The playback level. Let b be the block and P the capture period. The thread wakes when a period
 * has ended and at least b frames stand in the ring, and takes whole blocks. Just before it does,
 * up to  W = b - gcd(b, P) + P  frames have been captured (hence played) since the last block was
 * written: b when P divides b, P when b divides P. Playback must survive that and have a reserve
 * for a wake-up that comes late, a whole block if the ring allows:
 *     level = max(asked for, W + reserve)
 * Playback counts at its own rate. Where frames pass a resampler the ring keeps room for more of
 * them than came in.
 * A playback device that moves its pointer a period at a time (USB) has fetched that
 * period already, and half of the next: there the reserve is at least one and a half periods.
 *
 * A ring that is short of that is asked to be longer: the other card's periods were not known when
 * it was agreed on. Where it cannot be (a card of two periods), frames are passed in shorter
 * blocks, the longest that fit.
 */
#include <errno.h>

#include "mca/diag.h"
#include "pcm_private.h"

/* What blocks of some length need. */
struct need {
	unsigned block;             /* capture frames */
	unsigned wakeup;            /* W */
	unsigned block_out;         /* playback frames, as all that follows */
	unsigned slack;             /* room that a block may need besides its own, at the least */
	unsigned room;              /* to leave so that it is never waited for */
	unsigned least, level;      /* of the queue: to live, and to live well */
};

static unsigned gcd(unsigned a, unsigned b)
{
	while (b != 0) {
		unsigned rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

static unsigned least_of(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

static unsigned most_of(unsigned a, unsigned b)
{
	return a > b ? a : b;
}

/* None on one clock at one rate. Else the resampler makes up to 1.25 thousandths more, and the
 * level may be a millisecond too high, or an eighth of a block where the ring is short of even
 * that. */
static void plan_room(struct need *need, const struct mca_duplex *duplex)
{
	unsigned more = mca_pcm_stretched(need->block_out) - need->block_out;
	unsigned swing = duplex->pcm[MCA_PLAYBACK]->info.rate_hz / 1000;

	need->slack = need->room = 0;
	if (mca_duplex_is_straight(duplex))
		return;
	need->slack = more + least_of(need->block_out / 8, swing);
	need->room = more + need->block_out + swing;
}

static void reckon(struct need *need, const struct mca_duplex *duplex, unsigned block)
{
	const struct mca_pcm *capture = duplex->pcm[MCA_CAPTURE];
	const struct mca_pcm *playback = duplex->pcm[MCA_PLAYBACK];
	unsigned period = playback->info.period_frames, reserve, wakeup_out;

	need->block = block;
	need->wakeup = block - gcd(block, capture->info.period_frames) +
		       capture->info.period_frames;
	wakeup_out = mca_pcm_at_playback_rate(capture, playback, need->wakeup);
	need->block_out = mca_pcm_at_playback_rate(capture, playback, block);
	plan_room(need, duplex);
	need->least = wakeup_out + need->block_out / 2;
	reserve = need->block_out;
	if (playback->batch && reserve < period + period / 2)
		reserve = period + period / 2;
	need->level = wakeup_out + reserve;
}

static bool fits(const struct need *need, const struct mca_duplex *duplex)
{
	return need->wakeup + need->block / 2 <= duplex->pcm[MCA_CAPTURE]->info.buffer_frames &&
	       need->least + need->slack <= duplex->pcm[MCA_PLAYBACK]->info.buffer_frames;
}

/* As much as is wanted, less where that leaves no room. */
static unsigned choose_target(const struct need *need, unsigned ring)
{
	unsigned roomy = ring > need->room ? ring - need->room : 0;

	return least_of(least_of(need->level, ring - need->slack), most_of(roomy, need->least));
}

static int lengthen(struct mca_pcm *pcm, unsigned frames, struct mca_diag *diag)
{
	return pcm->info.buffer_frames < frames ? mca_pcm_lengthen(pcm, frames, diag) : 0;
}

static int refuse(const struct mca_duplex *duplex, const struct need *need, struct mca_diag *diag)
{
	const struct mca_pcm_info *in = &duplex->pcm[MCA_CAPTURE]->info;
	const struct mca_pcm_info *out = &duplex->pcm[MCA_PLAYBACK]->info;

	return mca_diag_set(diag, -EINVAL, "%s and %s hold %u and %u frames, and periods of %u "
			    "need %u and %u: choose a smaller blocksize or another device",
			    in->name, out->name, in->buffer_frames, out->buffer_frames,
			    in->period_frames, need->wakeup + need->block / 2,
			    need->least + need->slack);
}

/* Wake for what is awaited: a longer block might never be there. */
static int set_wakeups(struct mca_duplex *duplex, struct mca_diag *diag)
{
	for (int direction = MCA_CAPTURE; direction <= MCA_PLAYBACK; direction++) {
		struct mca_pcm *pcm = duplex->pcm[direction];
		int err = mca_pcm_set_wakeup(pcm, duplex->block_frames[direction]);

		if (err < 0)
			return mca_diag_set(diag, err, "%s does not take its wake-up: %s",
					    pcm->info.name, snd_strerror(err));
	}
	return 0;
}

int mca_duplex_plan_level(struct mca_duplex *duplex, unsigned block_frames, unsigned target_frames,
			  struct mca_diag *diag)
{
	struct mca_pcm *capture = duplex->pcm[MCA_CAPTURE], *playback = duplex->pcm[MCA_PLAYBACK];
	struct need need;
	int err;

	reckon(&need, duplex, block_frames);
	need.level = most_of(need.level, target_frames);
	err = lengthen(capture, need.wakeup + need.block, diag);
	if (err == 0)
		err = lengthen(playback, need.level + need.block_out + need.room, diag);
	if (err < 0)
		return err;
	reckon(&need, duplex, block_frames);
	while (!fits(&need, duplex) && need.block > 1)
		reckon(&need, duplex, need.block - 1);
	if (!fits(&need, duplex))
		return refuse(duplex, &need, diag);
	need.level = most_of(need.level, target_frames);
	duplex->target_frames = choose_target(&need, playback->info.buffer_frames);
	duplex->wakeup_frames = need.wakeup;
	duplex->block_frames[MCA_CAPTURE] = need.block;
	duplex->block_frames[MCA_PLAYBACK] = need.slack ? mca_pcm_stretched(need.block_out)
							: need.block_out;
	return set_wakeups(duplex, diag);
}
