/* SPDX-License-Identifier: MIT */
/*
 * Samples of every format against a model in floating point: what is exact stays exact, what is
 * rounded goes to the nearest, to the even one of two, and never over the end.
 */
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "edge.h"
#include "../support/check.h"

enum { CHUNK = 4096, LANES = 3, GUARD = 0x5a };

struct form {
	const char *name;
	unsigned bytes, shift;
};

static const struct form forms[] = {
	{ "S16_LE", 2, 16 }, { "S24_3LE", 3, 8 }, { "S24_LE", 4, 8 }, { "S32_LE", 4, 0 },
};
#define FORMS 4

static unsigned char device[CHUNK * LANES * 4 + 8];
static int16_t engine[2 * CHUNK];

/* Lanes `one` and `two` of LANES interleaved ones, or each by itself. */
static struct mca_edge edge_of(const struct form *form, unsigned lanes, unsigned picked,
			       unsigned one, unsigned two, bool planar)
{
	struct mca_edge edge = { .bytes = form->bytes, .shift = form->shift, .lanes = lanes,
				 .picked = picked };
	const unsigned at[2] = { one, two };

	for (unsigned i = 0; i < picked; i++) {
		edge.lane[i].at = device + at[i] * form->bytes * (planar ? CHUNK : 1);
		edge.lane[i].step = (ptrdiff_t)form->bytes * (planar ? 1 : LANES);
	}
	return edge;
}

/* A sample of the device as a number: of 32 bits, whatever its own. */
static int32_t read_word(const struct mca_edge *edge, unsigned lane, unsigned frame)
{
	const unsigned char *at = edge->lane[lane].at + frame * edge->lane[lane].step;
	double value = 0, scale = 1;

	for (unsigned i = 0; i * 8 < 32 - edge->shift; i++, scale *= 256)
		value += scale * at[i];
	if (value >= scale / 2)
		value -= scale;
	return (int32_t)(value * ldexp(1, (int)edge->shift));
}

static void write_word(const struct mca_edge *edge, unsigned lane, unsigned frame, int32_t word)
{
	unsigned char *at = edge->lane[lane].at + frame * edge->lane[lane].step;
	uint32_t raw = (uint32_t)word >> edge->shift;

	for (unsigned i = 0; i < edge->bytes; i++)
		at[i] = i * 8 < 32 - edge->shift ? (unsigned char)(raw >> 8 * i) : GUARD;
}

static int model(double value)
{
	double nearest = nearbyint(value); /* ties to even */

	return (int)fmin(fmax(nearest, -32768), 32767);
}

/* Words of lane 0 and 1, `count` of them, in a mono or stereo engine. */
static void check_words(const struct form *form, const int32_t *words, unsigned count)
{
	struct mca_edge edge = edge_of(form, 2, 1, 1, 0, false);
	unsigned wrong = 0;

	for (unsigned i = 0; i < count; i++)
		write_word(&edge, 0, i, words[i]);
	mca_edge_unpack(&edge, engine, count);
	for (unsigned i = 0; i < count; i++) {
		int want = model(words[i] / 65536.0);

		if ((engine[2 * i] != want || engine[2 * i + 1] != want) && wrong++ == 0)
			printf("# %s: %d became %d, not %d\n", form->name, words[i], engine[2 * i],
			       want);
	}
	CHECK_INT(wrong, 0);
}

/* All values of 24 bits; of 32 bits all those around ties and steps. */
static void rounding_is_to_the_nearest_even(void)
{
	static const int32_t around[] = { 0, 1, 255, 256, 32767, 32768, 32769, 65535 };
	static int32_t words[CHUNK];
	unsigned used = 0;

	for (unsigned f = 0; f < FORMS; f++) {
		int32_t step = 1 << forms[f].shift;

		if (step == 256)
			for (int32_t value = -(1 << 23); value < 1 << 23; value++) {
				words[used++] = value * 256;
				if (used == CHUNK)
					check_words(&forms[f], words, used), used = 0;
			}
		for (int32_t high = -32768; high <= 32767; high++) {
			for (unsigned i = 0; i < 8; i++)
				words[used++] = high * 65536 + around[i] / step * step;
			if (used == CHUNK)
				check_words(&forms[f], words, used), used = 0;
		}
		CHECK_INT(used, 0);
	}
}

/* Bytes of a lane that nobody should have written. */
static unsigned touched(const struct mca_edge *edge)
{
	unsigned count = 0;

	for (unsigned frame = 0; frame < CHUNK; frame++)
		for (unsigned i = 0; i < edge->bytes; i++)
			count += edge->lane[0].at[frame * edge->lane[0].step + i] != GUARD;
	return count;
}

/* Every 16-bit value there and back, wherever the lanes lie, and nothing beside them touched. */
static void sixteen_bits_pass_unchanged(void)
{
	for (unsigned f = 0; f < FORMS; f++)
		for (unsigned planar = 0; planar < 2; planar++) {
			struct mca_edge edge = edge_of(&forms[f], 2, 2, 2, 0, planar);
			struct mca_edge beside = edge_of(&forms[f], 2, 1, 1, 0, planar);
			unsigned wrong = 0;

			for (int first = -32768; first < 32768; first += CHUNK) {
				memset(device, GUARD, sizeof(device));
				for (int i = 0; i < CHUNK; i++) {
					engine[2 * i] = (int16_t)(first + i);
					engine[2 * i + 1] = (int16_t)(-1 - first - i);
				}
				mca_edge_pack(&edge, engine, CHUNK);
				for (unsigned i = 0; i < CHUNK; i++)
					wrong += read_word(&edge, 0, i) != engine[2 * i] * 65536;
				memset(engine, GUARD, sizeof(engine));
				mca_edge_unpack(&edge, engine, CHUNK);
				for (int i = 0; i < CHUNK; i++)
					wrong += engine[2 * i] != first + i ||
						 engine[2 * i + 1] != -1 - first - i;
				wrong += touched(&beside);
			}
			CHECK_INT(wrong, 0);
		}
}

/* The sum of two lanes takes every value that it can. */
static void averages_are_rounded_once(void)
{
	for (unsigned f = 0; f < FORMS; f++) {
		struct mca_edge out = edge_of(&forms[f], 2, 1, 1, 0, false);
		struct mca_edge in = edge_of(&forms[f], 1, 2, 0, 2, false);
		unsigned wrong = 0;

		for (int sum = -65536; sum <= 65534; sum++) {
			int16_t pair[2] = { (int16_t)(sum / 2), (int16_t)(sum - sum / 2) }, mono;
			double want = forms[f].shift == 16 ? model(sum / 2.0) : sum / 2.0;

			mca_edge_pack(&out, pair, 1);
			wrong += read_word(&out, 0, 0) != want * 65536;
			write_word(&in, 0, 0, pair[0] * 65536);
			write_word(&in, 1, 0, pair[1] * 65536);
			mca_edge_unpack(&in, &mono, 1);
			wrong += mono != model(sum / 2.0);
		}
		CHECK_INT(wrong, 0);
	}
}

/* Halves of a step in both lanes: rounded after they are added, not before. */
static void an_average_of_wide_lanes_keeps_their_halves(void)
{
	struct mca_edge in = edge_of(&forms[3], 1, 2, 0, 2, false);
	const int32_t words[][2] = { { 32768, 32768 }, { 98304, 32768 }, { 32767, 32768 },
				     { INT32_MAX, INT32_MAX }, { INT32_MIN, INT32_MIN },
				     { INT32_MAX, INT32_MIN }, { -32768, -32768 } };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		int16_t mono;

		write_word(&in, 0, 0, words[i][0]);
		write_word(&in, 1, 0, words[i][1]);
		mca_edge_unpack(&in, &mono, 1);
		CHECK_INT(mono, model(((double)words[i][0] + words[i][1]) / 131072));
	}
}

static void one_lane_feeds_two_and_two_take_one(void)
{
	for (unsigned f = 0; f < FORMS; f++) {
		struct mca_edge in = edge_of(&forms[f], 2, 1, 2, 0, false);
		struct mca_edge out = edge_of(&forms[f], 1, 2, 2, 1, false);
		const int16_t mono[2] = { -12345, 321 };

		write_word(&in, 0, 0, -7 * 65536);
		mca_edge_unpack(&in, engine, 1);
		CHECK_INT(engine[0], -7);
		CHECK_INT(engine[1], -7);
		mca_edge_pack(&out, mono, 2);
		for (unsigned lane = 0; lane < 2; lane++) {
			CHECK_INT(read_word(&out, lane, 0), -12345 * 65536);
			CHECK_INT(read_word(&out, lane, 1), 321 * 65536);
		}
	}
}

int main(void)
{
	RUN(rounding_is_to_the_nearest_even);
	RUN(sixteen_bits_pass_unchanged);
	RUN(averages_are_rounded_once);
	RUN(an_average_of_wide_lanes_keeps_their_halves);
	RUN(one_lane_feeds_two_and_two_take_one);
	return DONE();
}
