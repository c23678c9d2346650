/* SPDX-License-Identifier: MIT */
/*
 * Agreeing with a device. Control thread.
 *
 * Format, lanes and rate are chosen of what the device offers (choose.c). Sizes are wishes: near
 * the block for the period, near four of them for the ring, and what the device made of it is read
 * back; mca/duplex.h copes with periods of any length. Access is mmap, of interleaved lanes or of
 * each by itself; a device that does not offer it, or offers it and then fails, is served by read
 * and write.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "choose.h"
#include "mca/diag.h"
#include "mca/pcm_list.h"
#include "offer.h"
#include "pcm_private.h"

/* What the device refused, for the sentence; what NULL: nothing in particular. */
struct refusal {
	const char *what;
	bool by_access;   /* the kind of access: another may be welcome */
};

/* The ring shall hold two blocks whatever the period, and where it cannot, two periods; then the
 * period as near as can be, then a ring of four (of the larger of both). */
static int wish_sizes(struct mca_pcm *pcm, snd_pcm_hw_params_t *params, unsigned block_frames,
		      struct refusal *refusal)
{
	snd_pcm_uframes_t least = 2 * block_frames;
	snd_pcm_uframes_t period = block_frames, ring;
	int direction = 0, err;

	err = snd_pcm_hw_params_set_buffer_size_min(pcm->handle, params, &least);
	if (err < 0 && snd_pcm_hw_params_get_buffer_size_max(params, &ring) == 0 &&
	    period > ring / 2)
		period = ring / 2;
	refusal->what = "a period near the block";
	err = snd_pcm_hw_params_set_period_size_near(pcm->handle, params, &period, &direction);
	if (err < 0)
		return err;
	refusal->what = "a ring near four blocks";
	ring = 4 * (period > block_frames ? period : block_frames);
	if (ring < pcm->ring_wish)
		ring = pcm->ring_wish;
	err = snd_pcm_hw_params_set_buffer_size_near(pcm->handle, params, &ring);
	if (err < 0)
		return err;
	refusal->what = NULL;
	return 0;
}

static int read_back(struct mca_pcm *pcm, const snd_pcm_hw_params_t *params,
		     const struct mca_pcm_shape *shape, const struct mca_pcm_choice *choice)
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
	if (rate_hz != choice->rate_hz || lanes != choice->lanes ||
	    format != choice->format->format || period == 0 || ring < period)
		return -EIO;
	pcm->info.rate_hz = rate_hz;
	pcm->info.lanes = lanes;
	pcm->info.period_frames = (unsigned)period;
	pcm->info.buffer_frames = (unsigned)ring;
	pcm->info.block_frames = mca_pcm_block_frames(shape, rate_hz);
	pcm->shape = *shape;
	/* An ioplug cannot set the flag, so a simulated card's comes from where it is described. */
	pcm->batch = pcm->rack ? mca_pcm_sim_spec(pcm)->batch
			       : snd_pcm_hw_params_is_batch(params) != 0;
	snprintf(pcm->info.format, sizeof(pcm->info.format), "%s", snd_pcm_format_name(format));
	pcm->info.pick = choice->pick;
	mca_pcm_choice_print(choice, shape, pcm->direction, pcm->info.adapted,
			     sizeof(pcm->info.adapted));
	return 0;
}

static void set_edge(struct mca_pcm *pcm, const struct mca_pcm_choice *choice,
		     snd_pcm_access_t access)
{
	pcm->reshaped = mca_pcm_choice_reshapes(choice, &pcm->shape) ||
			access == SND_PCM_ACCESS_MMAP_NONINTERLEAVED;
	pcm->edge = (struct mca_edge){
		.bytes = choice->format->bytes, .shift = choice->format->shift,
		.lanes = pcm->shape.lanes, .picked = choice->pick.count,
	};
}

static int set_hardware(struct mca_pcm *pcm, const struct mca_pcm_shape *shape,
			snd_pcm_access_t access, struct refusal *refusal)
{
	struct mca_pcm_choice choice;
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
		err = mca_pcm_choose(&choice, pcm->handle, params, shape, &refusal->what);
	if (err == 0)
		err = wish_sizes(pcm, params, mca_pcm_block_frames(shape, choice.rate_hz), refusal);
	if (err < 0)
		return err;
	err = snd_pcm_hw_params(pcm->handle, params);
	refusal->by_access = err < 0 && err != -ENODEV; /* offered, but the mapping may fail */
	if (err == 0)
		err = read_back(pcm, params, shape, &choice);
	if (err == 0)
		set_edge(pcm, &choice, access);
	return err;
}

/* Playback waits for a block and what a resampler may add to it: less would wake it in vain. */
static unsigned wakeup_frames(const struct mca_pcm *pcm)
{
	unsigned block = pcm->info.block_frames;

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
		err = snd_pcm_sw_params_set_avail_min(handle, params, pcm->wakeup_frames);
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

/* Lanes that are not picked stay as they are made here, silent. */
static int make_raw(struct mca_pcm *pcm)
{
	size_t frame_bytes = (size_t)pcm->info.lanes * pcm->edge.bytes;

	if (!pcm->reshaped || pcm->info.access == MCA_ACCESS_MMAP)
		return 0;
	pcm->raw = malloc(pcm->bounce_frames * frame_bytes);
	if (!pcm->raw)
		return -ENOMEM;
	memset(pcm->raw, 0, pcm->bounce_frames * frame_bytes);
	for (unsigned i = 0; i < pcm->edge.picked; i++)
		pcm->edge.lane[i] = (struct mca_edge_lane){
			pcm->raw + (pcm->info.pick.lane[i] - 1) * pcm->edge.bytes,
			(ptrdiff_t)frame_bytes };
	return 0;
}

static int make_bounce(struct mca_pcm *pcm)
{
	size_t bytes;

	free(pcm->bounce);
	free(pcm->raw);
	pcm->bounce = NULL;
	pcm->raw = NULL;
	pcm->bounce_frames = 0;
	if (!pcm->reshaped && pcm->info.access == MCA_ACCESS_MMAP)
		return 0;
	bytes = (size_t)pcm->info.block_frames * pcm->shape.lanes * sizeof(*pcm->bounce);
	pcm->bounce = malloc(bytes);
	if (!pcm->bounce)
		return -ENOMEM;
	pcm->bounce_frames = pcm->info.block_frames;
	memset(pcm->bounce, 0, bytes); /* touched now, not by the first block */
	return make_raw(pcm);
}

static void touch_lane(const snd_pcm_channel_area_t *area, snd_pcm_uframes_t frames)
{
	const unsigned char *bytes = (const unsigned char *)area->addr + area->first / 8;
	size_t size = frames * (area->step / 8);

	for (size_t i = 0; i < size; i += 1024)
		(void)*(const volatile unsigned char *)(bytes + i);
}

/* Touch the whole ring now, so that the real-time thread meets no page for the first time; lanes
 * that are not picked stay silent for good. The areas describe all of it, however little is granted
 * of a stream that does not run. */
static void touch_ring(struct mca_pcm *pcm)
{
	const snd_pcm_channel_area_t *areas = NULL;
	snd_pcm_uframes_t offset, granted = pcm->info.buffer_frames;

	if (pcm->info.access != MCA_ACCESS_MMAP || snd_pcm_avail_update(pcm->handle) < 0)
		return;
	if (snd_pcm_mmap_begin(pcm->handle, &areas, &offset, &granted) < 0 || !areas ||
	    !areas[0].addr)
		return;
	if (pcm->direction == MCA_PLAYBACK)
		snd_pcm_areas_silence(areas, 0, pcm->info.lanes, pcm->info.buffer_frames,
				      snd_pcm_format_value(pcm->info.format));
	for (unsigned lane = 0; lane < pcm->info.lanes; lane++)
		touch_lane(&areas[lane], pcm->info.buffer_frames);
}

static int refuse(struct mca_pcm *pcm, const struct mca_pcm_shape *shape, int err,
		  const struct refusal *refusal, struct mca_diag *diag)
{
	struct mca_pcm_offer offer;
	const char *direction = mca_pcm_direction_name(pcm->direction);
	struct mca_diag lanes;
	char text[160];

	if (err == -ENODEV || mca_pcm_offer_read(&offer, pcm->handle) < 0)
		return mca_diag_set(diag, err, "%s went away while its %s was being configured: "
				    "plug it in again", pcm->info.name, direction);
	if (offer.lanes_max && mca_pcm_lanes_check(pcm->info.name, pcm->direction, &shape->pick,
						   offer.lanes_max, &lanes) < 0)
		return mca_diag_set(diag, -EINVAL, "%s", lanes.text);
	mca_pcm_offer_print(&offer, text, sizeof(text));
	return mca_diag_set(diag, -EINVAL, "%s %s refuses %s (for %u Hz, 16 bit, %u channel%s, "
			    "blocks of %u); it offers %s: change the configuration or the device",
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
	pcm->info.access = access == SND_PCM_ACCESS_RW_INTERLEAVED ? MCA_ACCESS_RW
								   : MCA_ACCESS_MMAP;
	pcm->wakeup_frames = wakeup_frames(pcm);
	err = set_software(pcm);
	if (err == 0)
		err = make_bounce(pcm);
	if (err == 0)
		touch_ring(pcm);
	return err;
}

void mca_pcm_release(struct mca_pcm *pcm)
{
	snd_pcm_drop(pcm->handle);
	snd_pcm_hw_free(pcm->handle);
	mca_pcm_window_reset(pcm);
	pcm->info.rate_hz = 0;
}

static int configure(struct mca_pcm *pcm, const struct mca_pcm_shape *shape,
		     struct mca_diag *diag)
{
	static const snd_pcm_access_t kinds[] = {
		SND_PCM_ACCESS_MMAP_INTERLEAVED, SND_PCM_ACCESS_MMAP_NONINTERLEAVED,
		SND_PCM_ACCESS_RW_INTERLEAVED,
	};
	struct refusal refusal = { NULL, true };
	int err = 0;

	mca_pcm_release(pcm);
	for (unsigned i = 0; refusal.by_access && i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		snd_pcm_hw_free(pcm->handle);
		refusal.by_access = false;
		err = try_access(pcm, shape, kinds[i], &refusal);
	}
	if (err == 0)
		return 0;
	pcm->info.rate_hz = 0;
	snd_pcm_hw_free(pcm->handle);
	if (err == -ENOMEM)
		return mca_diag_set(diag, err, "no memory for the buffers of %s", pcm->info.name);
	return refuse(pcm, shape, err, &refusal, diag);
}

int mca_pcm_configure(struct mca_pcm *pcm, const struct mca_pcm_shape *shape,
		      struct mca_diag *diag)
{
	pcm->ring_wish = 0;
	return configure(pcm, shape, diag);
}

int mca_pcm_lengthen(struct mca_pcm *pcm, unsigned ring_frames, struct mca_diag *diag)
{
	struct mca_pcm_shape shape = pcm->shape;

	pcm->ring_wish = ring_frames;
	return configure(pcm, &shape, diag);
}

int mca_pcm_set_wakeup(struct mca_pcm *pcm, unsigned frames)
{
	bool enough = pcm->direction == MCA_PLAYBACK && pcm->wakeup_frames >= frames &&
		      pcm->wakeup_frames <= mca_pcm_stretched(frames) + 1;

	if (enough || pcm->wakeup_frames == frames)
		return 0;
	pcm->wakeup_frames = frames;
	return set_software(pcm);
}
