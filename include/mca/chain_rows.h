/* SPDX-License-Identifier: MIT */
#ifndef MCA_CHAIN_ROWS_H
#define MCA_CHAIN_ROWS_H

/*
 * What can be set of the sound: one row a parameter, in the order of the chain. Every range,
 * default, unit and sentence is written here and nowhere else. The rows make the checks of
 * mca_chain_cook(), the keys of the configuration, its reference and its schema.
 *
 *     ROW(object, type, top, key, member, low, high, unit, preset, doc)
 *
 * object  the JSON object that has the key: DSP, GATE, COMP or LIMITER
 * type    BOOL or REAL
 * top     CLOSED: `low` to `high`. INFINITE: `high` stands for infinity. ZERO: or 0, which is off
 * key     as in the configuration
 * member  of struct mca_chain_params
 * unit    NULL = none
 */
#define MCA_CHAIN_ROWS(ROW) \
	ROW(DSP, REAL, CLOSED, "input_gain_db", input_gain_db, -24, 24, "dB", 0, \
	    "Gain in front of every other stage and of every threshold.") \
	ROW(DSP, REAL, CLOSED, "ptt_ramp_ms", ptt_ramp_ms, 0, 100, "ms", 5, \
	    "Length of the push-to-talk fades.") \
	ROW(DSP, BOOL, CLOSED, "true_peak", true_peak, 0, 1, NULL, 0, \
	    "Measure the true peak (ITU-R BS.1770-4) of the output; `/vu` shows it.") \
	ROW(DSP, REAL, ZERO, "highpass_hz", highpass_hz, 20, 500, "Hz", 0, \
	    "High-pass of second order against rumble and pops; 0 is off, 80 to 120 for voices.") \
	ROW(GATE, BOOL, CLOSED, "enabled", gate.enabled, 0, 1, NULL, 0, "Off: no noise gate.") \
	ROW(GATE, REAL, CLOSED, "threshold_db", gate.threshold_dbfs, -80, 0, "dBFS", -50, \
	    "Sample peak above which the noise gate opens.") \
	ROW(GATE, REAL, CLOSED, "hysteresis_db", gate.hysteresis_db, 0, 24, "dB", 6, \
	    "An open noise gate stays open until the level is so far below the threshold.") \
	ROW(GATE, REAL, CLOSED, "range_db", gate.range_db, 0, 90, "dB", 60, \
	    "Attenuation when closed.") \
	ROW(GATE, REAL, CLOSED, "attack_ms", gate.attack_ms, 0, 100, "ms", 2, \
	    "Time from closed to 1 dB below open.") \
	ROW(GATE, REAL, CLOSED, "hold_ms", gate.hold_ms, 0, 5000, "ms", 200, \
	    "Time that it stays open after the level has fallen; below 20 ms a low voice closes " \
	    "it between two crests.") \
	ROW(GATE, REAL, CLOSED, "release_ms", gate.release_ms, 0, 10000, "ms", 100, \
	    "Then the time to 63.2 % of the range, in dB.") \
	ROW(COMP, BOOL, CLOSED, "enabled", comp.enabled, 0, 1, NULL, 1, "Off: no compression.") \
	ROW(COMP, REAL, INFINITE, "ratio", comp.ratio, 1, 1000000, NULL, 2, \
	    "Input dB over output dB above the threshold; 1000000 stands for infinity.") \
	ROW(COMP, REAL, CLOSED, "threshold_db", comp.threshold_dbfs, -60, 0, "dBFS", -20, \
	    "Sample peak above which it compresses.") \
	ROW(COMP, REAL, CLOSED, "knee_db", comp.knee_db, 0, 24, "dB", 0, \
	    "Width of the soft knee around the threshold.") \
	ROW(COMP, REAL, CLOSED, "attack_ms", comp.attack_ms, 0, 1000, "ms", 10, \
	    "Time to 63.2 % of a step in dB.") \
	ROW(COMP, REAL, CLOSED, "release_ms", comp.release_ms, 0, 10000, "ms", 100, \
	    "Time until 1/e of the gain reduction is left; not below attack_ms.") \
	ROW(COMP, REAL, CLOSED, "makeup_db", comp.makeup_db, 0, 24, "dB", 0, \
	    "Gain after the compressor, before the limiter.") \
	ROW(LIMITER, BOOL, CLOSED, "enabled", limiter.enabled, 0, 1, NULL, 1, \
	    "Off: only the clamp to full scale remains.") \
	ROW(LIMITER, REAL, CLOSED, "ceiling_db", limiter.ceiling_dbfs, -60, 0, "dBFS", -3, \
	    "No output sample exceeds it.") \
	ROW(LIMITER, REAL, CLOSED, "release_ms", limiter.release_ms, 0, 10000, "ms", 8, \
	    "Time until 1/e of the gain reduction is left.") \
	ROW(LIMITER, REAL, CLOSED, "lookahead_ms", limiter.lookahead_ms, 0, MCA_LOOKAHEAD_MS_MAX, \
	    "ms", 0, \
	    "The limiter sees peaks so much earlier and reaches its depth on a slope instead of " \
	    "in a step; adds as much latency. A change restarts the channel's stream.")

#endif
