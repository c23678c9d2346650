/* SPDX-License-Identifier: MIT */
#include "model.h"

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

double model_curve(const struct mca_chain_params *params, double level_db)
{
	double over = level_db - params->comp.threshold_dbfs;
	double width = params->comp.knee_db;
	double slope = 1.0 - 1.0 / params->comp.ratio;

	if (!params->comp.enabled || 2 * over <= -width)
		return 0.0;
	if (2 * over < width)
		return slope * (over + width / 2) * (over + width / 2) / (2 * width);
	return slope * over;
}

void model_init(struct model *model, const struct mca_chain_params *params, bool open)
{
	double pole = model_release_pole(params->comp.attack_ms, params->comp.release_ms);

	*model = (struct model) {
		.params = *params,
		.keep_attack = keep(params->comp.attack_ms, params->rate_hz),
		.keep_release = keep(pole, params->rate_hz),
		.keep_limiter = keep(params->limiter.release_ms, params->rate_hz),
		.keep_gate_attack = keep(params->gate.attack_ms /
					 fmax(log(fmax(params->gate.range_db, 1)), 1),
					 params->rate_hz),
		.keep_gate_release = keep(params->gate.release_ms, params->rate_hz),
		.gate_wanted_db = params->gate.enabled ? params->gate.range_db : 0,
		.gate_db = params->gate.enabled ? params->gate.range_db : 0,
		.ceiling = model_ceiling(params),
		.ramp_frames = floor(params->ptt_ramp_ms * params->rate_hz / 1000.0),
		.ramp = open ? 1.0 : 0.0,
		.ahead = (unsigned)floor(params->limiter.lookahead_ms * params->rate_hz / 1000.0 +
					 0.5),
	};
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
	model->gate_wanted_db = model->gate_open ? 0 : smooth(model->gate_wanted_db, gate->range_db,
							      model->keep_gate_release);
	model->gate_db = smooth(model->gate_db, model->gate_wanted_db, model->keep_gate_attack);
	return model->gate_db;
}

static double move_ramp(struct model *model, bool open)
{
	double step = model->ramp_frames > 1 ? 1.0 / model->ramp_frames : 1.0;

	model->ramp += open ? step : -step;
	model->ramp = fmin(fmax(model->ramp, 0.0), 1.0);
	return 0.5 - 0.5 * cos(PI * model->ramp);
}

void model_frame(struct model *model, const int16_t *in, double *out, bool open)
{
	const struct mca_chain_params *params = &model->params;
	double makeup = params->comp.enabled ? params->comp.makeup_db : 0.0;
	int peak = 0;
	double level_db, asked, over, gain, lift_db;

	for (unsigned lane = 0; lane < params->lanes; lane++)
		peak = abs(in[lane]) > peak ? abs(in[lane]) : peak;
	level_db = peak ? 20.0 * log10(peak / 32768.0) : -1000.0;
	level_db += params->input_gain_db;
	lift_db = params->input_gain_db - move_gate(model, level_db);
	level_db += lift_db - params->input_gain_db;

	asked = model_curve(params, level_db);
	model->detector_db = fmax(asked, smooth(model->detector_db, asked, model->keep_release));
	model->comp_db = smooth(model->comp_db, model->detector_db, model->keep_attack);

	over = 0.0;
	if (params->limiter.enabled)
		over = fmax(0.0, level_db - model->comp_db + makeup -
				 20.0 * log10(model->ceiling / 32768.0));
	model->limiter_db = fmax(over, smooth(model->limiter_db, over, model->keep_limiter));

	model->ring[model->now].limiter_db = model->limiter_db;
	model->ring[model->now].gain_db = lift_db + makeup - model->comp_db;
	for (unsigned lane = 0; lane < params->lanes; lane++)
		model->ring[model->now].in[lane] = in[lane];
	over = look_ahead(model);
	model->now = (model->now + 1) % (model->ahead + 1);

	gain = pow(10.0, (model->ring[model->now].gain_db - over) / 20.0);
	gain *= move_ramp(model, open);
	for (unsigned lane = 0; lane < params->lanes; lane++)
		out[lane] = fmin(fmax(model->ring[model->now].in[lane] * gain, -model->ceiling),
				 fmin(model->ceiling, 32767.0));
}
