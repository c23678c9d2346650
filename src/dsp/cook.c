/* SPDX-License-Identifier: MIT */
/*
 * From user units to fixed point, once per change and off the real-time threads: the only file of
 * the chain that computes with doubles.
 */
#include "mca/chain.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "mca/diag.h"
#include "mca/q.h"
#include "mca/units.h"
#include "octave.h"

#define EASE_TIME_MS 5.0        /* the fastest smoother while a change is fresh */
#define MAKEUP_SLEW_MS 50.0     /* for the whole range */
#define MAKEUP_MAX_OCTAVES 4
#define DB_PER_OCTAVE 6.020599913279624 /* 20 log10(2) */

/* A limiter that is off asks for nothing: 5 octaves lie above the loudest level with makeup. */
#define LIMITER_OFF_Q26 (5 * MCA_OCTAVE_Q26)

static int32_t octaves_q26(double db)
{
	return (int32_t)lround(ldexp(db / DB_PER_OCTAVE, 26));
}

/* 1 - exp(-1 / frames), with expm1 because the difference would lose most digits of a long time. */
static int64_t pole_q62(double time_ms, unsigned rate_hz)
{
	if (time_ms <= 0.0)
		return MCA_Q62_ONE;
	return (int64_t)llround(ldexp(-expm1(-1000.0 / (time_ms * rate_hz)), 62));
}

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

static void cook_knee(struct mca_chain_cooked *cooked, int32_t half_q26)
{
	uint64_t inverse;

	cooked->knee_half_q26 = half_q26;
	if (half_q26 == 0)
		return;
	cooked->knee_shift = (uint32_t)__builtin_clz(2 * (uint32_t)half_q26);
	inverse = (UINT64_C(1) << 63) / (2 * (uint64_t)half_q26 << cooked->knee_shift);
	cooked->knee_inverse = inverse > UINT32_MAX ? UINT32_MAX : (uint32_t)inverse;
}

static void cook_comp(struct mca_chain_cooked *cooked, const struct mca_chain_params *params)
{
	cooked->threshold_q26 = octaves_q26(params->comp.threshold_dbfs);
	cook_knee(cooked, octaves_q26(params->comp.knee_db / 2.0));
	cooked->attack_q62 = pole_q62(params->comp.attack_ms, params->rate_hz);
	cooked->release_q62 = pole_q62(release_pole_ms(params->comp.release_ms,
						       params->comp.attack_ms), params->rate_hz);
	if (!params->comp.enabled)
		return;
	cooked->slope_q31 = (uint32_t)lround(ldexp(1.0 - 1.0 / params->comp.ratio, 31));
	cooked->makeup_q26 = octaves_q26(params->comp.makeup_db);
}

static void cook_limiter(struct mca_chain_cooked *cooked, const struct mca_chain_params *params)
{
	double ceiling = floor(32768.0 * pow(10.0, params->limiter.ceiling_dbfs / 20.0));

	cooked->lookahead_frames = mca_frames_from_ms(params->limiter.lookahead_ms,
						      params->rate_hz);
	cooked->limiter_release_q62 = pole_q62(params->limiter.release_ms, params->rate_hz);
	cooked->ceiling = params->limiter.enabled ? (int32_t)ceiling : 32768;
	cooked->limiter_q26 = LIMITER_OFF_Q26;
	/* By the block path's own logarithm: a peak of exactly C asks for exactly nothing. */
	if (params->limiter.enabled)
		cooked->limiter_q26 = mca_octaves_from_peak(cooked->ceiling);
}

static void cook_transitions(struct mca_chain_cooked *cooked, const struct mca_chain_params *params)
{
	double ramp_frames = floor(params->ptt_ramp_ms * params->rate_hz / 1000.0);
	double slew_frames = MAKEUP_SLEW_MS * params->rate_hz / 1000.0;

	cooked->ramp_step_q31 = MCA_Q31_ONE;
	if (ramp_frames > 1.0)
		cooked->ramp_step_q31 = (uint32_t)ceil(ldexp(1.0 / ramp_frames, 31));
	cooked->makeup_step_q26 = (int32_t)ceil(ldexp(MAKEUP_MAX_OCTAVES / slew_frames, 26));
	cooked->ease_q62 = pole_q62(EASE_TIME_MS, params->rate_hz);
	cooked->ease_frames = (uint32_t)(EASE_TIME_MS * params->rate_hz / 1000.0);
}

struct range {
	const char *pointer, *unit;
	double value, low, high;
};

static int refuse(struct mca_diag *diag, const struct range *range, const char *why)
{
	int code;

	if (isinf(range->high))
		code = mca_diag_set(diag, -EINVAL, "%s is %g%s: choose %g%s or more%s",
				    range->pointer + 1, range->value, range->unit, range->low,
				    range->unit, why);
	else
		code = mca_diag_set(diag, -EINVAL, "%s is %g%s: choose a value from %g to %g%s%s",
				    range->pointer + 1, range->value, range->unit, range->low,
				    range->high, range->unit, why);
	if (diag) {
		snprintf(diag->pointer, sizeof(diag->pointer), "%s", range->pointer);
		snprintf(diag->value, sizeof(diag->value), "%g", range->value);
	}
	return code;
}

static int check(const struct mca_chain_params *params, struct mca_diag *diag)
{
	const struct range ranges[] = {
		{ "/sample_rate", " Hz", params->rate_hz, 8000, 192000 },
		{ "/channels", "", params->lanes, 1, MCA_LANES_MAX },
		{ "/comp/ratio", "", params->comp.ratio, 1, INFINITY },
		{ "/comp/threshold_db", " dBFS", params->comp.threshold_dbfs, -60, 0 },
		{ "/comp/knee_db", " dB", params->comp.knee_db, 0, 24 },
		{ "/comp/attack_ms", " ms", params->comp.attack_ms, 0, 1000 },
		{ "/comp/release_ms", " ms", params->comp.release_ms, 0, 10000 },
		{ "/comp/makeup_db", " dB", params->comp.makeup_db, 0, 24 },
		{ "/limiter/ceiling_db", " dBFS", params->limiter.ceiling_dbfs, -60, 0 },
		{ "/limiter/release_ms", " ms", params->limiter.release_ms, 0, 10000 },
		{ "/limiter/lookahead_ms", " ms", params->limiter.lookahead_ms, 0,
		  MCA_LOOKAHEAD_MS_MAX },
		{ "/ptt_ramp_ms", " ms", params->ptt_ramp_ms, 0, 100 },
	};
	struct range release = { "/comp/release_ms", " ms", params->comp.release_ms,
				 params->comp.attack_ms, 10000 };

	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (!(ranges[i].value >= ranges[i].low && ranges[i].value <= ranges[i].high))
			return refuse(diag, &ranges[i], "");
	/* The attack pole lengthens the release: no release pole makes both faster than it. */
	if (release.value < release.low)
		return refuse(diag, &release, " (not less than comp/attack_ms)");
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
	cook_comp(cooked, params);
	cook_limiter(cooked, params);
	cook_transitions(cooked, params);
	return 0;
}
