/* SPDX-License-Identifier: MIT */
/*
 * Look-ahead: the sound is delayed by D frames, and the limiter's reduction reaches its full depth
 * by the time the peak that asked for it leaves, on a straight line in dB instead of in one frame
 * (Giannoulis, Massberg, Reiss 2012, section 2.6; Zoelzer, DAFX, ch. 4):
 *
 *     h[n] = max(GRl[n - D] ... GRl[n])              held
 *     e[n] = (h[n - D] + ... + h[n]) / (D + 1)       eased
 *     out[n] = x[n - D] * 2^(makeup[n - D] - GRc[n - D] - e[n])
 *
 * GRl is what the limiter without look-ahead would do, release and all. Frame p leaves at n = p +
 * D; then each of the D + 1 values that e is the mean of is held over a stretch that contains p,
 * so e[p + D] >= GRl[p]: the ceiling holds as it does without look-ahead. GRc and makeup travel
 * with their frame, because GRl was reckoned with them.
 *
 * The mean is a running sum of integers and its quotient exact, so nothing ever drifts: from
 * silence on, everything is zero again after 2 D frames. The maximum is van Herk's (1992), with
 * the work spread evenly: the stream is cut into segments of half a window, and a window is the
 * segment being filled, the whole one before it, and the end of the one before that. The maxima of
 * such ends are found backwards, one a frame while the next segment fills: in time, and never more
 * than one. The third segment needs no memory of its own: what is being filled takes the place of
 * ends that are no longer asked for.
 */
#include "lookahead.h"

#include "mca/highpass.h"

#include <stddef.h>
#include <string.h>

#include "mca/q.h"

void mca_lookahead_init(struct mca_lookahead *ahead, unsigned frames)
{
	unsigned window = frames + 1;

	memset(ahead, 0, sizeof(*ahead));
	if (frames == 0)
		return;
	ahead->frames = frames;
	ahead->inverse_q62 = MCA_Q62_ONE / window + 1;
	ahead->hold.half = window / 2;
	ahead->hold.even = window % 2 == 0;
	/* No makeup: the rings are not at rest before they have gone round once. */
	ahead->newest_makeup_q26 = INT32_MIN;
}

static void turn(struct mca_lookahead_hold *hold)
{
	hold->step = 0;
	hold->current ^= 1;
	hold->most_before = hold->most;
	hold->most = hold->most_behind = 0;
}

/* Frames that all belong to one segment; values become maxima. Nothing here is below zero. */
static void hold_part(struct mca_lookahead_hold *hold, int32_t *restrict values, size_t frames)
{
	int32_t *restrict filled = hold->segment[hold->current] + hold->step;
	int32_t *restrict gone_over = hold->segment[hold->current ^ 1] + hold->half - hold->step;
	const size_t even = hold->even;
	int32_t most = hold->most, behind = hold->most_behind, before = hold->most_before;

	for (size_t i = 0; i < frames; i++) {
		int32_t end = filled[i + even];

		most = mca_q_max(most, values[i]);
		filled[i] = values[i];
		behind = mca_q_max(behind, gone_over[-1 - (ptrdiff_t)i]);
		gone_over[-1 - (ptrdiff_t)i] = behind;
		values[i] = mca_q_max(mca_q_max(most, before), end);
	}
	hold->most = most;
	hold->most_behind = behind;
	hold->step += (uint32_t)frames;
	if (hold->step == hold->half)
		turn(hold);
}

static void hold(struct mca_lookahead_hold *hold, int32_t *values, size_t frames)
{
	while (frames > 0) {
		size_t part = hold->half - hold->step;

		part = part < frames ? part : frames;
		hold_part(hold, values, part);
		values += part;
		frames -= part;
	}
}

/* floor(sum / (D + 1)), exactly: a sum has at most 41 bits, so that the reciprocal's rounding
 * stays below the step from one quotient to the next. */
static inline int32_t mean_q26(int64_t sum, int64_t inverse_q62)
{
	MCA_Q_RANGE(sum >= 0 && sum < INT64_C(1) << 42);
	return (int32_t)(mca_q_upper_s64(sum << 20, inverse_q62) >> 18);
}

static void ease(struct mca_lookahead *ahead, int32_t *restrict ring, int32_t *restrict values,
		 size_t frames)
{
	const int64_t inverse_q62 = ahead->inverse_q62;
	int64_t sum = ahead->held_sum;

	for (size_t i = 0; i < frames; i++) {
		int32_t held = values[i];

		values[i] = mean_q26(sum + held, inverse_q62);
		sum += held - ring[i];
		ring[i] = held;
	}
	ahead->held_sum = sum;
}

static void exchange(int32_t *restrict ring, int32_t *restrict values, size_t frames)
{
	for (size_t i = 0; i < frames; i++) {
		int32_t old = ring[i];

		ring[i] = values[i];
		values[i] = old;
	}
}

static void exchange_whole(int16_t *restrict ring, int16_t *restrict values, size_t samples)
{
	for (size_t i = 0; i < samples; i++) {
		int16_t old = ring[i];

		ring[i] = values[i];
		values[i] = old;
	}
}

/* Does any of the gains to come exceed 1? */
static bool is_above_zero(const int32_t *values, size_t count)
{
	int32_t any = 0;

	for (size_t i = 0; i < count; i++)
		any |= mca_q_max(values[i], 0);
	return any != 0;
}

/* One after the other over the places of the rings. */
static void delay(struct mca_lookahead *ahead, struct mca_chunk *chunk, int32_t *comp_q26,
		  int32_t *limiter_q26)
{
	const unsigned lanes = chunk->lanes;

	ahead->newest_makeup_q26 = chunk->makeup_q26[chunk->frames - 1];
	for (size_t at = 0; at < chunk->frames;) {
		size_t place = ahead->place, part = ahead->frames - place;

		part = part < chunk->frames - at ? part : chunk->frames - at;
		ease(ahead, ahead->held_q26 + place, limiter_q26 + at, part);
		exchange(ahead->comp_q26 + place, comp_q26 + at, part);
		exchange(ahead->makeup_q26 + place, chunk->makeup_q26 + at, part);
		if (chunk->is_wide)
			exchange(ahead->samples.wide + place * lanes, chunk->wide + at * lanes,
				 part * lanes);
		else
			exchange_whole(ahead->samples.whole + place * lanes,
				       chunk->out + at * lanes, part * lanes);
		at += part;
		ahead->place = place + part < ahead->frames ? (uint32_t)(place + part) : 0;
	}
}

static bool is_whole(int32_t wide)
{
	return wide % (1 << MCA_WIDE_BITS) == 0 && wide >= INT16_MIN * (1 << MCA_WIDE_BITS) &&
	       wide <= INT16_MAX * (1 << MCA_WIDE_BITS);
}

/* Frames of the chunk up to the last one that is not made of whole samples. */
static unsigned wide_frames(const struct mca_chunk *chunk)
{
	size_t samples = (size_t)chunk->frames * chunk->lanes;

	while (samples > 0 && is_whole(chunk->wide[samples - 1]))
		samples--;
	return (unsigned)((samples + chunk->lanes - 1) / chunk->lanes);
}

/*
 * Samples are wide behind the high-pass alone, and the ring holds wide ones until the last of them
 * has left. That depends on the samples, not on chunks, and so do the bytes of the ring.
 */
static void widen(struct mca_lookahead *ahead, struct mca_chunk *chunk)
{
	union mca_lookahead_samples *ring = &ahead->samples;
	const size_t samples = (size_t)chunk->frames * chunk->lanes;

	for (size_t i = (size_t)ahead->frames * chunk->lanes; ahead->wide_left == 0 && i-- > 0;)
		ring->wide[i] = ring->whole[i] * (1 << MCA_WIDE_BITS);
	for (size_t i = 0; !chunk->is_wide && i < samples; i++)
		chunk->wide[i] = chunk->in[i] * (1 << MCA_WIDE_BITS);
	chunk->is_wide = true;
}

static void narrow(struct mca_lookahead *ahead, unsigned lanes)
{
	union mca_lookahead_samples *ring = &ahead->samples;
	const size_t samples = (size_t)ahead->frames * lanes;

	for (size_t i = 0; i < samples; i++)
		ring->whole[i] = (int16_t)(ring->wide[i] >> MCA_WIDE_BITS);
	memset(ring->whole + samples, 0, samples * sizeof(*ring->whole));
}

static uint32_t wide_left(const struct mca_lookahead *ahead, const struct mca_chunk *chunk)
{
	unsigned wide = chunk->is_wide ? wide_frames(chunk) : 0;
	unsigned left = wide > 0 ? ahead->frames + wide : ahead->wide_left;

	return left > chunk->frames ? left - chunk->frames : 0;
}

void mca_lookahead_pass(struct mca_lookahead *ahead, struct mca_chunk *chunk)
{
	int32_t comp_q26[MCA_CHUNK_FRAMES], limiter_q26[MCA_CHUNK_FRAMES];
	const size_t frames = chunk->frames;
	const uint32_t left = wide_left(ahead, chunk);

	for (size_t i = 0; i < frames; i++) {
		comp_q26[i] = mca_q26_from_q58(chunk->reduction_q58[i]);
		limiter_q26[i] = mca_q26_from_q58(chunk->over_q58[i]);
	}
	if (chunk->is_wide || ahead->wide_left > 0)
		widen(ahead, chunk);
	else
		chunk->in = memmove(chunk->out, chunk->in,
				    frames * chunk->lanes * sizeof(*chunk->out));
	hold(&ahead->hold, limiter_q26, frames);
	delay(ahead, chunk, comp_q26, limiter_q26);
	if (chunk->is_wide && left == 0)
		narrow(ahead, chunk->lanes);
	ahead->wide_left = left;
	chunk->makeup_filled = 0;
	chunk->amplifies = is_above_zero(chunk->makeup_q26, frames);
	for (size_t i = 0; i < frames; i++)
		chunk->reduction_q58[i] = (int64_t)((uint64_t)((uint32_t)comp_q26[i] +
							       (uint32_t)limiter_q26[i]) << 32);
}

static bool is_zero(const void *memory, size_t bytes)
{
	const unsigned char *byte = memory;
	unsigned any = 0;

	for (size_t i = 0; i < bytes; i++)
		any |= byte[i];
	return any == 0;
}

static bool is_all(const int32_t *values, size_t count, int32_t wanted)
{
	int32_t any = 0;

	for (size_t i = 0; i < count; i++)
		any |= values[i] ^ wanted;
	return any == 0;
}

bool mca_lookahead_is_at_rest(const struct mca_lookahead *ahead, unsigned lanes)
{
	size_t frames = ahead->frames;

	/* The sum is that of the ring of held values. */
	if (ahead->held_sum != 0 || !is_all(ahead->makeup_q26, frames, ahead->newest_makeup_q26))
		return false;
	return is_zero(&ahead->samples, frames * lanes *
		       (ahead->wide_left > 0 ? sizeof(int32_t) : sizeof(int16_t))) &&
	       is_zero(ahead->comp_q26, frames * sizeof(*ahead->comp_q26)) &&
	       is_zero(ahead->hold.segment[0], ahead->hold.half * sizeof(int32_t)) &&
	       is_zero(ahead->hold.segment[1], ahead->hold.half * sizeof(int32_t));
}

void mca_lookahead_rest(struct mca_lookahead *ahead, unsigned frames)
{
	struct mca_lookahead_hold *held = &ahead->hold;
	unsigned steps = held->step + frames % (2 * held->half);

	ahead->place = (ahead->place + frames) % ahead->frames;
	ahead->wide_left -= ahead->wide_left < frames ? ahead->wide_left : frames;
	held->current ^= steps / held->half & 1;
	held->step = steps % held->half;
}
