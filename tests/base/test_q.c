/* SPDX-License-Identifier: MIT */
/* Fixed-point operations against wider integers, over their whole stated ranges. */
#include <math.h>
#include <stdlib.h>

#define MCA_Q_CHECKED
#include "../support/check.h"
#include "mca/q.h"

/* xorshift32 */
static uint32_t next(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	return *state ^= *state << 5;
}

static int32_t wide_product(int32_t x, int32_t gain_q16)
{
	return (int32_t)(((int64_t)x * gain_q16 + 0x8000) >> 16);
}

static void product_is_exact(void)
{
	uint32_t seed = 1;

	for (int32_t x = -32768; x <= 32767; x++) {
		CHECK_INT(mca_q_product(x, MCA_Q16_ONE), x);
		CHECK_INT(mca_q_product(x, 0), 0);
		CHECK_INT(mca_q_product(x, 128 * MCA_Q16_ONE), x * 128);
		for (int i = 0; i < 20; i++) {
			int32_t gain = (int32_t)(next(&seed) % (128 * MCA_Q16_ONE + 1)) >> i;

			CHECK_INT(mca_q_product(x, gain), wide_product(x, gain));
		}
	}
}

static void scaling_rounds_to_nearest(void)
{
	uint32_t seed = 2;

	for (int i = 0; i < 100000; i++) {
		int32_t gain = (int32_t)(next(&seed) >> (11 + i % 20));
		int32_t factor = (int32_t)(next(&seed) >> (2 + i % 7));

		CHECK_NEAR(mca_q_scale_q30(gain, factor), gain * ldexp(factor, -30), 0.5);
	}
	CHECK_INT(mca_q_scale_q30(65535, 1 << 30), 65535);
	CHECK_INT(mca_q_scale_q30(65536, 0), 0);
}

static int64_t next_wide(uint32_t *seed)
{
	return (int64_t)((uint64_t)next(seed) << 32 | next(seed));
}

static void check_upper(int64_t a, int64_t b)
{
	__extension__ typedef __int128 wide;
	int64_t upper = (int64_t)(((wide)a * b) >> 64);

	CHECK(mca_q_upper_s64(a, b) == upper);
	CHECK(mca_q_upper_by_parts(a, b) == upper);
}

static void upper_halves_round_down(void)
{
	static const int64_t corners[] = { 0, 1, -1, INT64_MIN, INT64_MAX, INT64_MIN + 1,
					   UINT32_MAX, INT64_C(1) << 32, -(INT64_C(1) << 32),
					   MCA_Q62_ONE, -MCA_Q62_ONE };
	uint32_t seed = 3;

	for (unsigned i = 0; i < sizeof(corners) / sizeof(corners[0]); i++)
		for (unsigned k = 0; k < sizeof(corners) / sizeof(corners[0]); k++)
			check_upper(corners[i], corners[k]);
	for (int i = 0; i < 100000; i++)
		check_upper(next_wide(&seed) >> i % 60, next_wide(&seed) >> i % 53);
	CHECK_INT(mca_q_upper(UINT32_MAX, UINT32_MAX), UINT32_MAX - 1);
	CHECK_INT(mca_q_upper(UINT32_MAX, 1), 0);
}

static void saturation(void)
{
	CHECK_INT(mca_q_saturate_s16(32768), 32767);
	CHECK_INT(mca_q_saturate_s16(-32769), -32768);
	CHECK_INT(mca_q_saturate_s16(INT32_MAX), 32767);
	CHECK_INT(mca_q_saturate_s16(INT32_MIN), -32768);
	CHECK_INT(mca_q_saturate_s16(-5), -5);
	CHECK_INT(mca_q_clamp(7, -3, 3), 3);
	CHECK_INT(mca_q_clamp(-7, -3, 3), -3);
	CHECK_INT(mca_q_clamp(2, -3, 3), 2);
}

static void levels_keep_their_value(void)
{
	static const int32_t values[] = { 0, 1, -1, 12345, -12345, INT32_MAX, INT32_MIN };

	for (unsigned i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		CHECK_INT(mca_q26_from_q58(mca_q58_from_q26(values[i])), values[i]);
		CHECK_INT(mca_q26_from_q58(mca_q58_from_q26(values[i]) | 0xffffffff), values[i]);
	}
}

/* However small the coefficient is, a smoother arrives: down exactly, up as near as can be seen. */
static void a_smoother_has_no_dead_zone(void)
{
	int64_t up = 0, down = mca_q58_from_q26(3);

	for (int i = 0; i < 1000; i++)
		down = mca_q_glide(down, 0, 1);
	CHECK_INT(down, mca_q58_from_q26(3) - 4000);
	down = 4000;
	for (int i = 0; i < 1001; i++)
		down = mca_q_glide(down, 0, 1);
	CHECK_INT(down, 0);
	for (int i = 0; i < 200000; i++)
		up = mca_q_glide(up, mca_q58_from_q26(1000), INT64_C(1) << 50);
	CHECK_NEAR(ldexp((double)up, -32), 1000, 1e-5);
}

static void a_smoother_follows_its_exponential(void)
{
	int64_t state = mca_q58_from_q26(1 << 28);
	int64_t step = INT64_C(1045695600000000); /* 100 ms at 44100 Hz */
	double exact = 1 << 28;

	for (int i = 0; i < 44100; i++) {
		state = mca_q_glide(state, 0, step);
		exact -= exact * ldexp((double)step, -62);
		CHECK_NEAR(ldexp((double)state, -32), exact, 0.001);
	}
	CHECK(mca_q_glide(state & -4, mca_q58_from_q26(-12345), MCA_Q62_ONE) ==
	      mca_q58_from_q26(-12345));
}

int main(void)
{
	RUN(product_is_exact);
	RUN(scaling_rounds_to_nearest);
	RUN(upper_halves_round_down);
	RUN(saturation);
	RUN(levels_keep_their_value);
	RUN(a_smoother_has_no_dead_zone);
	RUN(a_smoother_follows_its_exponential);
	return DONE();
}
