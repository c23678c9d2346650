/* SPDX-License-Identifier: MIT */
/* Parameters: what is accepted, what is refused with which sentence, the solved release pole. */
#include <errno.h>
#include <math.h>

#include "../support/check.h"
#include "mca/diag.h"
#include "mca/mailbox.h"
#include "model.h"
#include "signals.h"

static void cooked_parameters_fit_a_mailbox(void)
{
	CHECK(sizeof(struct mca_chain_cooked) <= MCA_MAILBOX_BYTES);
	CHECK_INT(sizeof(struct mca_meter_reading) % 8, 0);
}

static void the_release_pole_is_solved(void)
{
	struct mca_chain_params params = params_default();
	struct mca_chain_cooked cooked;

	CHECK_NEAR(model_release_pole(10, 100), 89.3965, 0.00005);
	for (double attack = 0; attack <= 100; attack += 0.97) {
		double pole = model_release_pole(attack, 100);
		double wanted = pole > 0 ? 1 - exp(-1e3 / (44100 * pole)) : 1;

		params.comp.attack_ms = attack;
		CHECK_INT(mca_chain_cook(&cooked, &params, NULL), 0);
		CHECK_NEAR(ldexp((double)cooked.comp.release_q62, -62) / wanted, 1, 1e-9);
	}
	params.comp.attack_ms = params.comp.release_ms;
	CHECK_INT(mca_chain_cook(&cooked, &params, NULL), 0);
	CHECK_INT(cooked.comp.release_q62, INT64_C(1) << 62);
}

static void levels_are_octaves(void)
{
	struct mca_chain_params params = params_default();
	struct mca_chain_cooked cooked;

	params.comp.ratio = INFINITY;
	CHECK_INT(mca_chain_cook(&cooked, &params, NULL), 0);
	CHECK_INT(cooked.limiter.ceiling, 23197);
	CHECK_INT(cooked.comp.slope_q31, UINT32_C(1) << 31);
	CHECK_NEAR(ldexp(cooked.comp.threshold_q26, -26), -20 / (20 * log10(2)), 1e-7);
	params.limiter.ceiling_dbfs = -60;
	CHECK_INT(mca_chain_cook(&cooked, &params, NULL), 0);
	CHECK_INT(cooked.limiter.ceiling, 32);
	params.limiter.ceiling_dbfs = 0;
	CHECK_INT(mca_chain_cook(&cooked, &params, NULL), 0);
	CHECK_INT(cooked.limiter.ceiling, 32768);
}

static void check_refused(const struct mca_chain_params *params, const char *pointer,
			  const char *value, const char *text)
{
	struct mca_chain_cooked cooked;
	struct mca_diag diag;

	memset(&cooked, 0x55, sizeof(cooked));
	CHECK_INT(mca_chain_cook(&cooked, params, &diag), -EINVAL);
	CHECK_INT(mca_chain_cook(&cooked, params, NULL), -EINVAL);
	CHECK_INT(cooked.lanes, 0x55555555);
	CHECK_INT(diag.code, -EINVAL);
	CHECK_STR(diag.pointer, pointer);
	CHECK_STR(diag.value, value);
	CHECK_STR(diag.text, text);
}

static void look_ahead_is_whole_frames(void)
{
	struct mca_chain_params params = params_default();
	struct mca_chain_cooked cooked;

	CHECK_INT(mca_chain_cook(&cooked, &params, NULL), 0);
	CHECK_INT(cooked.limiter.lookahead_frames, 0);
	params.limiter.lookahead_ms = 5;
	CHECK_INT(mca_chain_cook(&cooked, &params, NULL), 0);
	CHECK_INT(cooked.limiter.lookahead_frames, 221);        /* 220.5 */
	params.limiter.lookahead_ms = 10;
	params.rate_hz = 192000;
	CHECK_INT(mca_chain_cook(&cooked, &params, NULL), 0);
	CHECK_INT(cooked.limiter.lookahead_frames, MCA_LOOKAHEAD_FRAMES_MAX);
	params.limiter.lookahead_ms = 10.001;
	check_refused(&params, "/limiter/lookahead_ms", "10.001", "limiter/lookahead_ms is 10.001 "
		      "ms: choose a value from 0 to 10 ms");
}

static void what_is_off_does_nothing(void)
{
	struct mca_chain_params params = params_default();
	struct mca_chain_cooked cooked;

	params.comp.enabled = false;
	params.comp.makeup_db = 10;
	params.limiter.enabled = false;
	CHECK_INT(mca_chain_cook(&cooked, &params, NULL), 0);
	CHECK_INT(cooked.comp.slope_q31, 0);
	CHECK_INT(cooked.comp.makeup_q26, 0);
	CHECK_INT(cooked.limiter.ceiling, 32768);
}

static void faults_are_refused_with_a_sentence(void)
{
	struct mca_chain_params params = params_default();

	params.comp.release_ms = 5;
	check_refused(&params, "/comp/release_ms", "5", "comp/release_ms is 5 ms: choose a value "
		      "from 10 to 10000 ms (not less than comp/attack_ms)");
	params = params_default();
	params.comp.ratio = 0.5;
	check_refused(&params, "/comp/ratio", "0.5", "comp/ratio is 0.5: choose 1 or more");
	params = params_default();
	params.limiter.ceiling_dbfs = 1;
	check_refused(&params, "/limiter/ceiling_db", "1",
		      "limiter/ceiling_db is 1 dBFS: choose a value from -60 to 0 dBFS");
}

static void every_range_is_checked(void)
{
	struct mca_chain_params good = params_default(), bad;
	double *fields[] = { &bad.comp.ratio, &bad.comp.threshold_dbfs, &bad.comp.knee_db,
			     &bad.comp.attack_ms, &bad.comp.release_ms, &bad.comp.makeup_db,
			     &bad.limiter.ceiling_dbfs, &bad.limiter.release_ms,
			     &bad.limiter.lookahead_ms, &bad.ptt_ramp_ms };
	static const double values[] = { NAN, -INFINITY, -61, 10001 };
	struct mca_chain_cooked cooked;

	for (unsigned i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		for (unsigned v = 0; v < 4; v++) {
			bad = good;
			*fields[i] = values[v];
			if (fields[i] == &bad.comp.ratio && v == 3)
				continue;
			CHECK_INT(mca_chain_cook(&cooked, &bad, NULL), -EINVAL);
		}
	bad = good;
	bad.lanes = 3;
	CHECK_INT(mca_chain_cook(&cooked, &bad, NULL), -EINVAL);
	bad.lanes = 0;
	CHECK_INT(mca_chain_cook(&cooked, &bad, NULL), -EINVAL);
	bad = good;
	bad.rate_hz = 7999;
	CHECK_INT(mca_chain_cook(&cooked, &bad, NULL), -EINVAL);
	bad.rate_hz = 192001;
	CHECK_INT(mca_chain_cook(&cooked, &bad, NULL), -EINVAL);
}

int main(void)
{
	RUN(cooked_parameters_fit_a_mailbox);
	RUN(the_release_pole_is_solved);
	RUN(levels_are_octaves);
	RUN(look_ahead_is_whole_frames);
	RUN(what_is_off_does_nothing);
	RUN(faults_are_refused_with_a_sentence);
	RUN(every_range_is_checked);
	return DONE();
}
