/* SPDX-License-Identifier: MIT */
/* Every entry of the tables against its formula, the functions on them over their whole range. */
#include <math.h>

#include "../support/check.h"
#include "cosine.h"
#include "effort.h"
#include "octave.h"

#define PI 3.14159265358979323846

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

/* Every gain that 26 bits of an octave can give, and every octave. */
static void exp2_of_every_exponent(void)
{
	double worst = 0;

	CHECK_INT(mca_gain_from_octaves(0), 65536);
	for (int32_t fraction = 0; fraction < MCA_OCTAVE_Q26; fraction += EFFORT(5)) {
		/* At +4 octaves a Q16 gain has four bits more: the table shows. */
		int32_t exponent = 4 * MCA_OCTAVE_Q26 + fraction;
		double exact = ldexp(exp2(fraction * 0x1p-26), 20);

		worst = fmax(worst, (fabs(mca_gain_from_octaves(exponent) - exact) - 0.5) / exact);
	}
	printf("# worst %.3g of the gain, its last rounding aside\n", worst);
	CHECK(worst <= 1.1e-6);
	for (int octave = -31; octave <= 4; octave++)
		for (int i = 0; i < 2000; i++) {
			int32_t exponent = octave * MCA_OCTAVE_Q26 + i * 33333;
			double exact = 65536 * exp2(ldexp(exponent, -26));

			CHECK_NEAR(mca_gain_from_octaves(exponent), exact, 0.5001 + 1.1e-6 * exact);
			CHECK(mca_gain_from_octaves(exponent) <=
			      mca_gain_from_octaves(exponent + 1));
		}
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
	RUN(exp2_of_every_exponent);
	RUN(circular_functions);
	return DONE();
}
