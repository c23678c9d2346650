/* SPDX-License-Identifier: MIT */
/*
 * The moment is computed from the application's pointer, not from when we were asked: a wake-up
 * that was served late does not delay the next one.
 *
 * Unplugging fires the timer from another thread while this one may be arming it: arm first, look
 * at the plug after. Whichever of the two settings comes last, the timer ends up expired.
 */
#include "wake.h"

#include <sys/timerfd.h>

#include "pointer.h"
#include "rack.h"

#define NOW 0
#define NEVER UINT64_MAX
#define NS_A_SECOND 1000000000u
#define JUMPS_MAX 8 /* a stall on the way takes a second jump; a poll may be told nothing */

static void set_timer(const struct mca_simport *port, uint64_t due_ns)
{
	struct itimerspec when = { 0 };

	if (due_ns != NEVER) {
		/* 0 would disarm; the first nanosecond after boot is past as well. */
		due_ns = due_ns ? due_ns : 1;
		when.it_value.tv_sec = (time_t)(due_ns / NS_A_SECOND);
		when.it_value.tv_nsec = (long)(due_ns % NS_A_SECOND);
	}
	timerfd_settime(port->timer_fd, TFD_TIMER_ABSTIME, &when, NULL);
}

/* The same for the stream's own thread, which remembers: a free-running clock asks for NOW each
 * time, and hours of stream time should not cost a system call a block. */
static void arm(struct mca_simport *port, uint64_t due_ns)
{
	if (due_ns == NOW && port->armed_now)
		return;
	set_timer(port, due_ns);
	port->armed_now = due_ns == NOW;
}

void mca_simcard_wake(struct mca_simcard *card)
{
	set_timer(&card->port[0], NOW);
	set_timer(&card->port[1], NOW);
}

/* Frames still missing for a wake-up, 0 = none. */
static uint64_t missing(const struct mca_simstream *stream)
{
	uint64_t avail = mca_simstream_avail(stream);
	uint64_t wanted = stream->io.state == SND_PCM_STATE_DRAINING ? stream->buffer_frames :
			  stream->avail_min;

	return avail < wanted ? wanted - avail : 0;
}

static bool has_news(struct mca_simstream *stream)
{
	return stream->broken || mca_simstream_gone(stream);
}

static uint64_t due(struct mca_simstream *stream)
{
	uint64_t frames = missing(stream), ns;

	if (has_news(stream))
		return NOW;
	if (!frames)
		return stream->wake_floor_ns;
	if (stream->phase != MCA_SIMPHASE_RUNNING)
		return NEVER;
	ns = mca_simpointer_due(stream, stream->told + frames);
	if (stream->late_ns) {
		stream->wake_floor_ns = ns + stream->late_ns;
		stream->late_ns = 0;
	}
	return ns > stream->wake_floor_ns ? ns : stream->wake_floor_ns;
}

/* Let the pair's time pass until the wake-up. */
static uint64_t jump(struct mca_simstream *stream)
{
	struct mca_simclock *clock = stream->clock;

	for (unsigned i = 0; i < JUMPS_MAX; i++) {
		uint64_t due_ns = due(stream);

		if (due_ns == NEVER)
			return NEVER;
		if (due_ns <= clock->now_ns)
			break;
		clock->now_ns = due_ns;
		mca_simstream_advance(stream);
	}
	return NOW;
}

void mca_simwake_arm(struct mca_simstream *stream)
{
	arm(stream->port, stream->clock->free_running ? jump(stream) : due(stream));
	if (mca_simstream_gone(stream))
		arm(stream->port, NOW);
}

bool mca_simwake_ready(struct mca_simstream *stream)
{
	return !missing(stream) && mca_simclock_now(stream->clock) >= stream->wake_floor_ns;
}
