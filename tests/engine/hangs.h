/* SPDX-License-Identifier: MIT */
#ifndef MCA_TEST_ENGINE_HANGS_H
#define MCA_TEST_ENGINE_HANGS_H

#include <string.h>

#include "bench.h"
#include "support/check.h"

/* Cards that hang for ever in a call, until a case lets them go (mca_simrack_unhang). */

/* The next call, */
static inline void hang(struct bench *bench, unsigned card, unsigned stream, enum mca_sim_call call)
{
	const struct mca_sim_fault fault = { .kind = MCA_SIM_FAULT_HANG, .stream = stream,
					     .call = call };

	CHECK_INT(mca_simrack_inject(bench->rack, card, &fault), 0);
}

/* or the first one. */
static inline void hangs_from_the_start(struct bench *bench, unsigned card, unsigned stream,
					enum mca_sim_call call)
{
	struct mca_sim_card_spec *spec = &bench->spec->card[card - 1];

	spec->fault[spec->fault_count++] = (struct mca_sim_fault){
		.kind = MCA_SIM_FAULT_HANG, .stream = stream, .call = call };
}

static inline bool does_not_answer(struct bench *bench, unsigned channel)
{
	return bench_is_fault(bench, channel) &&
	       strstr(bench_status(bench, channel)->reason, "did not answer") != NULL;
}

/* The sentence names the device and the call. */
static inline void check_reason(const char *reason, const char *device, enum mca_sim_call call)
{
	static const char *const word[] = { "opened", "configured", "closed" };

	CHECK(strstr(reason, device) != NULL);
	CHECK(strstr(reason, word[call]) != NULL);
	if (!strstr(reason, device) || !strstr(reason, word[call]))
		printf("# %s\n", reason);
}

static inline bool has_no_stuck_thread(struct bench *bench, unsigned unused)
{
	(void)bench, (void)unused;
	return bench_threads("mca-stuck") == 0;
}

#endif
