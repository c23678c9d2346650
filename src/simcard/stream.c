/* SPDX-License-Identifier: MIT */
/*
 * The engine moves in steps: to the next scheduled fault, to the end of what the ring holds, or to
 * the crystal's position, whichever comes first. So a fault strikes at its exact frame however late
 * the engine is asked, and an xrun stops exactly where the ring ended: what was queued has been
 * played, what fitted has been captured. A step never exceeds the ring unless the application
 * disabled the stop (then the hardware of this model, like any, laps the ring).
 */
#include "stream.h"

#include <errno.h>
#include <string.h>

#include "pointer.h"
#include "rack.h"
#include "tap.h"

#define PIECE_FRAMES (MCA_SIMSINK_WORDS / MCA_SIM_LANES) /* turned into another layout at once */
#define PAIR_LATE_DIVISOR 100u /* of the rate: each further pair of lanes is 10 ms later */

bool mca_simstream_gone(struct mca_simstream *stream)
{
	return mca_simplug_generation(&stream->card->plug) != stream->generation;
}

void mca_simstream_find_ring(struct mca_simstream *stream)
{
	mca_simlayout_find(&stream->layout, snd_pcm_ioplug_mmap_areas(&stream->io));
}

/* Frames between the application's pointer and a position, -boundary/2..boundary/2. */
static int64_t distance(const struct mca_simstream *stream, uint64_t position)
{
	uint64_t boundary = stream->boundary;
	uint64_t at = position % boundary, appl = stream->io.appl_ptr;
	uint64_t ahead = stream->direction == SND_PCM_STREAM_CAPTURE ?
			 (at + boundary - appl) % boundary : (appl + boundary - at) % boundary;

	return ahead > boundary / 2 ? (int64_t)ahead - (int64_t)boundary : (int64_t)ahead;
}

static uint64_t avail_at(const struct mca_simstream *stream, uint64_t position)
{
	int64_t avail = distance(stream, position);

	if (stream->direction == SND_PCM_STREAM_PLAYBACK)
		avail = (int64_t)stream->buffer_frames - avail;
	return avail > 0 ? (uint64_t)avail : 0;
}

uint64_t mca_simstream_avail(const struct mca_simstream *stream)
{
	return avail_at(stream, stream->told);
}

/* Frames until the stream stops by itself; UINT64_MAX: never. */
static uint64_t room(const struct mca_simstream *stream)
{
	uint64_t avail = avail_at(stream, stream->moved);

	if (stream->io.state == SND_PCM_STATE_DRAINING)
		return avail < stream->buffer_frames ? stream->buffer_frames - avail : 0;
	if (stream->stop_threshold >= stream->boundary)
		return UINT64_MAX;
	return avail < stream->stop_threshold ? stream->stop_threshold - avail : 0;
}

/* What lanes 1 and 2 hear, `late` frames ago; before there was anything, silence. */
static void render(struct mca_simstream *stream, uint64_t late, int16_t *samples, unsigned frames)
{
	uint64_t tape = stream->port->tape_frames, missing = tape >= late ? 0 : late - tape;
	unsigned before = missing < frames ? (unsigned)missing : frames;

	if (stream->card->spec->source.kind == MCA_SIM_WIRE && late == 0) {
		mca_simtap_render(stream, stream->moved, samples, frames);
		return;
	}
	if (stream->card->spec->source.kind == MCA_SIM_WIRE)
		before = frames;
	memset(samples, 0, (size_t)before * stream->lanes * sizeof(*samples));
	mca_simsource_render(&stream->card->source, tape + before - late,
			     samples + before * stream->lanes, frames - before, stream->lanes);
}

static void capture_piece(struct mca_simstream *stream, uint64_t at, unsigned frames)
{
	const struct mca_simlayout *layout = &stream->layout;
	int16_t samples[2 * PIECE_FRAMES];

	if (layout->plain) {
		render(stream, 0, (int16_t *)(void *)layout->at[0] + at * stream->lanes, frames);
		return;
	}
	for (unsigned lane = 0; lane < layout->lanes; lane += 2) {
		render(stream, lane / 2 * (stream->rate_hz / PAIR_LATE_DIVISOR), samples, frames);
		mca_simlayout_scatter(layout, at, lane, samples, frames, stream->lanes,
				      stream->port->tape_frames);
	}
}

/* Lanes 1 and 2 of frames that are not int16, for the wire. */
static void put_on_wire(struct mca_simstream *stream, const int32_t *words, unsigned frames)
{
	int16_t samples[2 * PIECE_FRAMES];

	for (unsigned i = 0; i < frames; i++)
		for (unsigned lane = 0; lane < stream->lanes; lane++)
			samples[i * stream->lanes + lane] =
				(int16_t)(words[i * stream->layout.lanes + lane] >> 16);
	mca_simwire_put(stream->card->wire, samples, frames, stream->lanes);
}

static void play_piece(struct mca_simstream *stream, uint64_t at, unsigned frames)
{
	const struct mca_simlayout *layout = &stream->layout;
	int32_t words[MCA_SIM_LANES * PIECE_FRAMES];

	if (layout->plain) {
		const int16_t *samples = (int16_t *)(void *)layout->at[0] + at * stream->lanes;

		if (stream->card->wire)
			mca_simwire_put(stream->card->wire, samples, frames, stream->lanes);
		mca_simsink_put(&stream->card->sink, samples, frames * stream->lanes);
		return;
	}
	mca_simlayout_gather(layout, at, words, frames);
	if (stream->card->wire)
		put_on_wire(stream, words, frames);
	mca_simsink_put_words(&stream->card->sink, words, frames * layout->lanes);
}

/* Move `frames` frames, at most to the ring's end at a time. */
static void move(struct mca_simstream *stream, uint64_t frames)
{
	while (frames) {
		uint64_t at = stream->moved % stream->buffer_frames;
		uint64_t piece = stream->buffer_frames - at;

		if (piece > frames)
			piece = frames;
		if (!stream->layout.plain && piece > PIECE_FRAMES)
			piece = PIECE_FRAMES;
		if (stream->layout.at[0] && stream->direction == SND_PCM_STREAM_CAPTURE)
			capture_piece(stream, at, (unsigned)piece);
		else if (stream->layout.at[0])
			play_piece(stream, at, (unsigned)piece);
		stream->moved += piece;
		stream->port->tape_frames += piece;
		frames -= piece;
	}
}

static uint64_t stream_ns(const struct mca_simstream *stream)
{
	return stream->port->stream_ns + mca_simcrystal_ns(&stream->nominal, stream->moved);
}

/* The position at which the next scheduled fault strikes. */
static uint64_t fault_position(const struct mca_simstream *stream)
{
	uint64_t next = mca_simfaults_next(&stream->port->faults);
	uint64_t wait, position;

	if (next == MCA_SIMFAULT_NEVER)
		return UINT64_MAX;
	if (next <= stream->port->stream_ns)
		return 0;
	wait = next - stream->port->stream_ns;
	position = mca_simcrystal_frames(&stream->nominal, wait);
	return mca_simcrystal_ns(&stream->nominal, position) < wait ? position + 1 : position;
}

/* The moment at which the engine stands by its position. */
static uint64_t position_ns(const struct mca_simstream *stream)
{
	return mca_simcrystal_when(&stream->crystal, stream->origin_ns, stream->moved);
}

static void hold_at(struct mca_simstream *stream, uint64_t ns)
{
	stream->held_ns = ns;
	stream->phase = MCA_SIMPHASE_HELD;
}

/* A program that gives up and prepares or opens anew does not mend the card: real time goes on,
 * whatever the stream does. A free-running clock is the stream's own and has no time beyond it. */
static void stall(struct mca_simstream *stream, uint64_t duration_ns)
{
	if (!duration_ns) {
		hold_at(stream, position_ns(stream));
		return;
	}
	stream->origin_ns += duration_ns;
	if (!stream->clock->free_running)
		stream->port->stalled_until_ns = position_ns(stream);
}

static void strike(struct mca_simstream *stream, const struct mca_simfault *fault)
{
	switch (fault->kind) {
	case MCA_SIM_FAULT_XRUN:
		stream->broken = -EPIPE;
		mca_simstream_halt(stream);
		return;
	case MCA_SIM_FAULT_LATE:
		stream->late_ns = fault->duration_ns;
		return;
	case MCA_SIM_FAULT_SUSPEND:
		stream->broken = -ESTRPIPE;
		hold_at(stream, position_ns(stream));
		stream->resume_ns = stream->held_ns + fault->duration_ns;
		return;
	case MCA_SIM_FAULT_STALL:
		stall(stream, fault->duration_ns);
		return;
	case MCA_SIM_FAULT_UNPLUG:
		mca_simcard_pull(stream->card, fault->duration_ns);
		mca_simstream_halt(stream);
		return;
	case MCA_SIM_FAULT_NONE:
	case MCA_SIM_FAULT_SHORT_WINDOW:
	case MCA_SIM_FAULT_HANG: /* of a call, not of the stream: hang.h */
		return;
	}
}

static uint64_t due_position(const struct mca_simstream *stream)
{
	return mca_simcrystal_between(&stream->crystal, stream->origin_ns,
				      mca_simclock_now(stream->clock));
}

/* One step; false when there is nothing left to do. */
static bool step(struct mca_simstream *stream)
{
	uint64_t target = due_position(stream), stop = fault_position(stream);
	uint64_t left = room(stream);
	struct mca_simfault fault;

	if (stop < target)
		target = stop;
	if (target < stream->moved)
		target = stream->moved;
	if (target - stream->moved >= left) {
		move(stream, left);
		if (stream->io.state == SND_PCM_STATE_DRAINING) {
			hold_at(stream, position_ns(stream));
		} else {
			stream->broken = -EPIPE;
			mca_simstream_halt(stream);
		}
		return false;
	}
	move(stream, target - stream->moved);
	if (stream->moved < stop)
		return false;
	if (!mca_simfaults_take_due(&stream->port->faults, stream_ns(stream), &fault))
		return false;
	strike(stream, &fault);
	return stream->phase == MCA_SIMPHASE_RUNNING;
}

static void catch_up(struct mca_simstream *stream)
{
	struct mca_simfault fault;

	if (mca_simstream_gone(stream)) {
		mca_simstream_halt(stream);
		return;
	}
	if (stream->direction == SND_PCM_STREAM_CAPTURE &&
	    stream->card->spec->source.kind == MCA_SIM_WIRE)
		mca_simtap_follow(stream);
	while (step(stream))
		;
	while (stream->phase == MCA_SIMPHASE_RUNNING &&
	       mca_simfaults_take_ordered(&stream->port->faults, &fault))
		strike(stream, &fault);
}

void mca_simstream_advance(struct mca_simstream *stream)
{
	if (stream->phase == MCA_SIMPHASE_RUNNING)
		catch_up(stream);
	mca_simpointer_look(stream);
}

void mca_simstream_prepare(struct mca_simstream *stream)
{
	mca_simstream_halt(stream);
	stream->moved = 0;
	stream->told = 0;
	stream->told_ns = 0;
	stream->broken = 0;
	stream->late_ns = 0;
	stream->wake_floor_ns = 0;
	stream->tapped = false;
}

void mca_simstream_start(struct mca_simstream *stream)
{
	stream->origin_ns = mca_simclock_now(stream->clock);
	if (!stream->clock->free_running && stream->origin_ns < stream->port->stalled_until_ns)
		stream->origin_ns = stream->port->stalled_until_ns;
	if (stream->card->wire && stream->direction == SND_PCM_STREAM_PLAYBACK)
		stream->wire_begin = atomic_load(&stream->card->wire->written);
	stream->phase = MCA_SIMPHASE_RUNNING;
}

void mca_simstream_hold(struct mca_simstream *stream)
{
	mca_simstream_advance(stream);
	if (stream->phase == MCA_SIMPHASE_RUNNING)
		hold_at(stream, mca_simclock_now(stream->clock));
}

void mca_simstream_release(struct mca_simstream *stream)
{
	uint64_t now = mca_simclock_now(stream->clock);

	if (stream->phase != MCA_SIMPHASE_HELD)
		return;
	stream->origin_ns += now > stream->held_ns ? now - stream->held_ns : 0;
	stream->phase = MCA_SIMPHASE_RUNNING;
}

void mca_simstream_halt(struct mca_simstream *stream)
{
	if (stream->phase == MCA_SIMPHASE_IDLE)
		return;
	stream->port->stream_ns = stream_ns(stream);
	stream->phase = MCA_SIMPHASE_IDLE;
}
