/* SPDX-License-Identifier: MIT */
/*
 * The fuzz target over bytes that are always the same: it goes on working, and what it looks for
 * stays absent without a fuzzer. For hunting, build fuzz_chain.c with -fsanitize=fuzzer.
 */
#include "../support/check.h"
#include "effort.h"
#include "fuzz_chain.h"
#include "signals.h"

static void bytes_of_all_kinds(void)
{
	static uint8_t bytes[3000];
	struct dice dice = { 5 };

	for (int i = 0; i < EFFORT(2000); i++) {
		unsigned size = dice_below(&dice, sizeof(bytes));
		unsigned mask = dice_below(&dice, 4) ? 255 : (1u << dice_below(&dice, 8)) - 1;

		for (unsigned k = 0; k < size; k++)
			bytes[k] = (uint8_t)(dice_roll(&dice) & mask);
		CHECK_INT(LLVMFuzzerTestOneInput(bytes, size), 0);
	}
}

int main(void)
{
	RUN(bytes_of_all_kinds);
	return DONE();
}
