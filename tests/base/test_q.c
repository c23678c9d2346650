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
		int32_t value = (int32_t)next(&seed) >> (i % 20);
		uint32_t factor = next(&seed) >> (1 + i % 7);

		CHECK_NEAR(mca_q_scale_q31(value, factor), value * ldexp(factor, -31), 0.5);
		CHECK_NEAR(mca_q_scale_q30(value & 0x1fffff, (int32_t)(factor >> 1)),
			   (value & 0x1fffff) * ldexp(factor >> 1, -30), 0.5);
	}
	CHECK_INT(mca_q_scale_q31(INT32_MAX, MCA_Q31_ONE), INT32_MAX);
	CHECK_INT(mca_q_scale_q31(INT32_MIN, MCA_Q31_ONE), INT32_MIN);
	CHECK_INT(mca_q_scale_q30(65535, 1 << 30), 65535);
	CHECK_INT(mca_q_scale_q30(65536, 0), 0);
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

/* One part in 2^31 of the way a frame: a smoother that rounded its steps would never arrive. */
static void a_smoother_has_no_dead_zone(void)
{
	int64_t state = 0, up = 0, down;

	for (int i = 0; i < 1000; i++)
		state = mca_q_glide(state, 3, 1);
	CHECK_INT(state, 3000);
	for (int i = 0; i < 20000; i++)
		up = mca_q_glide(up, 1000, UINT32_C(1) << 22);
	CHECK_INT(mca_q26_from_q57(up), 1000);
	down = mca_q57_from_q26(1000);
	for (int i = 0; i < 20000; i++)
		down = mca_q_glide(down, -1000, UINT32_C(1) << 22);
	CHECK_INT(mca_q26_from_q57(down), -1000);
}

static void a_smoother_follows_its_exponential(void)
{
	int64_t state = mca_q57_from_q26(1 << 28);
	uint32_t step = 486940; /* 100 ms at 44100 Hz */
	double exact = 1 << 28;

	for (int i = 0; i < 44100; i++) {
		state = mca_q_glide(state, 0, step);
		exact -= exact * ldexp(step, -31);
		CHECK_NEAR(ldexp((double)state, -31), exact, 1);
	}
	CHECK_INT(mca_q26_from_q57(mca_q_glide(state, -12345, MCA_Q31_ONE)), -12345);
}

int main(void)
{
	RUN(product_is_exact);
	RUN(scaling_rounds_to_nearest);
	RUN(saturation);
	RUN(a_smoother_has_no_dead_zone);
	RUN(a_smoother_follows_its_exponential);
	return DONE();
}
