/* SPDX-License-Identifier: MIT */
/* Every entry of the tables against its formula, the functions on them over their whole range. */
#include <math.h>

#include "../support/check.h"
#include "cosine.h"
#include "effort.h"
#include "octave.h"

#define PI 3.14159265358979323846

/* Every one; where everything takes longer, every seventh. */
#ifdef EFFORT_SLOW
#define STRIDE 7
#else
#define STRIDE 1
#endif

static void every_entry_is_its_formula(void)
{
	for (int i = 0; i < 256; i++) {
		long long octaves = llround(log(1 + i / 256.0) / log(2) * 67108864);
		long long gain = llround(pow(2, i / 256.0) * 16777216);

		CHECK_INT(mca_table_log2_q26[i].base, octaves);
		CHECK_INT(mca_table_log2_q26[i].rise,
			  ceil((double)(llround(log(1 + (i + 1) / 256.0) / log(2) * 67108864) -
					octaves) / 128));
		CHECK_INT(mca_table_exp2_q24[i].base, gain);
		CHECK_INT(mca_table_exp2_q24[i].rise,
			  llround(pow(2, (i + 1) / 256.0) * 16777216) - gain);
	}
	for (int i = 0; i <= 513; i++)
		CHECK_INT(mca_table_cosine_q30[i], llround(cos(PI * i / 512) * 1073741824));
}

/* All 32768 peaks: at most 2.8e-6 octaves off, never falling, exact at powers of two. */
static void log2_of_every_peak(void)
{
	double worst = 0;

	for (int32_t peak = 1; peak <= 32768; peak++) {
		int32_t got = mca_octaves_from_peak(peak);

		worst = fmax(worst, fabs(ldexp(got, -26) - log2(peak / 32768.0)));
		CHECK(peak == 1 || got > mca_octaves_from_peak(peak - 1));
		if ((peak & (peak - 1)) == 0)
			CHECK_INT(got, (int)log2(peak / 32768.0) * (1 << 26));
	}
	printf("# worst %.3g octaves\n", worst);
	CHECK(worst <= 2.8e-6);
}

/* How far a gain is from the exact one beyond its own rounding, relative to it. */
static double excess(int32_t gain_q16, double exact_q16)
{
	return (fabs(gain_q16 - exact_q16) - 0.5) / exact_q16;
}

/* The lowest 4 of the 26 bits of a fraction make no difference: all 2^26 of them, in the octave
 * where a Q16 gain has the most digits. */
static void exp2_of_every_fraction(void)
{
	const int32_t octave = 4 * MCA_OCTAVE_Q26;

	CHECK_INT(mca_gain_from_octaves(0), 65536);
	for (int32_t at = 0; at < MCA_OCTAVE_Q26; at += 16 * STRIDE) {
		int32_t gain = mca_gain_from_octaves(octave + at), different = 0;

		for (int32_t low = 1; low < 16; low++)
			different |= gain ^ mca_gain_from_octaves(octave + at + low);
		CHECK_INT(different, 0);
	}
}

/* So both ends of 16 stand for all of them: every octave of the domain, every gain there is. */
static void exp2_of_the_whole_domain(void)
{
	double worst = 0;

	for (int octave = -23; octave <= 4; octave++) {
		double scale = ldexp(65536, octave);
		int32_t before = 0;

		for (int32_t at = 0; at < MCA_OCTAVE_Q26; at += 16 * STRIDE) {
			int32_t gain = mca_gain_from_octaves(octave * MCA_OCTAVE_Q26 + at);
			double first = scale * exp2(at * 0x1p-26);
			double last = first * (1 + 15 * 0x1p-26 * log(2));

			worst = fmax(worst, fmax(excess(gain, first), excess(gain, last)));
			CHECK(gain >= before);
			before = gain;
		}
	}
	printf("# worst %.3g of the gain, its last rounding aside\n", worst);
	CHECK(worst <= 1.1e-6);
	CHECK_INT(mca_gain_from_octaves(INT32_MIN), mca_gain_from_octaves(-23 * MCA_OCTAVE_Q26));
}

static void circular_functions(void)
{
	double worst = 0;

	CHECK_INT(mca_raised_cosine_q30(0), 0);
	CHECK_INT(mca_raised_cosine_q30(UINT32_C(1) << 31), 1 << 30);
	CHECK_INT(mca_sine_q30(0), 0);
	CHECK_INT(mca_sine_q30(UINT32_C(1) << 30), 1 << 30);
	CHECK_INT(mca_sine_q30(UINT32_C(3) << 30), -(1 << 30));
	for (uint64_t turns = 0; turns < UINT64_C(1) << 32; turns += 40009) {
		double exact = sin(2 * PI * ldexp((double)turns, -32));

		worst = fmax(worst, fabs(ldexp(mca_sine_q30((uint32_t)turns), -30) - exact));
	}
	printf("# worst sine %.3g\n", worst);
	CHECK(worst <= 4.8e-6);
}

int main(void)
{
	RUN(every_entry_is_its_formula);
	RUN(log2_of_every_peak);
	RUN(exp2_of_every_fraction);
	RUN(exp2_of_the_whole_domain);
	RUN(circular_functions);
	return DONE();
}
