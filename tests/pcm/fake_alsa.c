/* SPDX-License-Identifier: MIT */
/*
 * Only what the hot half of the pcm room calls. Whatever is not scripted succeeds.
 */
#include "fake_alsa.h"

#include <errno.h>

static struct fake *fake_of(snd_pcm_t *handle)
{
	return (struct fake *)handle;
}

snd_pcm_state_t snd_pcm_state(snd_pcm_t *pcm)
{
	return (snd_pcm_state_t)fake_of(pcm)->state;
}

snd_pcm_sframes_t snd_pcm_avail_update(snd_pcm_t *pcm)
{
	struct fake *fake = fake_of(pcm);

	if (++fake->updates == fake->fill_after)
		fake->avail = FAKE_BLOCK;
	return fake->avail;
}

snd_pcm_sframes_t snd_pcm_avail(snd_pcm_t *pcm)
{
	return fake_of(pcm)->hard_avail;
}

int snd_pcm_htimestamp(snd_pcm_t *pcm, snd_pcm_uframes_t *avail, snd_htimestamp_t *stamp)
{
	*avail = fake_of(pcm)->stamp_avail;
	*stamp = fake_of(pcm)->stamp;
	return fake_of(pcm)->stamp_err;
}

int snd_pcm_delay(snd_pcm_t *pcm, snd_pcm_sframes_t *delay)
{
	*delay = fake_of(pcm)->delay;
	return fake_of(pcm)->delay_err;
}

int snd_pcm_mmap_begin(snd_pcm_t *pcm, const snd_pcm_channel_area_t **areas,
		       snd_pcm_uframes_t *offset, snd_pcm_uframes_t *frames)
{
	static snd_pcm_channel_area_t area[2];
	struct fake *fake = fake_of(pcm);

	if (fake->begin_err)
		return fake->begin_err;
	for (unsigned lane = 0; lane < 2; lane++) {
		area[lane].addr = fake->no_memory ? NULL : fake->ring;
		area[lane].first = 16 * lane;
		area[lane].step = 32;
	}
	*areas = area;
	*offset = fake->offset;
	if (*frames > fake->grant)
		*frames = fake->grant;
	return 0;
}

snd_pcm_sframes_t snd_pcm_mmap_commit(snd_pcm_t *pcm, snd_pcm_uframes_t offset,
				      snd_pcm_uframes_t frames)
{
	struct fake *fake = fake_of(pcm);

	if (fake->commit_less < 0)
		return fake->commit_less;
	fake->offset = (offset + frames) % FAKE_RING;
	return (snd_pcm_sframes_t)frames - fake->commit_less;
}

snd_pcm_sframes_t snd_pcm_readi(snd_pcm_t *pcm, void *buffer, snd_pcm_uframes_t size)
{
	(void)pcm, (void)buffer, (void)size;
	return -EAGAIN;
}

snd_pcm_sframes_t snd_pcm_writei(snd_pcm_t *pcm, const void *buffer, snd_pcm_uframes_t size)
{
	(void)pcm, (void)buffer;
	return (snd_pcm_sframes_t)size - 1;
}

int snd_pcm_poll_descriptors(snd_pcm_t *pcm, struct pollfd *fds, unsigned space)
{
	fake_of(pcm)->polls++;
	if (space < 1)
		return 0;
	fds[0] = (struct pollfd){ .fd = fake_of(pcm)->fd, .events = POLLIN };
	return 1;
}

int snd_pcm_poll_descriptors_revents(snd_pcm_t *pcm, struct pollfd *fds, unsigned count,
				     unsigned short *revents)
{
	(void)fds, (void)count;
	*revents = fake_of(pcm)->revents;
	return 0;
}

int snd_pcm_prepare(snd_pcm_t *pcm)
{
	fake_of(pcm)->prepares++;
	fake_of(pcm)->state = SND_PCM_STATE_PREPARED;
	return 0;
}

int snd_pcm_start(snd_pcm_t *pcm)
{
	fake_of(pcm)->starts++;
	if (fake_of(pcm)->start_err == 0)
		fake_of(pcm)->state = SND_PCM_STATE_RUNNING;
	return fake_of(pcm)->start_err;
}

int snd_pcm_drop(snd_pcm_t *pcm)
{
	fake_of(pcm)->drops++;
	return 0;
}

int snd_pcm_resume(snd_pcm_t *pcm)
{
	fake_of(pcm)->resumes++;
	return fake_of(pcm)->resume_err;
}

/* The opaque status is only carried around: the fakes remember whose it is. */
static struct fake *status_of;

int snd_pcm_status(snd_pcm_t *pcm, snd_pcm_status_t *status)
{
	(void)status;
	status_of = fake_of(pcm);
	return 0;
}

snd_pcm_uframes_t snd_pcm_status_get_avail(const snd_pcm_status_t *status)
{
	(void)status;
	return status_of->status_avail;
}

snd_local_error_handler_t snd_lib_error_set_local(snd_local_error_handler_t handler)
{
	(void)handler;
	return NULL;
}
