/* SPDX-License-Identifier: MIT */
/*
 * From user units to fixed point, once per change and off the real-time threads: the checks, the
 * stages in their order, and the conversions that they share.
 */
#include "cook.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "mca/chain_rows.h"
#include "mca/diag.h"
#include "mca/q.h"
#include "stage.h"

#define EASE_TIME_MS 5.0        /* the fastest smoother while a change is fresh */
#define DB_PER_OCTAVE 6.020599913279624 /* 20 log10(2) */

int32_t mca_cook_log2_q26(double db)
{
	return (int32_t)lround(ldexp(db / DB_PER_OCTAVE, 26));
}

/* 1 - exp(-1 / frames), with expm1 because the difference would lose most digits of a long time. */
int64_t mca_cook_pole_q62(double time_ms, unsigned rate_hz)
{
	if (time_ms <= 0.0)
		return MCA_Q62_ONE;
	return (int64_t)llround(ldexp(-expm1(-1000.0 / (time_ms * rate_hz)), 62));
}

int32_t mca_cook_slew_q26(double octaves, double time_ms, unsigned rate_hz)
{
	return (int32_t)ceil(ldexp(octaves / (time_ms * rate_hz / 1000.0), 26));
}

struct range {
	const char *pointer, *unit;
	double value, low, high;
	bool or_zero;
};

static int refuse(struct mca_diag *diag, const struct range *range, const char *why)
{
	const char *gap = *range->unit ? " " : "";
	int code;

	if (isinf(range->high))
		code = mca_diag_set(diag, -EINVAL, "%s is %g%s%s: choose %g%s%s or more%s",
				    range->pointer + 1, range->value, gap, range->unit, range->low,
				    gap, range->unit, why);
	else
		code = mca_diag_set(diag, -EINVAL, "%s is %g%s%s: choose a value from %g to %g"
				    "%s%s%s", range->pointer + 1, range->value, gap, range->unit,
				    range->low, range->high, gap, range->unit, why);
	if (diag) {
		snprintf(diag->pointer, sizeof(diag->pointer), "%s", range->pointer);
		snprintf(diag->value, sizeof(diag->value), "%g", range->value);
	}
	return code;
}

#define PLACE_DSP ""
#define PLACE_GATE "/gate"
#define PLACE_COMP "/comp"
#define PLACE_LIMITER "/limiter"
#define TOP_CLOSED(high) (high), false
#define TOP_ZERO(high) (high), true
#define TOP_INFINITE(high) INFINITY, false
#define RANGE(object, type, top, key, member, low, high, unit, preset, doc) \
	{ PLACE_##object "/" key, unit, (double)params->member, low, TOP_##top(high) },

static int check(const struct mca_chain_params *params, struct mca_diag *diag)
{
	struct range ranges[] = {
		{ "/sample_rate", "Hz", params->rate_hz, MCA_RATE_HZ_MIN, MCA_RATE_HZ_MAX, false },
		{ "/channels", NULL, params->lanes, 1, MCA_LANES_MAX, false },
		MCA_CHAIN_ROWS(RANGE)
	};
	const char *why = "";

	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		struct range *range = &ranges[i];

		range->unit = range->unit ? range->unit : "";
		/* The attack pole lengthens the release: no release pole makes both faster. */
		if (strcmp(range->pointer, "/comp/release_ms") == 0 &&
		    range->value >= range->low && range->value < params->comp.attack_ms) {
			range->low = params->comp.attack_ms;
			why = " (not less than comp/attack_ms)";
		}
		if (range->or_zero && range->value == 0.0)
			continue;
		if (!(range->value >= range->low && range->value <= range->high))
			return refuse(diag, range, why);
	}
	return 0;
}

int mca_chain_cook(struct mca_chain_cooked *cooked, const struct mca_chain_params *params,
		   struct mca_diag *diag)
{
	int error = check(params, diag);

	if (error)
		return error;
	memset(cooked, 0, sizeof(*cooked));
	cooked->rate_hz = params->rate_hz;
	cooked->lanes = params->lanes;
	cooked->true_peak = params->true_peak;
	cooked->ease_q62 = mca_cook_pole_q62(EASE_TIME_MS, params->rate_hz);
	cooked->ease_frames = (uint32_t)(EASE_TIME_MS * params->rate_hz / 1000.0);
#define COOK(name) mca_##name##_cook(&cooked->name, params);
	MCA_STAGES(COOK)
	return 0;
}
