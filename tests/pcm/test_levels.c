/* SPDX-License-Identifier: MIT */
/* What drivers tell of their positions, and what the level of two rings is made from. */
#include <errno.h>
#include <time.h>

#include "fake_alsa.h"
#include "pcm_private.h"
#include "../support/check.h"

enum { BLOCK = FAKE_BLOCK, RING = FAKE_RING };

static struct fake fakes[2];
static struct mca_pcm pcms[2];
static struct mca_duplex duplex;

static void begin_case(void)
{
	memset(&duplex, 0, sizeof(duplex));
	memset(pcms, 0, sizeof(pcms));
	memset(fakes, 0, sizeof(fakes));
	for (int direction = MCA_CAPTURE; direction <= MCA_PLAYBACK; direction++) {
		pcms[direction].handle = (snd_pcm_t *)&fakes[direction];
		pcms[direction].direction = direction;
		pcms[direction].info.lanes = 2;
		pcms[direction].info.buffer_frames = RING;
		duplex.pcm[direction] = &pcms[direction];
	}
}

/* The level of both rings comes from the delays, which are exact; what was read ahead counts. */
static void a_level_is_measured_by_delays(void)
{
	long captured, queued;

	begin_case();
	fakes[MCA_CAPTURE].delay = 70;
	fakes[MCA_PLAYBACK].delay = -3;
	pcms[MCA_CAPTURE].held = 5;
	CHECK_INT(mca_duplex_measure(&duplex, &captured, &queued), 0);
	CHECK_INT(captured, 75);
	CHECK_INT(queued, -3);
	fakes[MCA_PLAYBACK].delay_err = -EPIPE;
	CHECK_INT(mca_duplex_measure(&duplex, &captured, &queued), -EPIPE);
}

enum { PERIOD = 44100 }; /* a second: however busy the machine, ages stay within a period */

/* Capture is a batch device that stopped telling at a second's end, `ago` seconds ago by its stamp;
 * negative: a stamp that lies ahead; 0: none. */
static long measure_batch(double ago, long fill, long delay)
{
	struct fake *fake = &fakes[MCA_CAPTURE];
	struct timespec now;
	long captured, queued;
	int64_t ns;

	pcms[MCA_CAPTURE].batch = true;
	pcms[MCA_CAPTURE].info.rate_hz = PERIOD;
	pcms[MCA_CAPTURE].info.period_frames = PERIOD;
	clock_gettime(CLOCK_MONOTONIC, &now);
	ns = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec - (int64_t)(ago * 1e9);
	fake->stamp = (snd_htimestamp_t){ 0 };
	if (ago != 0) {
		fake->stamp.tv_sec = (time_t)(ns / 1000000000);
		fake->stamp.tv_nsec = (long)(ns % 1000000000);
	}
	fake->stamp_avail = (snd_pcm_uframes_t)fill;
	fake->delay = delay;
	CHECK_INT(mca_duplex_measure(&duplex, &captured, &queued), 0);
	return captured;
}

/* A position that is a period old at most, with the time at which it was true: the frames since
 * then are there too. The same position with a newer stamp is no newer position. */
static void a_batch_level_goes_on_with_its_stamp(void)
{
	long first, again;

	begin_case();
	first = measure_batch(0.5, BLOCK, BLOCK);
	CHECK(first >= BLOCK + PERIOD / 2 && first <= BLOCK + PERIOD + PERIOD / 2);
	again = measure_batch(0.001, BLOCK, BLOCK);
	CHECK(again >= first);
}

/* A driver that knows what is on the bus is asked for nothing else, from then on. */
static void a_driver_that_counts_the_bus_is_believed(void)
{
	begin_case();
	CHECK_INT(measure_batch(0.5, BLOCK, BLOCK + 7), BLOCK + 7);
	CHECK_INT(measure_batch(0.5, BLOCK, BLOCK), BLOCK);
}

/* Zero, the future, another clock: then half of what it can be at most. */
static void stamps_that_lie_are_not_believed(void)
{
	const double ago[] = { 0, -1, -86400, 100, 1e9 };

	for (size_t i = 0; i < sizeof(ago) / sizeof(ago[0]); i++) {
		begin_case();
		CHECK_INT(measure_batch(ago[i], BLOCK, BLOCK), BLOCK + PERIOD / 2);
	}
	begin_case();
	fakes[MCA_CAPTURE].stamp_err = -EIO;
	CHECK_INT(measure_batch(0.5, BLOCK, BLOCK), BLOCK);
}

int main(void)
{
	RUN(a_level_is_measured_by_delays);
	RUN(a_batch_level_goes_on_with_its_stamp);
	RUN(a_driver_that_counts_the_bus_is_believed);
	RUN(stamps_that_lie_are_not_believed);
	return DONE();
}
