/* SPDX-License-Identifier: MIT */
#include "../support/check.h"
#include "mca/clock.h"

static void it_never_goes_back(void)
{
	uint64_t last = mca_monotonic_ns();
	unsigned backwards = 0;

	for (unsigned i = 0; i < 10000; i++) {
		uint64_t now = mca_monotonic_ns();

		backwards += now < last;
		last = now;
	}
	CHECK_INT(backwards, 0);
}

static void it_moves(void)
{
	const uint64_t begin = mca_monotonic_ns();

	while (mca_monotonic_ns() == begin)
		;
	CHECK(mca_monotonic_ns() > begin);
}

static void milliseconds_are_of_the_same_clock(void)
{
	const uint64_t before = mca_monotonic_ns() / MCA_MS_NS, now = mca_monotonic_ms();

	CHECK(now >= before && now <= mca_monotonic_ns() / MCA_MS_NS);
}

int main(void)
{
	RUN(it_never_goes_back);
	RUN(it_moves);
	RUN(milliseconds_are_of_the_same_clock);
	return DONE();
}
