/* SPDX-License-Identifier: MIT */
/* The compressor's parameters in fixed point, with the release pole solved for the cascade. */
#include <math.h>

#include "cook.h"
#include "curve.h"
#include "stage.h"

#define MAKEUP_SLEW_MS 100.0    /* for the whole range */
#define MAKEUP_MAX_OCTAVES 4

/* What is left of a unit step `time` after its end, behind two poles in a row. */
static double cascade_left(double release, double attack, double time)
{
	if (fabs(release - attack) < 1e-9 * attack)
		return (1.0 + time / attack) * exp(-time / attack);
	return (release * exp(-time / release) - attack * exp(-time / attack)) / (release - attack);
}

/*
 * The release pole whose cascade with the attack pole has fallen to 1/e after release_ms. What is
 * left grows with the pole, from the attack pole alone (never more than 1/e, since release >=
 * attack) to more than 1/e at release_ms itself: halving the interval finds it.
 */
static double release_pole_ms(double release_ms, double attack_ms)
{
	double low = 0.0, high = release_ms;

	if (attack_ms <= 0.0)
		return release_ms;
	for (int i = 0; i < 100; i++) {
		double middle = 0.5 * (low + high);

		if (middle > 0.0 && cascade_left(middle, attack_ms, release_ms) > exp(-1.0))
			high = middle;
		else
			low = middle;
	}
	return high;
}

void mca_comp_cook(struct mca_comp_cooked *cooked, const struct mca_chain_params *params)
{
	const struct mca_comp_params *comp = &params->comp;
	unsigned rate_hz = params->rate_hz;

	cooked->threshold_q26 = mca_cook_log2_q26(comp->threshold_dbfs);
	mca_curve_set_knee(cooked, mca_cook_log2_q26(comp->knee_db / 2.0));
	cooked->attack_q62 = mca_cook_pole_q62(comp->attack_ms, rate_hz);
	cooked->release_q62 = mca_cook_pole_q62(release_pole_ms(comp->release_ms, comp->attack_ms),
						rate_hz);
	cooked->makeup_step_q26 = mca_cook_slew_q26(MAKEUP_MAX_OCTAVES, MAKEUP_SLEW_MS, rate_hz);
	if (!comp->enabled)
		return;
	cooked->slope_q31 = (uint32_t)lround(ldexp(1.0 - 1.0 / comp->ratio, 31));
	cooked->makeup_q26 = mca_cook_log2_q26(comp->makeup_db);
}
