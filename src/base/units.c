/* SPDX-License-Identifier: MIT */
/*
 * Conversions between user units and counts. Everything here is control-side: the block path never
 * sees a double.
 */
#include "mca/units.h"

#include <limits.h>
#include <math.h>

double mca_db_from_ratio(double ratio)
{
	return ratio > 0.0 ? 20.0 * log10(ratio) : -INFINITY;
}

double mca_ratio_from_db(double db)
{
	return pow(10.0, db / 20.0);
}

unsigned mca_frames_from_ms(double ms, unsigned rate_hz)
{
	double frames = floor(ms * rate_hz / 1000.0 + 0.5);

	/* Written so that NaN ends up here too. */
	if (!(frames > 0.0))
		return 0;
	return frames < (double)UINT_MAX ? (unsigned)frames : UINT_MAX;
}

double mca_ms_from_frames(double frames, unsigned rate_hz)
{
	return rate_hz ? 1000.0 * frames / rate_hz : 0.0;
}

double mca_dbfs_clamp(double dbfs)
{
	if (!(dbfs > MCA_DBFS_FLOOR))
		return MCA_DBFS_FLOOR;
	return dbfs < 0.0 ? dbfs : 0.0;
}
