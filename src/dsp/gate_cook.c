/* SPDX-License-Identifier: MIT */
/* The noise gate's parameters in fixed point: thresholds as levels, hold as frames, two poles. */
#include <math.h>

#include "cook.h"
#include "mca/q.h"
#include "mca/units.h"
#include "stage.h"

/*
 * The time constant with which the attenuation falls from the range to 1 dB in attack_ms:
 * range e^(-attack / tau) = 1 dB. A range of e dB or less takes the attack itself.
 */
static double attack_pole_ms(double attack_ms, double range_db)
{
	return attack_ms / fmax(log(fmax(range_db, 1.0)), 1.0);
}

void mca_gate_cook(struct mca_gate_cooked *cooked, const struct mca_chain_params *params)
{
	const struct mca_gate_params *gate = &params->gate;

	cooked->enabled = gate->enabled;
	cooked->open_q26 = mca_cook_log2_q26(gate->threshold_dbfs);
	cooked->close_q26 = mca_cook_log2_q26(gate->threshold_dbfs - gate->hysteresis_db);
	cooked->hold_frames = mca_frames_from_ms(gate->hold_ms, params->rate_hz);
	cooked->attack_q62 = mca_cook_pole_q62(attack_pole_ms(gate->attack_ms, gate->range_db),
					       params->rate_hz);
	cooked->release_q62 = mca_cook_pole_q62(gate->release_ms, params->rate_hz);
	if (gate->enabled)
		cooked->range_q58 = mca_q58_from_q26(mca_cook_log2_q26(gate->range_db));
}
