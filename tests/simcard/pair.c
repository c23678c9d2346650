/* SPDX-License-Identifier: MIT */
/* See pair.h. */
#include "pair.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BLOCKS_A_BUFFER 4

static int configure(snd_pcm_t *pcm, unsigned rate, unsigned lanes, unsigned block)
{
	snd_pcm_hw_params_t *hw;
	snd_pcm_sw_params_t *sw;
	snd_pcm_uframes_t period = block, buffer = (snd_pcm_uframes_t)BLOCKS_A_BUFFER * block;
	snd_pcm_uframes_t boundary;
	int err;

	snd_pcm_hw_params_alloca(&hw);
	snd_pcm_sw_params_alloca(&sw);
	if ((err = snd_pcm_hw_params_any(pcm, hw)) < 0 ||
	    (err = snd_pcm_hw_params_set_access(pcm, hw, SND_PCM_ACCESS_MMAP_INTERLEAVED)) < 0 ||
	    (err = snd_pcm_hw_params_set_format(pcm, hw, SND_PCM_FORMAT_S16_LE)) < 0 ||
	    (err = snd_pcm_hw_params_set_channels(pcm, hw, lanes)) < 0 ||
	    (err = snd_pcm_hw_params_set_rate(pcm, hw, rate, 0)) < 0 ||
	    (err = snd_pcm_hw_params_set_period_size_near(pcm, hw, &period, NULL)) < 0 ||
	    (err = snd_pcm_hw_params_set_buffer_size_near(pcm, hw, &buffer)) < 0 ||
	    (err = snd_pcm_hw_params(pcm, hw)) < 0 ||
	    (err = snd_pcm_sw_params_current(pcm, sw)) < 0 ||
	    (err = snd_pcm_sw_params_get_boundary(sw, &boundary)) < 0 ||
	    (err = snd_pcm_sw_params_set_start_threshold(pcm, sw, boundary)) < 0 ||
	    (err = snd_pcm_sw_params_set_avail_min(pcm, sw, block)) < 0)
		return err;
	return snd_pcm_sw_params(pcm, sw);
}

int open_one(snd_pcm_t **pcm, struct mca_simrack *rack, unsigned card, snd_pcm_stream_t stream,
	     unsigned rate, unsigned lanes, unsigned block, struct mca_simclock *clock)
{
	int err = mca_simrack_open(rack, pcm, card, stream, SND_PCM_NONBLOCK, clock, NULL);

	if (err < 0)
		return err;
	err = configure(*pcm, rate, lanes, block);
	if (err < 0) {
		snd_pcm_close(*pcm);
		*pcm = NULL;
	}
	return err;
}

int pair_open(struct pair *pair, struct mca_simrack *rack, unsigned in, unsigned out, unsigned rate,
	      unsigned block)
{
	snd_pcm_uframes_t period;
	int err;

	pair->pcm[0] = pair->pcm[1] = NULL;
	pair->rate = rate;
	pair->block = block;
	if (!pair->lanes)
		pair->lanes = 2;
	pair->clock = (struct mca_simclock){ .free_running = mca_simrack_spec(rack)->free_running };
	err = open_one(&pair->pcm[0], rack, in, SND_PCM_STREAM_CAPTURE, rate, pair->lanes, block,
		       &pair->clock);
	if (err == 0)
		err = open_one(&pair->pcm[1], rack, out, SND_PCM_STREAM_PLAYBACK, rate, pair->lanes,
			       block, &pair->clock);
	if (err < 0) {
		pair_close(pair);
		return err;
	}
	snd_pcm_get_params(pair->pcm[0], &pair->buffer[0], &period);
	snd_pcm_get_params(pair->pcm[1], &pair->buffer[1], &period);
	return 0;
}

void pair_close(struct pair *pair)
{
	for (int i = 0; i < 2; i++) {
		if (pair->pcm[i])
			snd_pcm_close(pair->pcm[i]);
		pair->pcm[i] = NULL;
	}
}

static int state_error(snd_pcm_t *pcm)
{
	switch (snd_pcm_state(pcm)) {
	case SND_PCM_STATE_XRUN:
		return -EPIPE;
	case SND_PCM_STATE_SUSPENDED:
		return -ESTRPIPE;
	case SND_PCM_STATE_DISCONNECTED:
		return -ENODEV;
	default:
		return 0;
	}
}

/* A window as [frames, count]; 0 or negative errno. */
static int window(snd_pcm_t *pcm, unsigned lanes, unsigned want, int16_t **frames,
		  snd_pcm_uframes_t *offset, unsigned *count)
{
	const snd_pcm_channel_area_t *areas;
	snd_pcm_uframes_t granted = want;
	snd_pcm_sframes_t avail = snd_pcm_avail_update(pcm);
	int err = avail < 0 ? (int)avail : state_error(pcm);

	if (err < 0)
		return err;
	err = snd_pcm_mmap_begin(pcm, &areas, offset, &granted);
	if (err < 0)
		return err;
	*frames = (int16_t *)areas[0].addr + *offset * lanes;
	*count = (unsigned)granted;
	return granted ? 0 : -EPIPE;
}

static int fill(struct pair *pair, unsigned frames)
{
	while (frames) {
		snd_pcm_uframes_t offset;
		unsigned count;
		int16_t *out;
		int err = window(pair->pcm[1], pair->lanes, frames, &out, &offset, &count);

		if (err < 0)
			return err;
		memset(out, 0, count * pair->lanes * sizeof(*out));
		if (snd_pcm_mmap_commit(pair->pcm[1], offset, count) != (snd_pcm_sframes_t)count)
			return -EIO;
		frames -= count;
	}
	return 0;
}

int pair_start(struct pair *pair)
{
	int err;

	pair->captured = pair->played = pair->windows = 0;
	pair->shortest = UINT64_MAX;
	if ((err = snd_pcm_prepare(pair->pcm[0])) < 0 ||
	    (err = snd_pcm_prepare(pair->pcm[1])) < 0 || (err = fill(pair, 2 * pair->block)) < 0 ||
	    (err = snd_pcm_start(pair->pcm[1])) < 0)
		return err;
	pair->played = 2 * pair->block;
	return snd_pcm_start(pair->pcm[0]);
}

unsigned poll_once(snd_pcm_t *pcm, int timeout_ms)
{
	struct pollfd pfd[4];
	unsigned short events = 0;
	int count = snd_pcm_poll_descriptors(pcm, pfd, 4);

	if (count <= 0 || poll(pfd, (nfds_t)count, timeout_ms) <= 0)
		return 0;
	snd_pcm_poll_descriptors_revents(pcm, pfd, (unsigned)count, &events);
	return events;
}

static int piece(struct pair *pair, unsigned want, unsigned *done)
{
	snd_pcm_uframes_t from, to;
	unsigned in_count, out_count, count;
	int16_t *in, *out;
	int err;

	if ((err = window(pair->pcm[0], pair->lanes, want, &in, &from, &in_count)) < 0 ||
	    (err = window(pair->pcm[1], pair->lanes, want, &out, &to, &out_count)) < 0)
		return err;
	count = in_count < out_count ? in_count : out_count;
	if (pair->process)
		pair->process(pair, in, out, count);
	else
		memcpy(out, in, count * pair->lanes * sizeof(*out));
	if (snd_pcm_mmap_commit(pair->pcm[1], to, count) != (snd_pcm_sframes_t)count ||
	    snd_pcm_mmap_commit(pair->pcm[0], from, count) != (snd_pcm_sframes_t)count)
		return -EIO;
	pair->captured += count;
	pair->played += count;
	pair->windows++;
	if (count < pair->shortest)
		pair->shortest = count;
	*done = count;
	return 0;
}

int pair_cycle(struct pair *pair, int timeout_ms)
{
	unsigned left = pair->block, done;

	for (;;) {
		unsigned events = poll_once(pair->pcm[0], timeout_ms);
		snd_pcm_sframes_t avail;
		int err = state_error(pair->pcm[0]);

		if (err < 0)
			return err;
		if (events & (POLLERR | POLLHUP))
			return -EIO;
		avail = snd_pcm_avail_update(pair->pcm[0]);
		if (avail < 0)
			return (int)avail;
		if (avail >= (snd_pcm_sframes_t)pair->block)
			break;
		if (!events)
			return -ETIMEDOUT;
	}
	while (left) {
		int err = piece(pair, left, &done);

		if (err < 0)
			return err;
		left -= done;
	}
	return 0;
}

int pair_run(struct pair *pair, uint64_t frames)
{
	uint64_t end = pair->captured + frames;

	while (pair->captured < end) {
		int err = pair_cycle(pair, 2000);

		if (err < 0)
			return err;
	}
	return 0;
}

static char scratch_folder[] = "/tmp/mca-simcard-XXXXXX";
static char scratch_path[256];
static bool scratch_made;

const char *scratch(const char *name)
{
	if (!scratch_made && !mkdtemp(scratch_folder))
		abort();
	scratch_made = true;
	snprintf(scratch_path, sizeof(scratch_path), "%s/%s", scratch_folder, name);
	return scratch_path;
}

void scratch_done(void)
{
	char command[300];

	if (!scratch_made)
		return;
	snprintf(command, sizeof(command), "rm -rf %s", scratch_folder);
	if (system(command) != 0)
		perror(command);
}
