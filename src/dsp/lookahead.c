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
		exchange(ahead->samples + place * lanes, chunk->wide + at * lanes, part * lanes);
		at += part;
		ahead->place = place + part < ahead->frames ? (uint32_t)(place + part) : 0;
	}
}

/* The rings hold wide samples, in case the high-pass made them. */
static void widen(struct mca_chunk *chunk)
{
	for (size_t i = 0; i < (size_t)chunk->frames * chunk->lanes; i++)
		chunk->wide[i] = chunk->in[i] * (1 << MCA_WIDE_BITS);
}

/* Whole samples again where every one is an int16: their passes are shorter. */
static void narrow(struct mca_chunk *chunk)
{
	const size_t samples = (size_t)chunk->frames * chunk->lanes;
	const uint32_t half = UINT32_C(1) << (15 + MCA_WIDE_BITS);
	uint32_t below = 0, above = 0;

	for (size_t i = 0; i < samples; i++) {
		below |= (uint32_t)chunk->wide[i];
		above |= (uint32_t)chunk->wide[i] + half; /* int16 or not: below 2 half or not */
	}
	chunk->is_wide = below % (1 << MCA_WIDE_BITS) != 0 || above >= 2 * half;
	if (chunk->is_wide)
		return;
	for (size_t i = 0; i < samples; i++)
		chunk->out[i] = (int16_t)(chunk->wide[i] >> MCA_WIDE_BITS);
	chunk->in = chunk->out;
}

void mca_lookahead_pass(struct mca_lookahead *ahead, struct mca_chunk *chunk)
{
	int32_t comp_q26[MCA_CHUNK_FRAMES], limiter_q26[MCA_CHUNK_FRAMES];
	const size_t frames = chunk->frames;

	for (size_t i = 0; i < frames; i++) {
		comp_q26[i] = mca_q26_from_q58(chunk->reduction_q58[i]);
		limiter_q26[i] = mca_q26_from_q58(chunk->over_q58[i]);
	}
	if (!chunk->is_wide)
		widen(chunk);
	hold(&ahead->hold, limiter_q26, frames);
	delay(ahead, chunk, comp_q26, limiter_q26);
	narrow(chunk);
	chunk->makeup_filled = 0;
	chunk->amplifies = is_above_zero(chunk->makeup_q26, frames);
	for (size_t i = 0; i < frames; i++)
		chunk->reduction_q58[i] = (int64_t)(((uint64_t)comp_q26[i] +
						      (uint64_t)limiter_q26[i]) << 32);
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
	return is_zero(ahead->samples, frames * lanes * sizeof(*ahead->samples)) &&
	       is_zero(ahead->comp_q26, frames * sizeof(*ahead->comp_q26)) &&
	       is_zero(ahead->hold.segment[0], ahead->hold.half * sizeof(int32_t)) &&
	       is_zero(ahead->hold.segment[1], ahead->hold.half * sizeof(int32_t));
}

void mca_lookahead_rest(struct mca_lookahead *ahead, unsigned frames)
{
	struct mca_lookahead_hold *held = &ahead->hold;
	unsigned steps = held->step + frames % (2 * held->half);

	ahead->place = (ahead->place + frames) % ahead->frames;
	held->current ^= steps / held->half & 1;
	held->step = steps % held->half;
}
