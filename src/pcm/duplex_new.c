/* SPDX-License-Identifier: MIT */
/*
 * Joining two PCMs: clock and link; the level is planned in level.c. Control thread.
 */
#include <errno.h>
#include <stdlib.h>

#include "mca/diag.h"
#include "pcm_private.h"

static int check_shapes(const struct mca_pcm *capture, const struct mca_pcm *playback,
			unsigned block_frames, unsigned target_frames, struct mca_diag *diag)
{
	const struct mca_pcm_info *in = &capture->info, *out = &playback->info;

	if (capture->direction != MCA_CAPTURE || playback->direction != MCA_PLAYBACK)
		return mca_diag_set(diag, -EINVAL, "%s and %s are not a capture and a playback",
				    in->name, out->name);
	if (in->rate_hz == 0 || out->rate_hz == 0 || capture->shape.lanes != playback->shape.lanes)
		return mca_diag_set(diag, -EINVAL, "%s (%u Hz, %u channels) and %s (%u Hz, %u "
				    "channels) must be configured alike", in->name, in->rate_hz,
				    capture->shape.lanes, out->name, out->rate_hz,
				    playback->shape.lanes);
	if (block_frames == 0 ||
	    target_frames < 2 * mca_pcm_at_playback_rate(capture, playback, block_frames))
		return mca_diag_set(diag, -EINVAL, "a playback level of %u frames is less than two "
				    "blocks of %u", target_frames, block_frames);
	if (snd_pcm_poll_descriptors_count(capture->handle) > MCA_PCM_FDS ||
	    snd_pcm_poll_descriptors_count(playback->handle) > MCA_PCM_FDS)
		return mca_diag_set(diag, -E2BIG, "%s or %s needs more than %d poll descriptors: "
				    "use the card's hw: name", in->name, out->name, MCA_PCM_FDS);
	return 0;
}

/* Do two simulated crystals err alike, always? */
static bool err_alike(const struct mca_pcm *a, const struct mca_pcm *b)
{
	const struct mca_sim_card_spec *x = mca_pcm_sim_spec(a), *y = mca_pcm_sim_spec(b);

	return x->drift_ppm == y->drift_ppm && x->wander_ppm == y->wander_ppm &&
	       (x->wander_ppm == 0 || x->wander_period_s == y->wander_period_s);
}

/* Two directions of one card run on one crystal. Simulated cards count their frames from one
 * time, so those whose crystals err alike run on one as well. */
static bool have_one_clock(const struct mca_pcm *capture, const struct mca_pcm *playback)
{
	if (capture->info.card < 0)
		return false;
	if (capture->info.card == playback->info.card)
		return true;
	return capture->rack && capture->rack == playback->rack &&
	       err_alike(capture, playback);
}

/* Real directions of one card are linked, so that the kernel starts and stops them in one moment;
 * where a driver cannot, they are started one after the other. */
static void link_streams(struct mca_duplex *duplex)
{
	struct mca_pcm *capture = duplex->pcm[MCA_CAPTURE], *playback = duplex->pcm[MCA_PLAYBACK];

	if (duplex->shared_clock && !capture->rack && !playback->rack)
		duplex->linked = snd_pcm_link(capture->handle, playback->handle) == 0;
}

/* Simulated directions take their time from this duplex, which lives as long as they run. */
static int set_sim_clock(struct mca_duplex *duplex, bool give)
{
	for (int direction = MCA_CAPTURE; direction <= MCA_PLAYBACK; direction++) {
		struct mca_pcm *pcm = duplex->pcm[direction];
		int err;

		if (!pcm->rack)
			continue;
		if (give)
			duplex->clock.free_running = mca_simrack_spec(pcm->rack)->free_running;
		err = mca_simrack_use_clock(pcm->rack, pcm->handle, give ? &duplex->clock : NULL);
		if (err < 0)
			return err;
	}
	return 0;
}

int mca_duplex_new(struct mca_duplex **duplex, struct mca_pcm *capture, struct mca_pcm *playback,
		   unsigned block_frames, unsigned target_frames, struct mca_diag *diag)
{
	struct mca_duplex *new;
	int err = check_shapes(capture, playback, block_frames, target_frames, diag);

	if (err < 0)
		return err;
	new = calloc(1, sizeof(*new));
	if (!new || snd_pcm_status_malloc(&new->status) < 0) {
		free(new);
		return mca_diag_set(diag, -ENOMEM, "no memory for a duplex pair");
	}
	new->pcm[MCA_CAPTURE] = capture;
	new->pcm[MCA_PLAYBACK] = playback;
	new->shared_clock = have_one_clock(capture, playback);
	err = mca_duplex_plan_level(new, block_frames, target_frames, diag);
	if (err == 0) {
		err = set_sim_clock(new, true);
		if (err < 0)
			mca_diag_set(diag, err, "%s and %s cannot share a clock: %s",
				     capture->info.name, playback->info.name, snd_strerror(err));
	}
	if (err < 0) {
		mca_duplex_free(new);
		return err;
	}
	link_streams(new);
	*duplex = new;
	return 0;
}

void mca_duplex_free(struct mca_duplex *duplex)
{
	if (!duplex)
		return;
	mca_duplex_stop(duplex);
	if (duplex->linked)
		snd_pcm_unlink(duplex->pcm[MCA_CAPTURE]->handle);
	set_sim_clock(duplex, false);
	snd_pcm_status_free(duplex->status);
	free(duplex);
}
