/* SPDX-License-Identifier: MIT */
/*
 * A tick of a batch card is its interrupt: it comes late by the jitter, and its time stamp is when
 * it came. A card without batches answers at any moment, with a position that is old by the jitter;
 * its wake-ups come so late that any answer then is far enough.
 */
#include "pointer.h"

#include "rack.h"

#define HOUR_NS UINT64_C(3600000000000)

/* Below jitter_ns; SplitMix64 of what makes the case. */
static uint64_t lag_ns(const struct mca_simstream *stream, uint64_t count)
{
	uint64_t x = count * 16 + stream->card->number * 2 +
		     (stream->direction == SND_PCM_STREAM_CAPTURE);

	if (stream->jitter_ns == 0)
		return 0;
	x = (x + 1) * UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return (x ^ (x >> 31)) % stream->jitter_ns;
}

static uint64_t tick_ns(const struct mca_simstream *stream, uint64_t tick)
{
	return mca_simcrystal_when(&stream->crystal, stream->origin_ns,
				   tick * stream->batch_frames) + lag_ns(stream, tick);
}

static void tell(struct mca_simstream *stream, uint64_t position, uint64_t ns)
{
	if (position > stream->told || stream->told_ns == 0) {
		stream->told = position;
		stream->told_ns = ns;
	}
}

static void tell_ticks(struct mca_simstream *stream, uint64_t now_ns)
{
	uint64_t tick = stream->moved / stream->batch_frames;

	while (tick * stream->batch_frames > stream->told) { /* as many as a lag is long */
		uint64_t ns = tick_ns(stream, tick);

		if (ns <= now_ns) {
			tell(stream, tick * stream->batch_frames, ns);
			return;
		}
		tick--;
	}
}

static void tell_late(struct mca_simstream *stream, uint64_t now_ns)
{
	uint64_t lag = lag_ns(stream, stream->looks++);
	uint64_t position = mca_simcrystal_between(&stream->crystal, stream->origin_ns,
						   now_ns > lag ? now_ns - lag : 0);

	tell(stream, position < stream->moved ? position : stream->moved, now_ns);
	stream->told_ns = now_ns;
}

static uint64_t stamp_ns(const struct mca_simstream *stream)
{
	switch (stream->card->spec->stamps) {
	case MCA_SIM_STAMPS_GOOD:
		return stream->told_ns;
	case MCA_SIM_STAMPS_NONE:
		return 0;
	case MCA_SIM_STAMPS_WRONG:
		return stream->told_ns + HOUR_NS;
	}
	return 0;
}

void mca_simpointer_look(struct mca_simstream *stream)
{
	uint64_t now_ns = mca_simclock_now(stream->clock);

	if (stream->phase != MCA_SIMPHASE_RUNNING) {
		/* Who stopped tells all. */
		if (stream->told != stream->moved)
			tell(stream, stream->moved, now_ns);
	} else if (stream->batch_frames > 1) {
		tell_ticks(stream, now_ns);
	} else if (stream->jitter_ns > 0) {
		tell_late(stream, now_ns);
	} else {
		stream->told = stream->moved;
		stream->told_ns = now_ns;
	}
	stream->clock->stamp_ns[mca_simport_index(stream->direction)] = stamp_ns(stream);
}

uint64_t mca_simpointer_due(const struct mca_simstream *stream, uint64_t position)
{
	uint64_t step = stream->batch_frames;

	if (step > 1)
		return tick_ns(stream, (position + step - 1) / step);
	return mca_simcrystal_when(&stream->crystal, stream->origin_ns, position) +
	       stream->jitter_ns;
}
