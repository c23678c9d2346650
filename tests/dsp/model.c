/* SPDX-License-Identifier: MIT */
#include "model.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>

#define PI 3.14159265358979323846

static double keep(double time_ms, unsigned rate_hz)
{
	return time_ms > 0 ? exp(-1.0 / (rate_hz * time_ms / 1000.0)) : 0.0;
}

/* Step-down response of attack pole behind release pole, by integrating the product of both. */
static double tail(double pole, double attack, double t)
{
	double fast = exp(-t / attack);

	if (fabs(pole / attack - 1.0) < 1e-7)
		return fast * (1.0 + t / attack);
	return fast + (exp(-t / pole) - fast) * pole / (pole - attack);
}

/* False position on the logarithm of what is left: nearly a straight line, so a few steps do. */
double model_release_pole(double attack_ms, double release_ms)
{
	double low = 1e-6 * release_ms, high = release_ms;

	if (attack_ms == 0 || release_ms <= attack_ms * (1 + 1e-9))
		return attack_ms == 0 ? release_ms : 0.0;
	for (int i = 0; i < 2000 && high - low > 1e-13 * release_ms; i++) {
		double at_low = log(tail(low, attack_ms, release_ms)) + 1.0;
		double at_high = log(tail(high, attack_ms, release_ms)) + 1.0;
		/* Nothing is left of far too low a pole, and nothing has no logarithm. */
		double guess = i % 2 || isinf(at_low)
			? (low + high) / 2
			: low - at_low * (high - low) / (at_high - at_low);

		if (log(tail(guess, attack_ms, release_ms)) + 1.0 < 0)
			low = guess;
		else
			high = guess;
	}
	return (low + high) / 2;
}

double model_ceiling(const struct mca_chain_params *params)
{
	if (!params->limiter.enabled)
		return 32768.0;
	return floor(32768.0 * exp(params->limiter.ceiling_dbfs * log(10.0) / 20.0));
}

static struct model_curve curve_of(const struct mca_chain_params *params)
{
	return (struct model_curve) {
		.threshold_db = params->comp.threshold_dbfs, .knee_db = params->comp.knee_db,
		.slope = params->comp.enabled ? 1.0 - 1.0 / params->comp.ratio : 0.0,
	};
}

static double bend(const struct model_curve *curve, double level_db)
{
	double over = level_db - curve->threshold_db, width = curve->knee_db;

	if (2 * over <= -width)
		return 0.0;
	if (2 * over < width)
		return curve->slope * (over + width / 2) * (over + width / 2) / (2 * width);
	return curve->slope * over;
}

double model_curve(const struct mca_chain_params *params, double level_db)
{
	struct model_curve curve = curve_of(params);

	return bend(&curve, level_db);
}

static double makeup_of(const struct mca_chain_params *params)
{
	return params->comp.enabled ? params->comp.makeup_db : 0.0;
}

/* In dB. A limiter that is off has one that nothing reaches. */
static double ceiling_of(const struct mca_chain_params *params)
{
	return params->limiter.enabled ? 20 * log10(model_ceiling(params) / 32768.0)
				       : 9 * 20 * log10(2.0);
}

/* Butterworth's second order from its two poles in the s plane, warped: no formula of the chain. */
static void cook_highpass(struct model *model)
{
	double warped = 2 * tan(PI * model->params.highpass_hz / model->params.rate_hz);
	double real = warped * cos(3 * PI / 4), imaginary = warped * sin(3 * PI / 4);
	double far = (2 - real) * (2 - real) + imaginary * imaginary;

	/* z = (2 + s) / (2 - s) of the pole and its conjugate; unity at the Nyquist frequency. */
	model->a2 = ((2 + real) * (2 + real) + imaginary * imaginary) / far;
	model->a1 = -2 * (4 - real * real - imaginary * imaginary) / far;
	model->b0 = (1 - model->a1 + model->a2) / 4;
}

static void cook(struct model *model, const struct mca_chain_params *params)
{
	double pole = model_release_pole(params->comp.attack_ms, params->comp.release_ms);

	model->params = *params;
	model->keep_attack = keep(params->comp.attack_ms, params->rate_hz);
	model->keep_release = keep(pole, params->rate_hz);
	model->keep_limiter = keep(params->limiter.release_ms, params->rate_hz);
	model->keep_gate_attack = keep(params->gate.attack_ms /
				       fmax(log(fmax(params->gate.range_db, 1)), 1),
				       params->rate_hz);
	model->keep_gate_release = keep(params->gate.release_ms, params->rate_hz);
	model->ceiling.ordered_db = ceiling_of(params);
	cook_highpass(model);
}

void model_init(struct model *model, const struct mca_chain_params *params, bool open)
{
	*model = (struct model) {
		.fresh_frames = UINT_MAX,
		.curve = curve_of(params), .curve_from = curve_of(params),
		.makeup_db = makeup_of(params),
		.gate_wanted_db = params->gate.enabled ? params->gate.range_db : 0,
		.gate_db = params->gate.enabled ? params->gate.range_db : 0,
		.ceiling = { .now_db = ceiling_of(params), .held_db = -1000,
			     .part_frames = params->rate_hz / 100 },
		.ramp_frames = floor(params->ptt_ramp_ms * params->rate_hz / 1000.0),
		.ramp = open ? 1.0 : 0.0,
		.ahead = (unsigned)floor(params->limiter.lookahead_ms * params->rate_hz / 1000.0 +
					 0.5),
	};
	cook(model, params);
	for (unsigned i = 0; i <= model->ahead; i++)
		model->ring[i].ceiling_db = model->ceiling.now_db;
}

void model_set(struct model *model, const struct mca_chain_params *params)
{
	struct model_ceiling *ceiling = &model->ceiling;

	cook(model, params);
	model->fresh_frames = 0;
	model->curve_from = model->curve;
	if (ceiling->hold_left || ceiling->glide_left || ceiling->now_db == ceiling->ordered_db)
		return;
	ceiling->hold_left = ceiling->part_frames;
	ceiling->held_db = -1000;
}

/* A part of the change is over, with the ceiling at now_db: what comes next? */
static void turn_ceiling(struct model_ceiling *ceiling)
{
	bool down = ceiling->ordered_db < ceiling->now_db;
	double low = fmin(ceiling->ordered_db, ceiling->now_db);
	double high = fmax(ceiling->ordered_db, ceiling->now_db);
	double turn = fmin(fmax(ceiling->held_db, low), high);

	ceiling->from_db = down ? turn : ceiling->now_db;
	ceiling->to_db = down ? ceiling->ordered_db : turn;
	ceiling->for_db = ceiling->now_db = ceiling->ordered_db;
	if (ceiling->from_db == ceiling->to_db)
		return;
	ceiling->now_db = ceiling->from_db;
	ceiling->glide_left = ceiling->part_frames;
}

/* How far the level is above the ceiling in force, dB. */
static double move_ceiling(struct model_ceiling *ceiling, double level_db)
{
	double s = 1 - (ceiling->glide_left - 1.0) / ceiling->part_frames, over_db;

	if (ceiling->glide_left)
		ceiling->now_db = ceiling->from_db + (3 - 2 * s) * s * s *
						     (ceiling->to_db - ceiling->from_db);
	ceiling->frame_db = ceiling->now_db;
	if (!ceiling->hold_left && !ceiling->glide_left)
		return level_db - ceiling->now_db;
	ceiling->held_db = fmax(ceiling->held_db, level_db);
	over_db = ceiling->held_db - ceiling->now_db;
	if (ceiling->hold_left && --ceiling->hold_left == 0) {
		turn_ceiling(ceiling);
	} else if (ceiling->glide_left && --ceiling->glide_left == 0) {
		ceiling->now_db = ceiling->for_db;
		turn_ceiling(ceiling);
	}
	return over_db;
}

/* Times 5 ms since the last change. */
static unsigned stage_of(const struct model *model)
{
	return model->fresh_frames / (model->params.rate_hz / 200);
}

/* The curve glides to the new one in 24 steps of 5 ms. */
static void move_curve(struct model *model)
{
	struct model_curve to = curve_of(&model->params), *from = &model->curve_from;
	double part = fmin((stage_of(model) + 1.0) / 24, 1);

	model->curve.threshold_db = from->threshold_db + part * (to.threshold_db -
								 from->threshold_db);
	model->curve.knee_db = from->knee_db + part * (to.knee_db - from->knee_db);
	model->curve.slope = from->slope + part * (to.slope - from->slope);
}

/* While a change is fresh no smoother is faster than 5 ms: for 24 times 5 ms, then twice as fast
 * after each further 5 ms. */
static double eased(const struct model *model, double kept)
{
	unsigned rate_hz = model->params.rate_hz, doublings = stage_of(model);

	if (doublings >= 36)
		return kept;
	doublings = doublings < 24 ? 0 : doublings - 23;
	return fmax(kept, 1 - ldexp(1 - keep(5, rate_hz), (int)doublings));
}

/* 24 dB in 100 ms, the step of a frame rounded up to 2^-26 octaves. */
static double slew_makeup(struct model *model)
{
	double octaves = ldexp(ceil(ldexp(4 / (0.1 * model->params.rate_hz), 26)), -26);
	double step = 20 * log10(2.0) * octaves;
	double away = makeup_of(&model->params) - model->makeup_db;

	model->makeup_db += fmin(fmax(away, -step), step);
	return model->makeup_db;
}

double model_bound(const struct model *model)
{
	double ceiling = 32768 * pow(10, model->ring[model->now].ceiling_db / 20);

	/* An integer stays itself, whatever became of its logarithm. */
	return fmin(ceil(ceiling - 1e-6), 32768);
}

/* By the definition: the largest of the last D + 1 reductions, and the mean of as many of those. */
static double look_ahead(struct model *model)
{
	unsigned window = model->ahead + 1;
	double most = 0.0, sum = 0.0;

	for (unsigned i = 0; i < window; i++)
		most = fmax(most, model->ring[i].limiter_db);
	model->ring[model->now].held_db = most;
	for (unsigned i = 0; i < window; i++)
		sum += model->ring[i].held_db;
	return sum / window;
}

static double smooth(double state, double target, double kept)
{
	return kept * state + (1.0 - kept) * target;
}

static double highpass(struct model *model, double x, unsigned lane)
{
	double y;

	if (model->params.highpass_hz == 0)
		return x;
	y = model->b0 * (x - 2 * model->x1[lane] + model->x2[lane]) -
	    model->a1 * model->y1[lane] - model->a2 * model->y2[lane];
	model->x2[lane] = model->x1[lane];
	model->x1[lane] = x;
	model->y2[lane] = model->y1[lane];
	model->y1[lane] = y;
	return y;
}

/* The attenuation of the noise gate at this frame. */
static double move_gate(struct model *model, double level_db)
{
	const struct mca_gate_params *gate = &model->params.gate;
	double close_db = gate->threshold_dbfs - gate->hysteresis_db;

	if (!gate->enabled)
		return 0;
	if (level_db >= gate->threshold_dbfs || (model->gate_open && level_db >= close_db)) {
		model->gate_open = true;
		model->gate_hold = (unsigned)floor(gate->hold_ms * model->params.rate_hz / 1000 +
						   0.5);
	} else if (model->gate_hold > 0) {
		model->gate_hold--;
	} else {
		model->gate_open = false;
	}
	model->gate_wanted_db = model->gate_open ? 0 :
				smooth(model->gate_wanted_db, gate->range_db,
				       eased(model, model->keep_gate_release));
	model->gate_db = smooth(model->gate_db, model->gate_wanted_db,
				eased(model, model->keep_gate_attack));
	return model->gate_db;
}

static double move_ramp(struct model *model, bool open)
{
	double step = model->ramp_frames > 1 ? 1.0 / model->ramp_frames : 1.0;

	model->ramp += open ? step : -step;
	model->ramp = fmin(fmax(model->ramp, 0.0), 1.0);
	return 0.5 - 0.5 * cos(PI * model->ramp);
}

void model_frame(struct model *model, const int16_t *samples, double *out, bool open)
{
	const struct mca_chain_params *params = &model->params;
	double makeup = slew_makeup(model);
	double in[MCA_LANES_MAX] = { 0 };
	double peak = 0;
	double level_db, asked, over, gain, bound, lift_db;

	for (unsigned lane = 0; lane < params->lanes; lane++) {
		in[lane] = highpass(model, samples[lane], lane);
		peak = fmax(peak, fabs(in[lane]));
	}
	level_db = peak > 1e-9 ? 20.0 * log10(peak / 32768.0) : -1000.0;
	level_db += params->input_gain_db;
	lift_db = params->input_gain_db - move_gate(model, level_db);
	level_db += lift_db - params->input_gain_db;

	move_curve(model);
	asked = bend(&model->curve, level_db);
	model->detector_db = fmax(asked, smooth(model->detector_db, asked,
						eased(model, model->keep_release)));
	model->comp_db = smooth(model->comp_db, model->detector_db,
				eased(model, model->keep_attack));

	over = fmax(0.0, move_ceiling(&model->ceiling, level_db - model->comp_db + makeup));
	model->limiter_db = fmax(over, smooth(model->limiter_db, over,
					      eased(model, model->keep_limiter)));
	if (model->fresh_frames < UINT_MAX)
		model->fresh_frames++;

	model->ring[model->now].ceiling_db = model->ceiling.frame_db;
	model->ring[model->now].limiter_db = model->limiter_db;
	model->ring[model->now].gain_db = lift_db + makeup - model->comp_db;
	for (unsigned lane = 0; lane < params->lanes; lane++)
		model->ring[model->now].in[lane] = in[lane];
	over = look_ahead(model);
	model->now = (model->now + 1) % (model->ahead + 1);

	gain = pow(10.0, (model->ring[model->now].gain_db - over) / 20.0);
	gain *= move_ramp(model, open);
	bound = model_bound(model);
	for (unsigned lane = 0; lane < params->lanes; lane++)
		out[lane] = fmin(fmax(model->ring[model->now].in[lane] * gain, -bound),
				 fmin(bound, 32767.0));
}
