/* SPDX-License-Identifier: MIT */
/*
 * Every sample passes through a word of 32 bits with its highest bit at the top: there all formats
 * look alike, and whatever is rounded is rounded once. S24_LE keeps its 24 bits in four bytes, of
 * which the top one may hold anything: shifting to the top drops it. Real-time.
 *
 * Ties go to the even neighbour. Averages of two 16-bit lanes lie half-way every other time, and
 * rounding those in one direction would add a quarter of a step of DC.
 */
#include "edge.h"

#define TO_16 16

static int32_t load(const unsigned char *at, unsigned bytes, unsigned shift)
{
	uint32_t raw = at[0] | (uint32_t)at[1] << 8;

	if (bytes > 2)
		raw |= (uint32_t)at[2] << 16;
	if (bytes > 3)
		raw |= (uint32_t)at[3] << 24;
	return (int32_t)(raw << shift);
}

static void store(unsigned char *at, unsigned bytes, int32_t sample)
{
	uint32_t raw = (uint32_t)sample;

	at[0] = (unsigned char)raw;
	at[1] = (unsigned char)(raw >> 8);
	if (bytes > 2)
		at[2] = (unsigned char)(raw >> 16);
	if (bytes > 3)
		at[3] = (unsigned char)(raw >> 24);
}

/* wide / 2^bits. Only rounding up from above the largest value leaves the range. */
static int16_t round_off(int64_t wide, unsigned bits)
{
	int64_t half = (INT64_C(1) << (bits - 1)) - 1 + (wide >> bits & 1);
	int64_t rounded = (wide + half) >> bits;

	return (int16_t)(rounded > INT16_MAX ? INT16_MAX : rounded);
}

void mca_edge_unpack(const struct mca_edge *edge, int16_t *frames, unsigned count)
{
	const unsigned bytes = edge->bytes, shift = edge->shift;
	const ptrdiff_t step = edge->lane[0].step, other_step = edge->lane[edge->picked - 1].step;
	const unsigned char *at = edge->lane[0].at, *other = edge->lane[edge->picked - 1].at;

	for (unsigned i = 0; i < count; i++, at += step, other += other_step) {
		int32_t one = load(at, bytes, shift), two = load(other, bytes, shift);

		if (edge->lanes == 1) {
			*frames++ = round_off((int64_t)one + two, TO_16 + 1);
		} else {
			*frames++ = round_off(one, TO_16);
			*frames++ = round_off(two, TO_16);
		}
	}
}

/* A sample of the device from two of the engine that make it, or twice the same one. */
static int32_t sample_of(int32_t sum, unsigned shift)
{
	return shift == TO_16 ? round_off(sum, 1) : sum * (1 << (TO_16 - 1)) >> shift;
}

void mca_edge_pack(const struct mca_edge *edge, const int16_t *frames, unsigned count)
{
	const unsigned bytes = edge->bytes, shift = edge->shift, lanes = edge->lanes;
	const ptrdiff_t step = edge->lane[0].step, other_step = edge->lane[edge->picked - 1].step;
	unsigned char *at = edge->lane[0].at, *other = edge->lane[edge->picked - 1].at;

	for (unsigned i = 0; i < count; i++, at += step, other += other_step, frames += lanes) {
		int32_t one = frames[0], two = frames[lanes - 1];

		if (edge->picked == 1) {
			store(at, bytes, sample_of(one + two, shift));
		} else {
			store(at, bytes, sample_of(2 * one, shift));
			store(other, bytes, sample_of(2 * two, shift));
		}
	}
}
