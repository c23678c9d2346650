/* SPDX-License-Identifier: MIT */
/*
 * Windows onto a PCM's ring: the mapped ring itself, or a bounce buffer where the device knows only
 * read and write, or has frames other than the engine's (edge.c turns them when a capture window
 * begins and when a playback window ends). Real-time.
 *
 * What alsa-lib may do and therefore is checked: grant fewer frames than asked (the ring's end),
 * grant nothing, hand out areas without memory, commit fewer frames than were granted. The last
 * is an xrun that happened in between: the stream's position is no longer known, so it must start
 * anew.
 *
 * A word on SIGBUS. The mapped ring belongs to the driver; after an unplug the kernel keeps the
 * pages of ordinary (DMA or vmalloc) rings until they are unmapped, so a window that is open at
 * that moment stays readable and the next call says ENODEV. Only a ring in device memory (a few
 * PCI cards) can fault on touch, and only in surprise removal, which those buses do not offer. So
 * no handler is installed: it could do no better than to end the process, which the service
 * manager restarts.
 */
#include "pcm_private.h"

#include <errno.h>

/* Frame `offset` of the ring, NULL where the areas are not what was agreed. */
static int16_t *frame_at(const struct mca_pcm *pcm, const snd_pcm_channel_area_t *area,
			 snd_pcm_uframes_t offset)
{
	if (area->step != 16 * pcm->shape.lanes || area->first % 16 != 0)
		return NULL;
	return (int16_t *)area->addr + area->first / 16 + offset * pcm->shape.lanes;
}

/* Point the edge to frame `offset` of the ring. 0 or -EIO. */
static int find_lanes(struct mca_pcm *pcm, const snd_pcm_channel_area_t *areas,
		      snd_pcm_uframes_t offset)
{
	struct mca_edge *edge = &pcm->edge;

	for (unsigned i = 0; i < edge->picked; i++) {
		const snd_pcm_channel_area_t *area = &areas[pcm->info.pick.lane[i] - 1];

		if (!area->addr || area->first % 8 != 0 || area->step % 8 != 0)
			return -EIO;
		edge->lane[i].step = area->step / 8;
		edge->lane[i].at = (unsigned char *)area->addr + area->first / 8 +
				   offset * (area->step / 8);
	}
	return 0;
}

static unsigned least(unsigned a, snd_pcm_uframes_t b)
{
	return a < b ? a : (unsigned)b;
}

/* The window is a copy of so many frames of the ring. */
static int copy_out(struct mca_pcm *pcm, const snd_pcm_channel_area_t *areas,
		    snd_pcm_uframes_t offset, unsigned count, bool sound,
		    struct mca_duplex_window *window)
{
	int err = find_lanes(pcm, areas, offset);

	if (err < 0)
		return err;
	window->frames = pcm->bounce;
	window->count = least(count, pcm->bounce_frames);
	if (sound)
		mca_edge_unpack(&pcm->edge, pcm->bounce, window->count);
	return 0;
}

static int map_begin(struct mca_pcm *pcm, unsigned want, struct mca_duplex_window *window)
{
	const snd_pcm_channel_area_t *areas = NULL;
	snd_pcm_uframes_t granted = want;
	int err = snd_pcm_mmap_begin(pcm->handle, &areas, &pcm->offset, &granted);

	if (err < 0)
		return err;
	if (granted == 0 || !areas || !areas[0].addr)
		return -EPIPE;
	if (pcm->reshaped)
		return copy_out(pcm, areas, pcm->offset, least(want, granted),
				pcm->direction == MCA_CAPTURE, window);
	window->frames = frame_at(pcm, areas, pcm->offset);
	if (!window->frames)
		return -EIO;
	window->count = least(want, granted);
	return 0;
}

int mca_pcm_window_back(struct mca_pcm *pcm, unsigned back, struct mca_duplex_window *window)
{
	const snd_pcm_channel_area_t *areas = NULL;
	snd_pcm_uframes_t ring = pcm->info.buffer_frames, offset = 0, granted = 0;
	int err;

	window->frames = NULL;
	window->count = 0;
	if (pcm->info.access != MCA_ACCESS_MMAP)
		return 0;
	/* Never committed: it only tells where the ring lies and where writing goes on. */
	err = snd_pcm_mmap_begin(pcm->handle, &areas, &offset, &granted);
	if (err < 0)
		return err;
	if (!areas || !areas[0].addr || back > ring)
		return -EIO;
	offset = (offset + ring - back) % ring;
	if (pcm->reshaped)
		return copy_out(pcm, areas, offset, least(back, ring - offset), true, window);
	window->frames = frame_at(pcm, areas, offset);
	if (!window->frames)
		return -EIO;
	window->count = least(back, ring - offset);
	return 0;
}

void mca_pcm_window_back_end(struct mca_pcm *pcm, unsigned frames)
{
	if (pcm->reshaped)
		mca_edge_pack(&pcm->edge, pcm->bounce, frames);
}

static int read_begin(struct mca_pcm *pcm, unsigned want, struct mca_duplex_window *window)
{
	if (pcm->held == 0) {
		unsigned ask = least(want, pcm->bounce_frames);
		void *to = pcm->reshaped ? (void *)pcm->raw : pcm->bounce;
		snd_pcm_sframes_t got = snd_pcm_readi(pcm->handle, to, ask);

		if (got < 0 && got != -EAGAIN)
			return (int)got;
		if (got <= 0)
			return -EPIPE;
		if (pcm->reshaped)
			mca_edge_unpack(&pcm->edge, pcm->bounce, (unsigned)got);
		pcm->held_from = 0;
		pcm->held = (unsigned)got;
	}
	window->frames = pcm->bounce + (size_t)pcm->held_from * pcm->shape.lanes;
	window->count = least(want, pcm->held);
	return 0;
}

static int write_begin(struct mca_pcm *pcm, unsigned want, struct mca_duplex_window *window)
{
	snd_pcm_sframes_t room = snd_pcm_avail_update(pcm->handle);

	if (room < 0)
		return (int)room;
	if (room == 0)
		return -EPIPE;
	window->frames = pcm->bounce;
	window->count = least(least(want, pcm->bounce_frames), (snd_pcm_uframes_t)room);
	return 0;
}

int mca_pcm_window_begin(struct mca_pcm *pcm, unsigned want, struct mca_duplex_window *window)
{
	window->frames = NULL;
	window->count = 0;
	if (pcm->info.access == MCA_ACCESS_MMAP)
		return map_begin(pcm, want, window);
	if (pcm->direction == MCA_CAPTURE)
		return read_begin(pcm, want, window);
	return write_begin(pcm, want, window);
}

int mca_pcm_window_end(struct mca_pcm *pcm, unsigned frames, bool *short_commit)
{
	snd_pcm_sframes_t done;

	if (pcm->reshaped && pcm->direction == MCA_PLAYBACK)
		mca_edge_pack(&pcm->edge, pcm->bounce, frames);
	if (pcm->info.access == MCA_ACCESS_MMAP) {
		done = snd_pcm_mmap_commit(pcm->handle, pcm->offset, frames);
	} else if (pcm->direction == MCA_CAPTURE) {
		pcm->held_from += frames;
		pcm->held -= frames;
		return 0;
	} else {
		done = snd_pcm_writei(pcm->handle, pcm->reshaped ? (void *)pcm->raw : pcm->bounce,
				      frames);
	}
	if (done < 0 && done != -EAGAIN)
		return (int)done;
	if (done == (snd_pcm_sframes_t)frames)
		return 0;
	*short_commit = true;
	return -EPIPE;
}

void mca_pcm_window_reset(struct mca_pcm *pcm)
{
	pcm->offset = 0;
	pcm->held_from = 0;
	pcm->held = 0;
}
