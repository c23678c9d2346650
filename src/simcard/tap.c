/* SPDX-License-Identifier: MIT */
/*
 * Same pair, equal frequencies: the offset follows from the two start times alone, in one exact
 * floor(), so it never changes while both run. floor(x) + floor(y) <= floor(x + y), so the frame
 * asked for has always been played already.
 */
#include "tap.h"

#include <stddef.h>
#include <string.h>

#include "rack.h"

#define STEP_FRAMES 32u     /* between unequal clocks the position is looked up this often */
#define MARGIN_DIVISOR 20u  /* of the rate: stay 50 ms and two blocks behind another pair */

static struct mca_simcard *wired_card(const struct mca_simstream *capture)
{
	return &capture->rack->card[capture->card->spec->source.wire_card - 1];
}

/* The playback stream, if it belongs to the same pair (and so to this thread). */
static struct mca_simstream *paired(const struct mca_simstream *capture)
{
	struct mca_simport *port =
		&wired_card(capture)->port[mca_simport_index(SND_PCM_STREAM_PLAYBACK)];

	if (atomic_load(&port->clock) != capture->clock)
		return NULL;
	return port->stream && port->stream->crystal.nanoframes_s ? port->stream : NULL;
}

void mca_simtap_follow(struct mca_simstream *capture)
{
	struct mca_simstream *playback = paired(capture);

	if (playback)
		mca_simstream_advance(playback);
}

/* The frame that is being played when frame `first` is captured. */
static int64_t played_at(const struct mca_simstream *capture, const struct mca_simstream *playback,
			 uint64_t first)
{
	const struct mca_simcrystal *crystal = &playback->crystal;
	uint64_t ns;

	if (!mca_simcrystal_same(&capture->crystal, crystal)) {
		ns = mca_simcrystal_when(&capture->crystal, capture->origin_ns, first + 1);
		return (int64_t)mca_simcrystal_between(crystal, playback->origin_ns, ns) - 1;
	}
	if (capture->origin_ns >= playback->origin_ns)
		return (int64_t)(first + mca_simcrystal_between(crystal, playback->origin_ns,
								capture->origin_ns));
	/* floor(-y) = -ceil(y) */
	return (int64_t)first - (int64_t)mca_simcrystal_between(crystal, capture->origin_ns,
								playback->origin_ns - 1) - 1;
}

static void render_paired(struct mca_simstream *capture, const struct mca_simstream *playback,
			  uint64_t first, int16_t *samples, unsigned frames)
{
	struct mca_simwire *wire = wired_card(capture)->wire;

	while (frames) {
		unsigned count = frames < STEP_FRAMES ? frames : STEP_FRAMES;
		int64_t at = played_at(capture, playback, first);

		if (at < 0)
			memset(samples, 0, (size_t)count * capture->lanes * sizeof(*samples));
		else
			mca_simwire_read(wire, (int64_t)playback->wire_begin + at, samples, count,
					 capture->lanes);
		first += count;
		frames -= count;
		samples += (size_t)count * capture->lanes;
	}
}

static void render_apart(struct mca_simstream *capture, uint64_t first, int16_t *samples,
			 unsigned frames)
{
	struct mca_simwire *wire = wired_card(capture)->wire;
	int64_t written = (int64_t)atomic_load_explicit(&wire->written, memory_order_acquire);
	int64_t margin = (int64_t)(capture->rate_hz / MARGIN_DIVISOR + 2 * capture->avail_min);
	int64_t at = (int64_t)first + capture->tap_offset;

	if (!capture->tapped || at + frames > written || at < written - 8 * margin) {
		capture->tapped = written > margin;
		capture->tap_offset = written - margin - (int64_t)(first + frames);
		at = (int64_t)first + capture->tap_offset;
	}
	mca_simwire_read(wire, at, samples, frames, capture->lanes);
}

void mca_simtap_render(struct mca_simstream *capture, uint64_t first, int16_t *samples,
		       unsigned frames)
{
	const struct mca_simstream *playback = paired(capture);

	if (playback)
		render_paired(capture, playback, first, samples, frames);
	else
		render_apart(capture, first, samples, frames);
}
