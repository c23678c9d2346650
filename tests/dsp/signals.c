/* SPDX-License-Identifier: MIT */
#include "signals.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define PI 3.14159265358979323846

/* splitmix64 (Steele, Lea, Flood 2014). */
uint64_t dice_roll(struct dice *dice)
{
	uint64_t z = dice->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

unsigned dice_below(struct dice *dice, unsigned sides)
{
	return (unsigned)((dice_roll(dice) >> 32) % sides);
}

double dice_between(struct dice *dice, double low, double high)
{
	return low + (high - low) * ldexp((double)(dice_roll(dice) >> 11), -53);
}

static int16_t noise(struct dice *dice)
{
	return (int16_t)((int)(dice_roll(dice) >> 48) - 32768);
}

struct burst {
	unsigned left;
	unsigned kind;       /* 0 pause, 1 noise, 2 tone */
	int32_t level;       /* Q15 */
	uint32_t phase, step;
};

/* Integers only, so that golden checksums do not hang on anybody's libm: the tone is a triangle. */
static int16_t babble(struct burst *burst, struct dice *dice)
{
	int32_t value = 0;

	if (burst->left-- == 0) {
		burst->left = 50 + dice_below(dice, 6000);
		burst->kind = dice_below(dice, 4);
		burst->level = 1 << (4 + dice_below(dice, 12));
		burst->step = (1u << 22) + (dice_below(dice, 1u << 20) << 6);
	}
	burst->phase += burst->step;
	if (burst->kind == 1)
		value = noise(dice);
	else if (burst->kind > 1)
		value = (int32_t)((burst->phase >> 31 ? ~burst->phase : burst->phase) >> 15) -
			32768;
	return (int16_t)((value * burst->level) / 32768);
}

static int16_t extreme(unsigned i, struct dice *dice)
{
	static const int16_t values[] = { -32768, -32768, -32768, 32767, 0, 1, -1, -32768 };

	return values[(i / 37 + (i % 37 == 0 ? dice_below(dice, 8) : 0)) % 8];
}

static int16_t one_sample(enum signal_kind kind, unsigned i, unsigned rate_hz, struct burst *burst,
			  struct dice *dice)
{
	double turns = 997.0 * i / rate_hz;

	switch (kind) {
	case SIGNAL_DITHER:
		return (int16_t)((int)dice_below(dice, 3) - 1);
	case SIGNAL_NOISE:
		return noise(dice);
	case SIGNAL_BABBLE:
		return babble(burst, dice);
	case SIGNAL_SQUARE:
		return turns - floor(turns) < 0.5 ? 32767 : -32768;
	case SIGNAL_LOWEST:
		return extreme(i, dice);
	case SIGNAL_IMPULSES:
		return dice_below(dice, 400) ? 0 : noise(dice) | (int16_t)0x4000;
	case SIGNAL_ONSETS:
		return i / 2500 % 3 ? (int16_t)lrint(32767.0 * sin(2 * PI * turns)) : 0;
	default:
		return 0;
	}
}

void signal_fill(int16_t *samples, unsigned frames, unsigned lanes, unsigned rate_hz,
		 enum signal_kind kind, uint64_t seed)
{
	struct dice dice = { seed * 1000003 + kind };
	struct burst burst[MCA_LANES_MAX] = { { 0 } };

	for (unsigned i = 0; i < frames; i++)
		for (unsigned lane = 0; lane < lanes; lane++)
			samples[i * lanes + lane] =
				one_sample(kind, i, rate_hz, &burst[lane], &dice);
}

void signal_sine(int16_t *samples, unsigned frames, unsigned lanes, unsigned rate_hz,
		 double frequency_hz, double amplitude, uint64_t from)
{
	for (unsigned i = 0; i < frames; i++) {
		double turns = fmod((double)(from + i) * frequency_hz / rate_hz, 1.0);
		double value = rint(32768.0 * amplitude * sin(2 * PI * turns));

		for (unsigned lane = 0; lane < lanes; lane++)
			samples[i * lanes + lane] = (int16_t)fmin(value, 32767.0);
	}
}

struct mca_chain_params params_default(void)
{
	return (struct mca_chain_params) {
		.rate_hz = 44100,
		.lanes = 2,
		.comp = { .enabled = true, .ratio = 2, .threshold_dbfs = -20, .attack_ms = 10,
			  .release_ms = 100 },
		.limiter = { .enabled = true, .ceiling_dbfs = -3, .release_ms = 8 },
		.ptt_ramp_ms = 5,
		.gate = { .threshold_dbfs = -50, .hysteresis_db = 6, .range_db = 60, .attack_ms = 2,
			  .hold_ms = 200, .release_ms = 100 },
	};
}

/* Half of the time one of the ends, otherwise evenly in between. */
static double somewhere(struct dice *dice, double low, double high)
{
	switch (dice_below(dice, 4)) {
	case 0:
		return low;
	case 1:
		return high;
	default:
		return dice_between(dice, low, high);
	}
}

struct mca_chain_params params_random(struct dice *dice)
{
	static const unsigned rates[] = { 8000, 11025, 44100, 48000, 96000, 192000 };
	struct mca_chain_params params = {
		.rate_hz = rates[dice_below(dice, 6)],
		.lanes = 1 + dice_below(dice, 2),
		.comp = {
			.enabled = dice_below(dice, 8) > 0,
			.ratio = dice_below(dice, 4) ? exp(dice_between(dice, 0, 5)) : INFINITY,
			.threshold_dbfs = somewhere(dice, -60, 0),
			.knee_db = dice_below(dice, 2) ? somewhere(dice, 0, 24) : 0,
			.attack_ms = somewhere(dice, 0, dice_below(dice, 4) ? 30 : 1000),
			.makeup_db = dice_below(dice, 2) ? somewhere(dice, 0, 24) : 0,
		},
		.limiter = {
			.enabled = dice_below(dice, 8) > 0,
			.ceiling_dbfs = somewhere(dice, dice_below(dice, 4) ? -12 : -60, 0),
			.release_ms = somewhere(dice, 0, dice_below(dice, 4) ? 100 : 10000),
		},
		.ptt_ramp_ms = somewhere(dice, 0, dice_below(dice, 2) ? 10 : 100),
	};

	if (dice_below(dice, 3) == 0)
		params.limiter.lookahead_ms = somewhere(dice, 0, dice_below(dice, 8) ? 2 : 10);
	params.true_peak = dice_below(dice, 4) == 0;
	if (dice_below(dice, 3) == 0)
		params.input_gain_db = somewhere(dice, -24, 24);
	if (dice_below(dice, 3) == 0)
		params.highpass_hz = somewhere(dice, 20, 500);
	params.gate = (struct mca_gate_params){
		.enabled = dice_below(dice, 3) == 0,
		.threshold_dbfs = somewhere(dice, -80, dice_below(dice, 4) ? -20 : 0),
		.hysteresis_db = somewhere(dice, 0, 24),
		.range_db = somewhere(dice, 0, 90),
		.attack_ms = somewhere(dice, 0, dice_below(dice, 2) ? 5 : 100),
		.hold_ms = somewhere(dice, 10, dice_below(dice, 2) ? 50 : 5000),
		.release_ms = somewhere(dice, 0, dice_below(dice, 4) ? 100 : 10000),
	};
	params.comp.release_ms = dice_below(dice, 4) ? params.comp.attack_ms + 200 : 10000;
	params.comp.release_ms = somewhere(dice, params.comp.attack_ms, params.comp.release_ms);
	return params;
}

void chain_start(struct mca_chain *chain, const struct mca_chain_params *params)
{
	struct mca_chain_cooked cooked;

	assert(mca_chain_cook(&cooked, params, NULL) == 0);
	mca_chain_init(chain, &cooked, true);
}
