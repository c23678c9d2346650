/* SPDX-License-Identifier: MIT */
/*
 * Hours of stream time between two crystals on a free-running clock: not one xrun, the level within
 * a millisecond of what it should be, the difference known to a millionth. MCA_HOURS_SHORTENED
 * (sanitizer builds) divides the time.
 *
 *     test-rt-drift PPM SECONDS [CAPTURE_HZ PLAYBACK_HZ]
 */
#include <math.h>

#include "stream.h"

#ifndef MCA_HOURS_SHORTENED
#define MCA_HOURS_SHORTENED 1
#endif

static double asked_ppm;
static unsigned asked_seconds, capture_hz = 44100, playback_hz = 44100;

static void run_for(unsigned seconds, struct mca_rt_report *report)
{
	struct stream stream;

	memset(report, 0, sizeof(*report));
	stream_init(&stream, 512);
	stream.pair.playback_card = 2;
	pair_card(&stream.pair, 1)->source.kind = MCA_SIM_SILENCE;
	pair_card(&stream.pair, 2)->drift_ppm = asked_ppm;
	pair_card(&stream.pair, 1)->only_rate_hz = capture_hz;
	pair_card(&stream.pair, 2)->only_rate_hz = playback_hz;
	stream.pair.shape.lanes = 1;
	stream.params.comp.enabled = stream.params.limiter.enabled = false;
	stream.channel.limit_frames = (uint64_t)seconds * playback_hz;
	if (!stream_open(&stream))
		return;
	mca_rt_channel_run(&stream.channel);
	stream_report(&stream, report);
	CHECK_INT(stream_phase(&stream), MCA_RT_ENDED);
	CHECK_INT(report->xruns[MCA_CAPTURE], 0);
	CHECK_INT(report->xruns[MCA_PLAYBACK], 0);
	CHECK(report->frames >= stream.channel.limit_frames);
	CHECK_INT(report->clock_state, MCA_CLOCK_LOCKED);
	CHECK(report->level_low >= -44 && report->level_high <= 44);
	stream_finish(&stream, NULL);
}

static void settled_in_15_seconds(void)
{
	struct mca_rt_report report;

	run_for(15, &report);
}

static void nothing_is_lost_and_the_level_holds(void)
{
	unsigned seconds = asked_seconds / MCA_HOURS_SHORTENED;
	struct mca_rt_report report;

	run_for(seconds > 60 ? seconds : 60, &report);
	printf("# %g ppm: known as %+.3f, level %+d .. %+d frames\n", asked_ppm,
	       (double)report.drift_ppb / 1000, (int)report.level_low, (int)report.level_high);
	/* What a minute can know. */
	CHECK_NEAR((double)report.drift_ppb / 1000, asked_ppm, seconds >= 300 ? 1 : 10);
}

int main(int argc, char **argv)
{
	if (argc < 3)
		return 2;
	setenv("LIBASOUND_THREAD_SAFE", "0", 1);
	asked_ppm = strtod(argv[1], NULL);
	asked_seconds = (unsigned)strtoul(argv[2], NULL, 10);
	if (argc == 5) {
		capture_hz = (unsigned)strtoul(argv[3], NULL, 10);
		playback_hz = (unsigned)strtoul(argv[4], NULL, 10);
	}
	RUN(settled_in_15_seconds);
	RUN(nothing_is_lost_and_the_level_holds);
	return DONE();
}
