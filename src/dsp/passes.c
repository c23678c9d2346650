/* SPDX-License-Identifier: MIT */
/*
 * The portable passes, and the definition of what every other path has to do byte for byte. Loops
 * that a compiler turns into vectors are kept apart from those that look something up.
 */
#include <string.h>

#include "chunk.h"
#include "curve.h"
#include "mca/q.h"
#include "octave.h"
#include "peak.h"

/* The caller's constants turn a small loop into straight code. */
#define ALWAYS_INLINE inline __attribute__((always_inline))

static ALWAYS_INLINE uint32_t hear(const struct mca_chunk *chunk, unsigned from, unsigned lanes)
{
	const int16_t *in = chunk->in + from * lanes;
	const size_t frames = chunk->frames - from;
	uint32_t peak[MCA_LANES_MAX] = { 0 }, most = 0;

	mca_meter_add_squares(chunk->sum->in_square, in, frames, lanes);
	mca_meter_raise_peaks(peak, in, frames, lanes);
	for (unsigned lane = 0; lane < lanes; lane++) {
		if (chunk->sum->in_peak[lane] < peak[lane])
			chunk->sum->in_peak[lane] = peak[lane];
		most = most < peak[lane] ? peak[lane] : most;
	}
	return most;
}

uint32_t mca_hear_from(const struct mca_chunk *chunk, unsigned from)
{
	return chunk->lanes == 1 ? hear(chunk, from, 1) : hear(chunk, from, 2);
}

/*
 * The larger magnitude of the linked lanes. Magnitudes are 32 bits wide, for that of -32768 does
 * not fit in 16. Silence counts as 1, -15 octaves, below every threshold and ceiling there is:
 * log2(0) never arises, and every other peak keeps its own logarithm, so that a peak of exactly C
 * asks the limiter for nothing.
 */
static ALWAYS_INLINE void find_peaks(int32_t *restrict peak, const int16_t *restrict in,
				     size_t frames, unsigned lanes, int32_t least)
{
	for (size_t i = 0; i < frames; i++) {
		int32_t left = in[i * lanes], right = in[i * lanes + lanes - 1];

		left = left < 0 ? -left : left;
		right = right < 0 ? -right : right;
		peak[i] = mca_q_max(mca_q_max(left, right), least);
	}
}

/* What is above the ceiling. */
static ALWAYS_INLINE void compare(struct mca_chunk *chunk, const int32_t *restrict level_q26,
				  size_t from, int32_t least)
{
	const int32_t ceiling_q26 = chunk->ceiling_q26;
	const int32_t *restrict makeup_q26 = chunk->makeup_q26;
	int64_t *restrict over_q58 = chunk->over_q58;
	const size_t frames = chunk->frames;
	int32_t below = 0;

	for (size_t i = from; i < frames; i++) {
		int32_t above = mca_q_add(level_q26[i], makeup_q26[i]);

		above = mca_q_max(mca_q_sub(above, ceiling_q26), least);
		below |= -above; /* negative as soon as one of them is */
		over_q58[i] = mca_q58_from_q26(above);
	}
	chunk->limits |= below < 0;
}

static ALWAYS_INLINE void ask(struct mca_chunk *chunk, const int32_t *restrict level_q26,
			      size_t from, bool soft)
{
	const struct mca_comp_cooked curve = *chunk->comp_cooked;
	int64_t *restrict reduction_q58 = chunk->reduction_q58;
	int64_t *restrict floor_q58 = chunk->floor_q58;
	const size_t frames = chunk->frames;

	for (size_t i = from; i < frames; i++) {
		int32_t over = mca_q_sub(level_q26[i], curve.threshold_q26);
		int32_t asked = soft ? mca_curve_soft(&curve, over) : mca_curve_hard(&curve, over);
		int32_t rest = asked == 0 ? MCA_REST_Q26 : 0;

		reduction_q58[i] = mca_q58_from_q26(asked);
		floor_q58[i] = mca_q58_from_q26(asked | rest);
	}
	/* Levels are bounded, and so is their distance to a ceiling that is not far above. */
	if (chunk->ceiling_q26 > MCA_OCTAVE_Q26)
		compare(chunk, level_q26, from, MCA_ABOVE_MIN_Q26);
	else
		compare(chunk, level_q26, from, INT32_MIN);
}

static ALWAYS_INLINE void find_peaks_of(const struct mca_chunk *chunk, int32_t *restrict peak,
					size_t from, int32_t least)
{
	const size_t frames = chunk->frames - from;

	if (chunk->lanes == 1)
		find_peaks(peak + from, chunk->in + from, frames, 1, least);
	else
		find_peaks(peak + from, chunk->in + 2 * from, frames, 2, least);
}

static ALWAYS_INLINE void ask_either(struct mca_chunk *chunk, const int32_t *restrict level_q26,
				     size_t from)
{
	if (chunk->comp_cooked->knee_half_q26)
		ask(chunk, level_q26, from, true);
	else
		ask(chunk, level_q26, from, false);
}

void mca_level_from(struct mca_chunk *chunk, unsigned from)
{
	int32_t *restrict level_q26 = chunk->level_q26;

	find_peaks_of(chunk, level_q26, from, 0);
	for (size_t i = from; i < chunk->frames; i++) {
		int32_t peak = level_q26[i];
		int32_t level = mca_octaves_from_peak(mca_q_max(peak, 1));

		level_q26[i] = mca_q_sub(level, peak == 0 ? MCA_LEVEL_SILENT_Q26 : 0);
	}
}

void mca_ask_from(struct mca_chunk *chunk, unsigned from)
{
	int32_t level_q26[MCA_CHUNK_FRAMES];

	for (size_t i = from; i < chunk->frames; i++)
		level_q26[i] = mca_q_max(chunk->level_q26[i], MCA_LEVEL_MIN_Q26);
	ask_either(chunk, level_q26, from);
}

uint32_t mca_measure_from(struct mca_chunk *chunk, unsigned from)
{
	int32_t level_q26[MCA_CHUNK_FRAMES]; /* first the peaks */
	const uint32_t peak = mca_hear_from(chunk, from);

	find_peaks_of(chunk, level_q26, from, 1);
#pragma GCC unroll 4
	for (size_t i = from; i < chunk->frames; i++)
		level_q26[i] = mca_octaves_from_peak(level_q26[i]);
	ask_either(chunk, level_q26, from);
	return peak;
}

void mca_weigh_from(struct mca_chunk *chunk, unsigned from)
{
	const size_t frames = chunk->frames;
	int32_t most = chunk->sum->gr_max_q26;

#pragma GCC unroll 4
	for (size_t i = from; i < frames; i++) {
		int32_t reduction = mca_q26_from_q58(chunk->reduction_q58[i]);

		most = mca_q_max(most, reduction);
		chunk->gain_q16[i] =
			mca_gain_from_octaves(mca_q_sub(chunk->makeup_q26[i], reduction));
	}
	chunk->sum->gr_max_q26 = most;
}

/*
 * The gain of every sample in 16-bit halves, gain = 65536 high + low with -32768 <= low < 32768, so
 * that floor((x gain + 0x8000) / 65536) is x high + floor((x low + 0x8000) / 65536). Both samples
 * of a stereo frame have the same, hence one write of 32 bits.
 */
union halves {
	int16_t of_sample[MCA_CHUNK_FRAMES * MCA_LANES_MAX];
	uint32_t of_frame[MCA_CHUNK_FRAMES];
};

static ALWAYS_INLINE void split_gains(const int32_t *restrict gain_q16, union halves *restrict low,
				      union halves *restrict high, size_t frames, unsigned lanes)
{
	for (size_t i = 0; i < frames; i++) {
		uint32_t gain = (uint32_t)gain_q16[i];
		uint32_t upper = (gain + 0x8000) >> 16;

		if (lanes == 1) {
			low->of_sample[i] = (int16_t)gain;
			high->of_sample[i] = (int16_t)upper;
		} else {
			low->of_frame[i] = (gain & 0xffff) | gain << 16;
			high->of_frame[i] = upper | upper << 16;
		}
	}
}

/* floor((x low + 0x8000) / 65536): the upper half of the product and the next bit below it. */
static ALWAYS_INLINE int16_t rounded_product(int16_t x, int16_t low)
{
	int16_t upper = (int16_t)((x * low) >> 16);
	uint16_t lower = (uint16_t)(x * low);

	return (int16_t)(upper + (lower >> 15));
}

/* Gains of at most 1: every product is a sample. Returns how often the clamp had to act. */
static ALWAYS_INLINE uint16_t scale_down(const int16_t *restrict in, int16_t *restrict out,
					 const int16_t *restrict low, const int16_t *restrict high,
					 size_t samples, int32_t ceiling)
{
	const int16_t most = (int16_t)mca_q_min(ceiling, INT16_MAX), least = (int16_t)-ceiling;
	uint16_t clipped = 0;

	for (size_t i = 0; i < samples; i++) {
		int16_t x = in[i];
		int16_t product = (int16_t)(x * high[i] + rounded_product(x, low[i]));
		int16_t held = product < most ? product : most;

		held = held > least ? held : least;
		clipped = (uint16_t)(clipped + (held != product));
		out[i] = held;
	}
	return clipped;
}

/* Any gain. C = 32768 is a bound that -32768 meets and that +32768 would: the saturation to 16 bits
 * then takes that one unit, and counts nothing. */
static ALWAYS_INLINE uint16_t scale_up(const int16_t *restrict in, int16_t *restrict out,
				       const int16_t *restrict low, const int16_t *restrict high,
				       size_t samples, int32_t ceiling)
{
	uint32_t clipped = 0;

	for (size_t i = 0; i < samples; i++) {
		int32_t product = in[i] * high[i] + rounded_product(in[i], low[i]);
		int32_t held = mca_q_clamp(product, -ceiling, ceiling);

		clipped += held != product;
		out[i] = mca_q_saturate_s16(held);
	}
	return (uint16_t)clipped;
}

static ALWAYS_INLINE void apply(const struct mca_chunk *chunk, unsigned from, unsigned lanes)
{
	const size_t frames = chunk->frames - from;
	const size_t samples = frames * lanes;
	int16_t held[MCA_CHUNK_FRAMES * MCA_LANES_MAX]; /* for in and out may be the same */
	const int16_t *in = chunk->in + from * lanes;
	struct mca_meter_reading *sum = chunk->sum;
	union halves low, high;

	split_gains(chunk->gain_q16 + from, &low, &high, frames, lanes);
	sum->clipped += chunk->amplifies
		? scale_up(in, held, low.of_sample, high.of_sample, samples, chunk->ceiling)
		: scale_down(in, held, low.of_sample, high.of_sample, samples, chunk->ceiling);
	memcpy(chunk->out + from * lanes, held, samples * sizeof(*held));
	mca_meter_add_squares(sum->out_square, held, frames, lanes);
	mca_meter_raise_peaks(sum->out_peak, held, frames, lanes);
}

void mca_apply_from(const struct mca_chunk *chunk, unsigned from)
{
	if (chunk->lanes == 1)
		apply(chunk, from, 1);
	else
		apply(chunk, from, 2);
}
