/* SPDX-License-Identifier: MIT */
/*
 * Hours of stream time on a free-running clock: not one xrun, and not one frame more or less than
 * the meters counted. MCA_HOURS_SHORTENED (sanitizer builds) divides the time.
 *
 *     test-rt-hours BLOCK_FRAMES SECONDS
 */
#include "stream.h"

#ifndef MCA_HOURS_SHORTENED
#define MCA_HOURS_SHORTENED 1
#endif

static void run_for(unsigned block_frames, unsigned seconds)
{
	struct mca_rt_report report;
	struct stream stream;

	stream_init(&stream, block_frames);
	/* The path is under test, not the sound: mono silence costs the least. */
	pair_card(&stream.pair, 1)->source.kind = MCA_SIM_SILENCE;
	stream.pair.shape.lanes = 1;
	stream.params.comp.enabled = stream.params.limiter.enabled = false;
	stream.channel.limit_frames = (uint64_t)seconds * 44100 / MCA_HOURS_SHORTENED;
	if (!stream_open(&stream))
		return;
	mca_rt_channel_run(&stream.channel);
	stream_report(&stream, &report);
	CHECK_INT(stream_phase(&stream), MCA_RT_ENDED);
	CHECK_INT(report.xruns[MCA_CAPTURE], 0);
	CHECK_INT(report.xruns[MCA_PLAYBACK], 0);
	CHECK(report.frames >= stream.channel.limit_frames);
	CHECK(report.frames < stream.channel.limit_frames + block_frames);
	CHECK_INT(report.meter.window, report.frames / 4410);
	CHECK_INT(report.wakeup_max_us, 0);
	stream_finish(&stream, NULL);
}

static unsigned asked_block_frames, asked_seconds;

static void not_one_xrun(void)
{
	run_for(asked_block_frames, asked_seconds);
}

int main(int argc, char **argv)
{
	if (argc != 3)
		return 2;
	setenv("LIBASOUND_THREAD_SAFE", "0", 1);
	asked_block_frames = (unsigned)strtoul(argv[1], NULL, 10);
	asked_seconds = (unsigned)strtoul(argv[2], NULL, 10);
	printf("# %u s in blocks of %u frames\n", asked_seconds / MCA_HOURS_SHORTENED,
	       asked_block_frames);
	RUN(not_one_xrun);
	return DONE();
}
