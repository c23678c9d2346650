/* SPDX-License-Identifier: MIT */
/*
 * Agreeing with a device. Control thread.
 *
 * Format, lanes and rate are exact or refused: what the engine asked for is what passes, untouched.
 * Sizes are wishes: near the block for the period, near four of them for the ring, and what the
 * device made of it is read back; mca/duplex.h copes with periods of any length. Access is mmap;
 * a device that does not offer it, or offers it and then fails, is served by read and write.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mca/diag.h"
#include "offer.h"
#include "pcm_private.h"

/* What the device refused, for the sentence; what NULL: nothing in particular. */
struct refusal {
	const char *what;
	bool by_access;   /* the kind of access: another may be welcome */
};

static int restrict_exactly(struct mca_pcm *pcm, snd_pcm_hw_params_t *params,
			    const struct mca_pcm_shape *shape, struct refusal *refusal)
{
	snd_pcm_t *handle = pcm->handle;
	int err;

	refusal->what = "sample_format int16 (S16_LE)";
	err = snd_pcm_hw_params_set_format(handle, params, SND_PCM_FORMAT_S16_LE);
	if (err < 0)
		return err;
	refusal->what = "that number of channels";
	err = snd_pcm_hw_params_set_channels(handle, params, shape->lanes);
	if (err < 0)
		return err;
	refusal->what = "that sample_rate";
	err = snd_pcm_hw_params_set_rate(handle, params, shape->rate_hz, 0);
	if (err < 0)
		return err;
	refusal->what = NULL;
	return 0;
}

/* The ring must hold two blocks whatever the period; then the period as near as can be, then a ring
 * of four (of the larger of both). */
static int wish_sizes(struct mca_pcm *pcm, snd_pcm_hw_params_t *params,
		      const struct mca_pcm_shape *shape, struct refusal *refusal)
{
	snd_pcm_uframes_t least = 2 * shape->block_frames;
	snd_pcm_uframes_t period = shape->block_frames, ring;
	int direction = 0, err;

	refusal->what = "a ring of two blocks";
	err = snd_pcm_hw_params_set_buffer_size_min(pcm->handle, params, &least);
	if (err < 0)
		return err;
	refusal->what = "a period near the block";
	err = snd_pcm_hw_params_set_period_size_near(pcm->handle, params, &period, &direction);
	if (err < 0)
		return err;
	refusal->what = "a ring near four blocks";
	ring = 4 * (period > shape->block_frames ? period : shape->block_frames);
	err = snd_pcm_hw_params_set_buffer_size_near(pcm->handle, params, &ring);
	if (err < 0)
		return err;
	refusal->what = NULL;
	return 0;
}

static int read_back(struct mca_pcm *pcm, const snd_pcm_hw_params_t *params,
		     const struct mca_pcm_shape *shape)
{
	snd_pcm_uframes_t period = 0, ring = 0;
	unsigned rate_hz = 0, lanes = 0;
	snd_pcm_format_t format;
	int direction = 0;

	if (snd_pcm_hw_params_get_period_size(params, &period, &direction) < 0 ||
	    snd_pcm_hw_params_get_buffer_size(params, &ring) < 0 ||
	    snd_pcm_hw_params_get_rate(params, &rate_hz, &direction) < 0 ||
	    snd_pcm_hw_params_get_channels(params, &lanes) < 0 ||
	    snd_pcm_hw_params_get_format(params, &format) < 0)
		return -EIO;
	if (rate_hz != shape->rate_hz || lanes != shape->lanes || period == 0 || ring < period)
		return -EIO;
	pcm->info.rate_hz = rate_hz;
	pcm->info.lanes = lanes;
	pcm->info.period_frames = (unsigned)period;
	pcm->info.buffer_frames = (unsigned)ring;
	pcm->block_frames = shape->block_frames;
	/* An ioplug cannot set the flag, so a simulated card's comes from where it is described. */
	pcm->batch = pcm->rack ? mca_pcm_sim_spec(pcm)->batch
			       : snd_pcm_hw_params_is_batch(params) != 0;
	strcpy(pcm->info.format, "S16_LE");
	return 0;
}

static int set_hardware(struct mca_pcm *pcm, const struct mca_pcm_shape *shape,
			snd_pcm_access_t access, struct refusal *refusal)
{
	snd_pcm_hw_params_t *params;
	int err;

	snd_pcm_hw_params_alloca(&params);
	err = snd_pcm_hw_params_any(pcm->handle, params);
	if (err < 0)
		return err;
	err = snd_pcm_hw_params_set_rate_resample(pcm->handle, params, 0);
	if (err < 0)
		return err;
	refusal->what = "interleaved access";
	err = snd_pcm_hw_params_set_access(pcm->handle, params, access);
	refusal->by_access = err < 0;
	if (err == 0)
		err = restrict_exactly(pcm, params, shape, refusal);
	if (err == 0)
		err = wish_sizes(pcm, params, shape, refusal);
	if (err < 0)
		return err;
	err = snd_pcm_hw_params(pcm->handle, params);
	refusal->by_access = err < 0 && err != -ENODEV; /* offered, but the mapping may fail */
	return err < 0 ? err : read_back(pcm, params, shape);
}

/* Playback waits for a block and what a resampler may add to it: less would wake it in vain. */
static snd_pcm_uframes_t wakeup_frames(const struct mca_pcm *pcm)
{
	unsigned block = pcm->block_frames;

	return pcm->direction == MCA_PLAYBACK ? mca_pcm_stretched(block) + 1 : block;
}

/*
 * Never start by itself, stop at an xrun, wake for whole blocks. Playback that comes close to
 * running dry gets a period of silence written ahead, so that a device that reads on for a moment
 * repeats nothing.
 */
static int set_software(struct mca_pcm *pcm)
{
	snd_pcm_sw_params_t *params;
	snd_pcm_t *handle = pcm->handle;
	snd_pcm_uframes_t boundary = 0;
	int err;

	snd_pcm_sw_params_alloca(&params);
	err = snd_pcm_sw_params_current(handle, params);
	if (err == 0)
		err = snd_pcm_sw_params_get_boundary(params, &boundary);
	if (err == 0)
		err = snd_pcm_sw_params_set_start_threshold(handle, params, boundary);
	if (err == 0)
		err = snd_pcm_sw_params_set_stop_threshold(handle, params, pcm->info.buffer_frames);
	if (err == 0)
		err = snd_pcm_sw_params_set_avail_min(handle, params, wakeup_frames(pcm));
	if (err == 0 && pcm->direction == MCA_PLAYBACK) {
		snd_pcm_uframes_t period = pcm->info.period_frames;

		err = snd_pcm_sw_params_set_silence_threshold(handle, params, period);
		if (err == 0)
			err = snd_pcm_sw_params_set_silence_size(handle, params, period);
	}
	if (err < 0)
		return err;
	/* Time stamps on the monotonic clock; a device without them is served all the same. */
	snd_pcm_sw_params_set_tstamp_mode(handle, params, SND_PCM_TSTAMP_ENABLE);
	snd_pcm_sw_params_set_tstamp_type(handle, params, SND_PCM_TSTAMP_TYPE_MONOTONIC);
	return snd_pcm_sw_params(handle, params);
}

static int make_bounce(struct mca_pcm *pcm)
{
	free(pcm->bounce);
	pcm->bounce = NULL;
	pcm->bounce_frames = 0;
	if (pcm->info.access == MCA_ACCESS_MMAP)
		return 0;
	pcm->bounce = calloc((size_t)pcm->block_frames * pcm->info.lanes, sizeof(*pcm->bounce));
	if (!pcm->bounce)
		return -ENOMEM;
	pcm->bounce_frames = pcm->block_frames;
	/* calloc's pages may all be one page of zeros until they are written. */
	memset(pcm->bounce, 0, (size_t)pcm->block_frames * pcm->info.lanes * sizeof(*pcm->bounce));
	return 0;
}

/* Touch the whole ring now, so that the real-time thread meets no page for the first time. The
 * areas describe all of it, however little is granted of a stream that does not run. */
static void touch_ring(struct mca_pcm *pcm)
{
	size_t size = (size_t)pcm->info.buffer_frames * pcm->info.lanes * sizeof(int16_t);
	const snd_pcm_channel_area_t *areas = NULL;
	snd_pcm_uframes_t offset, granted = pcm->info.buffer_frames;
	unsigned char *bytes;

	if (pcm->info.access != MCA_ACCESS_MMAP || snd_pcm_avail_update(pcm->handle) < 0)
		return;
	if (snd_pcm_mmap_begin(pcm->handle, &areas, &offset, &granted) < 0 || !areas ||
	    !areas[0].addr)
		return;
	bytes = (unsigned char *)areas[0].addr + areas[0].first / 8;
	if (pcm->direction == MCA_PLAYBACK)
		memset(bytes, 0, size);
	for (size_t i = 0; i < size; i += 1024)
		(void)*(const volatile unsigned char *)(bytes + i);
}

static int refuse(struct mca_pcm *pcm, const struct mca_pcm_shape *shape, int err,
		  const struct refusal *refusal, struct mca_diag *diag)
{
	struct mca_pcm_offer offer;
	const char *direction = mca_pcm_direction_name(pcm->direction);
	char text[160];

	if (err == -ENODEV || mca_pcm_offer_read(&offer, pcm->handle) < 0)
		return mca_diag_set(diag, err, "%s went away while its %s was being configured: "
				    "plug it in again", pcm->info.name, direction);
	mca_pcm_offer_print(&offer, text, sizeof(text));
	return mca_diag_set(diag, -EINVAL, "%s %s refuses %s (%u Hz, S16_LE, %u channel%s, blocks "
			    "of %u); it offers %s: change the configuration or the device",
			    pcm->info.name, direction,
			    refusal->what ? refusal->what : "this together",
			    shape->rate_hz, shape->lanes, shape->lanes == 1 ? "" : "s",
			    shape->block_frames, text);
}

static int try_access(struct mca_pcm *pcm, const struct mca_pcm_shape *shape,
		      snd_pcm_access_t access, struct refusal *refusal)
{
	int err = set_hardware(pcm, shape, access, refusal);

	if (err < 0)
		return err;
	pcm->info.access = access == SND_PCM_ACCESS_MMAP_INTERLEAVED ? MCA_ACCESS_MMAP
								     : MCA_ACCESS_RW;
	err = set_software(pcm);
	if (err == 0)
		err = make_bounce(pcm);
	if (err == 0)
		touch_ring(pcm);
	return err;
}

int mca_pcm_configure(struct mca_pcm *pcm, const struct mca_pcm_shape *shape,
		      struct mca_diag *diag)
{
	struct refusal refusal = { NULL, false };
	int err;

	snd_pcm_drop(pcm->handle);
	snd_pcm_hw_free(pcm->handle);
	mca_pcm_window_reset(pcm);
	pcm->info.rate_hz = 0;
	err = try_access(pcm, shape, SND_PCM_ACCESS_MMAP_INTERLEAVED, &refusal);
	if (err < 0 && refusal.by_access) {
		snd_pcm_hw_free(pcm->handle);
		err = try_access(pcm, shape, SND_PCM_ACCESS_RW_INTERLEAVED, &refusal);
	}
	if (err == 0)
		return 0;
	pcm->info.rate_hz = 0;
	snd_pcm_hw_free(pcm->handle);
	if (err == -ENOMEM)
		return mca_diag_set(diag, err, "no memory for the buffers of %s", pcm->info.name);
	return refuse(pcm, shape, err, &refusal, diag);
}
