/* SPDX-License-Identifier: MIT */
#include <limits.h>
#include <math.h>

#include "../support/check.h"
#include "mca/units.h"

static void decibels(void)
{
	CHECK_NEAR(mca_db_from_ratio(1), 0, 0);
	CHECK_NEAR(mca_db_from_ratio(10), 20, 1e-12);
	CHECK_NEAR(mca_db_from_ratio(0.5), -6.0206, 1e-5);
	CHECK(mca_db_from_ratio(0) == -INFINITY);
	CHECK(mca_db_from_ratio(-1) == -INFINITY);
	CHECK_NEAR(mca_ratio_from_db(-3), 0.707946, 1e-6);
	CHECK_NEAR(mca_ratio_from_db(mca_db_from_ratio(0.123)), 0.123, 1e-12);
	CHECK(mca_ratio_from_db(-INFINITY) == 0);
}

static void frames(void)
{
	CHECK_INT(mca_frames_from_ms(100, 44100), 4410);
	CHECK_INT(mca_frames_from_ms(0.5, 1000), 1);
	CHECK_INT(mca_frames_from_ms(0.49, 1000), 0);
	CHECK_INT(mca_frames_from_ms(-5, 44100), 0);
	CHECK_INT(mca_frames_from_ms(NAN, 44100), 0);
	CHECK_INT(mca_frames_from_ms(1e300, 44100), UINT_MAX);
	CHECK_NEAR(mca_ms_from_frames(512, 44100), 11.60998, 1e-5);
	CHECK_NEAR(mca_ms_from_frames(1, 0), 0, 0);
}

static void meters_show_minus_60_to_0(void)
{
	CHECK_NEAR(mca_dbfs_clamp(-61), -60, 0);
	CHECK_NEAR(mca_dbfs_clamp(-INFINITY), -60, 0);
	CHECK_NEAR(mca_dbfs_clamp(NAN), -60, 0);
	CHECK_NEAR(mca_dbfs_clamp(0.1), 0, 0);
	CHECK_NEAR(mca_dbfs_clamp(-23.4), -23.4, 0);
}

int main(void)
{
	RUN(decibels);
	RUN(frames);
	RUN(meters_show_minus_60_to_0);
	return DONE();
}
