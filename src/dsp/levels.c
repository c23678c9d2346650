/* SPDX-License-Identifier: MIT */
/*
 * The readers' half of the meters: integer sums into decibels. Full scale is 32768, so that a
 * full-scale square wave reads 0 dBFS and a full-scale sine -3.01 (dBov, ITU-T G.100.1).
 */
#include "mca/meter.h"

#include <math.h>
#include <string.h>

#include "mca/units.h"

static double rms_dbfs(uint64_t squares, uint64_t samples)
{
	if (squares == 0 || samples == 0)
		return MCA_DBFS_FLOOR;
	return mca_dbfs_clamp(10.0 * log10(ldexp((double)squares / (double)samples, -30)));
}

static double peak_dbfs(uint32_t sample)
{
	return mca_dbfs_clamp(mca_db_from_ratio(ldexp(sample, -15)));
}

/* A sample is a value of the sound as well, though none of the four phases meets it. */
static double true_peak_dbtp(uint32_t between_q13, uint32_t sample)
{
	double peak = ldexp(between_q13, -28);

	return fmax(mca_db_from_ratio(fmax(peak, ldexp(sample, -15))), MCA_DBFS_FLOOR);
}

void mca_levels_from_reading(struct mca_levels *levels, const struct mca_meter_reading *reading)
{
	uint64_t all = 0;

	memset(levels, 0, sizeof(*levels));
	levels->window = reading->window;
	levels->clipped = reading->clipped;
	levels->input_clipped = reading->in_clipped;
	levels->lanes = reading->lanes;
	levels->true_peak_known = reading->true_peak_known;
	levels->gain_reduction_db = mca_db_from_ratio(2.0) * ldexp(reading->gr_max_q26, -26);
	for (unsigned lane = 0; lane < MCA_LANES_MAX; lane++) {
		levels->rms_dbfs[lane] = rms_dbfs(reading->out_square[lane], reading->frames);
		levels->input_rms_dbfs[lane] = rms_dbfs(reading->in_square[lane], reading->frames);
		levels->peak_dbfs[lane] = peak_dbfs(reading->out_peak[lane]);
		levels->input_peak_dbfs[lane] = peak_dbfs(reading->in_peak[lane]);
		levels->true_peak_dbtp[lane] = true_peak_dbtp(reading->true_peak_q13[lane],
							      reading->out_peak[lane]);
		all += reading->out_square[lane];
	}
	levels->vu_dbfs = rms_dbfs(all, (uint64_t)reading->frames * reading->lanes);
}
