/* SPDX-License-Identifier: MIT */
/*
 * The card as alsa-lib sees it: an ioplug in pseudo-mmap mode. alsa-lib owns the ring and the
 * application's pointer, the engine (stream.c) moves the frames, the callbacks here translate.
 *
 * What ioplug does with a state, and what follows:
 * - A negative pointer always becomes XRUN (or ends a drain), whatever its errno, and leaves the
 *   position where it was. So it only ends a drain; for a lost, suspended or overrun device the
 *   state is set by hand and the pointer is where the engine stopped, as with `hw:`. After an xrun
 *   avail_update() answers EPIPE; for the other two it still succeeds, and every other call that
 *   moves audio, waits or starts answers ENODEV or ESTRPIPE.
 * - resume() answers 0 whatever the callback says: look at the state afterwards.
 * - Nothing clamps the pointer with BOUNDARY_WA, so an overrun is ours to find.
 * - pointer, start and stop run under alsa-lib's lock of the PCM; no PCM function is called from
 *   any of them.
 */
#include "ioplug.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>

#include "rack.h"
#include "wake.h"

static struct mca_simstream *stream_of(snd_pcm_ioplug_t *io)
{
	return io->private_data;
}

/* Tell alsa-lib what the engine found. */
static void show_state(struct mca_simstream *stream)
{
	if (mca_simstream_gone(stream)) {
		mca_simstream_halt(stream);
		snd_pcm_ioplug_set_state(&stream->io, SND_PCM_STATE_DISCONNECTED);
	} else if (stream->broken == -ESTRPIPE) {
		snd_pcm_ioplug_set_state(&stream->io, SND_PCM_STATE_SUSPENDED);
	} else if (stream->broken == -EPIPE && stream->io.state == SND_PCM_STATE_RUNNING) {
		snd_pcm_ioplug_set_state(&stream->io, SND_PCM_STATE_XRUN);
	}
}

static snd_pcm_sframes_t on_pointer(snd_pcm_ioplug_t *io)
{
	struct mca_simstream *stream = stream_of(io);

	/* Draining a capture stream means to stop it: there is nothing to wait for. */
	if (io->state == SND_PCM_STATE_DRAINING && stream->direction == SND_PCM_STREAM_CAPTURE)
		return -EPIPE;
	mca_simstream_advance(stream);
	show_state(stream);
	if (stream->broken == -EPIPE && io->state == SND_PCM_STATE_DRAINING)
		return -EPIPE;
	return stream->boundary ? (snd_pcm_sframes_t)(stream->told % stream->boundary) : 0;
}

static int on_prepare(snd_pcm_ioplug_t *io)
{
	struct mca_simstream *stream = stream_of(io);
	const unsigned char *before = stream->layout.at[0];

	mca_simstream_prepare(stream);
	if (mca_simstream_gone(stream)) {
		show_state(stream);
		return -ENODEV;
	}
	mca_simstream_find_ring(stream);
	/* Only the first time, by the thread that configures: real cards keep what they have. */
	if (!before && stream->layout.at[0])
		snd_pcm_areas_silence(snd_pcm_ioplug_mmap_areas(io), 0, io->channels,
				      io->buffer_size, io->format);
	return 0;
}

static int on_start(snd_pcm_ioplug_t *io)
{
	struct mca_simstream *stream = stream_of(io);

	if (mca_simstream_gone(stream)) {
		show_state(stream);
		return -ENODEV;
	}
	mca_simstream_start(stream);
	/* For who took the descriptors before; a free-running clock must not jump before the pair's
	 * other direction has started as well. */
	if (!stream->clock->free_running)
		mca_simwake_arm(stream);
	return 0;
}

static int on_stop(snd_pcm_ioplug_t *io)
{
	struct mca_simstream *stream = stream_of(io);

	mca_simstream_advance(stream);
	mca_simstream_halt(stream);
	return 0;
}

static int on_pause(snd_pcm_ioplug_t *io, int enable)
{
	struct mca_simstream *stream = stream_of(io);

	if (enable)
		mca_simstream_hold(stream);
	else
		mca_simstream_release(stream);
	return 0;
}

static int on_resume(snd_pcm_ioplug_t *io)
{
	struct mca_simstream *stream = stream_of(io);

	show_state(stream);
	if (io->state != SND_PCM_STATE_SUSPENDED)
		return -ENODEV;
	if (mca_simclock_now(stream->clock) < stream->resume_ns)
		return -EAGAIN;
	stream->broken = 0;
	mca_simstream_release(stream);
	snd_pcm_ioplug_set_state(io, SND_PCM_STATE_RUNNING);
	return 0;
}

/* What is queued between the application and the connector, or why there is nothing to say. */
static int on_delay(snd_pcm_ioplug_t *io, snd_pcm_sframes_t *delay)
{
	struct mca_simstream *stream = stream_of(io);
	snd_pcm_sframes_t avail;

	mca_simstream_advance(stream);
	show_state(stream);
	if (io->state == SND_PCM_STATE_DISCONNECTED)
		return -ENODEV;
	if (stream->broken)
		return stream->broken;
	avail = (snd_pcm_sframes_t)mca_simstream_avail(stream);
	*delay = stream->direction == SND_PCM_STREAM_CAPTURE ? avail :
		 (snd_pcm_sframes_t)stream->buffer_frames - avail;
	return 0;
}

static void agree_on_time(struct mca_simstream *stream)
{
	const struct mca_sim_card_spec *spec = stream->card->spec;

	mca_simcrystal_init(&stream->crystal, stream->rate_hz, spec->drift_ppm);
	if (spec->wander_ppm != 0)
		mca_simcrystal_wander(&stream->crystal, spec->wander_ppm, spec->wander_period_s,
				      stream->rack->epoch_ns);
	mca_simcrystal_init(&stream->nominal, stream->rate_hz, 0);
	stream->batch_frames = spec->batch ? stream->io.period_size : 1;
	stream->jitter_ns = (uint64_t)(spec->jitter_us * 1000);
}

static int on_hw_params(snd_pcm_ioplug_t *io, snd_pcm_hw_params_t *params)
{
	struct mca_simstream *stream = stream_of(io);

	mca_simhang_call(&stream->port->hang, MCA_SIM_CALL_CONFIGURE, stream->port->stream_ns);
	if (mca_simstream_gone(stream))
		return -ENODEV;
	stream->rate_hz = io->rate;
	stream->lanes = io->channels < 2 ? io->channels : 2;
	stream->buffer_frames = io->buffer_size;
	if (!mca_simlayout_init(&stream->layout, io->format, io->channels))
		return -EINVAL;
	/* alsa-lib's own rule; sw_params replaces all three. */
	stream->boundary = io->buffer_size;
	while (stream->boundary * 2 <= LONG_MAX - (uint64_t)io->buffer_size)
		stream->boundary *= 2;
	stream->avail_min = io->period_size;
	stream->stop_threshold = io->buffer_size;
	agree_on_time(stream);
	if (stream->direction == SND_PCM_STREAM_CAPTURE)
		return mca_simsource_agree(&stream->card->source, io->rate);
	return mca_simsink_agree(&stream->card->sink, io->rate, io->channels);
}

static int on_hw_free(snd_pcm_ioplug_t *io)
{
	struct mca_simstream *stream = stream_of(io);

	mca_simstream_halt(stream);
	mca_simlayout_find(&stream->layout, NULL);
	return 0;
}

static int on_sw_params(snd_pcm_ioplug_t *io, snd_pcm_sw_params_t *params)
{
	struct mca_simstream *stream = stream_of(io);
	snd_pcm_uframes_t avail_min, stop_threshold, boundary;

	snd_pcm_sw_params_get_avail_min(params, &avail_min);
	snd_pcm_sw_params_get_stop_threshold(params, &stop_threshold);
	snd_pcm_sw_params_get_boundary(params, &boundary);
	stream->avail_min = avail_min ? avail_min : 1;
	stream->stop_threshold = stop_threshold;
	stream->boundary = boundary;
	return 0;
}

static int on_poll_count(snd_pcm_ioplug_t *io)
{
	return 1;
}

static int on_poll_descriptors(snd_pcm_ioplug_t *io, struct pollfd *pfd, unsigned space)
{
	struct mca_simstream *stream = stream_of(io);

	if (!pfd || space < 1)
		return 0;
	mca_simwake_arm(stream);
	*pfd = (struct pollfd){ .fd = stream->port->timer_fd,
				.events = POLLIN | POLLERR | POLLNVAL };
	return 1;
}

static unsigned short events_of(const struct mca_simstream *stream)
{
	return stream->direction == SND_PCM_STREAM_CAPTURE ? POLLIN | POLLRDNORM :
							     POLLOUT | POLLWRNORM;
}

static int on_poll_revents(snd_pcm_ioplug_t *io, struct pollfd *pfd, unsigned count,
			   unsigned short *revents)
{
	struct mca_simstream *stream = stream_of(io);

	mca_simstream_advance(stream);
	show_state(stream);
	switch (io->state) {
	case SND_PCM_STATE_DISCONNECTED:
		*revents = POLLERR | POLLHUP;
		return 0;
	case SND_PCM_STATE_PREPARED:
	case SND_PCM_STATE_RUNNING:
	case SND_PCM_STATE_PAUSED:
	case SND_PCM_STATE_DRAINING:
		/* A drain that breaks ends at the next look at the pointer: make it look. */
		*revents = stream->broken || mca_simwake_ready(stream) ? events_of(stream) : 0;
		break;
	default:
		/* As the kernel does it: wake up, and look at the state. */
		*revents = events_of(stream) | POLLERR;
		return 0;
	}
	/* Who asks for the descriptors only once has its next wake-up armed here. */
	if (!*revents)
		mca_simwake_arm(stream);
	return 0;
}

static int on_close(snd_pcm_ioplug_t *io)
{
	struct mca_simstream *stream = stream_of(io);

	mca_simstream_halt(stream);
	mca_simhang_call(&stream->port->hang, MCA_SIM_CALL_CLOSE, stream->port->stream_ns);
	mca_simstream_close(stream);
	return 0;
}

static const snd_pcm_ioplug_callback_t callbacks = {
	.start = on_start,
	.stop = on_stop,
	.pointer = on_pointer,
	.close = on_close,
	.hw_params = on_hw_params,
	.hw_free = on_hw_free,
	.sw_params = on_sw_params,
	.prepare = on_prepare,
	.pause = on_pause,
	.resume = on_resume,
	.delay = on_delay,
	.poll_descriptors_count = on_poll_count,
	.poll_descriptors = on_poll_descriptors,
	.poll_revents = on_poll_revents,
};

int mca_simioplug_create(struct mca_simstream *stream, const char *name, int mode)
{
	snd_pcm_ioplug_t *io = &stream->io;

	io->version = SND_PCM_IOPLUG_VERSION;
	io->name = "Mission Control Audio simulated card";
	io->flags = SND_PCM_IOPLUG_FLAG_MONOTONIC | SND_PCM_IOPLUG_FLAG_BOUNDARY_WA;
	io->poll_fd = stream->port->timer_fd;
	io->poll_events = POLLIN;
	io->mmap_rw = 1;
	io->callback = &callbacks;
	io->private_data = stream;
	return snd_pcm_ioplug_create(io, name, stream->direction, mode);
}
