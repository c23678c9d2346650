/* SPDX-License-Identifier: MIT */
/*
 * The life of a channel's thread: how it begins, ends, mutes, freezes, and what it reports when the
 * device fails it.
 */
#include <errno.h>
#include <math.h>

#include "stream.h"

enum { BLOCK = 256, SECOND = 44100 };

static void it_ends_after_whole_blocks(void)
{
	struct mca_rt_report report;
	struct stream stream;

	stream_init(&stream, 512);
	stream.channel.limit_frames = 1000;
	if (!stream_open(&stream))
		return;
	mca_rt_channel_run(&stream.channel);
	stream_report(&stream, &report);
	CHECK_INT(stream_phase(&stream), MCA_RT_ENDED);
	CHECK_INT(report.frames, 1024);
	CHECK_INT(report.blocks, 2);
	CHECK_INT(stream.link.frames, 1024);
	stream_finish(&stream, NULL);
}

static void meters_turn_ten_times_a_second(void)
{
	struct mca_rt_report report;
	struct mca_levels levels;
	struct stream stream;

	stream_init(&stream, BLOCK);
	stream.channel.limit_frames = 2 * SECOND;
	if (!stream_open(&stream))
		return;
	mca_rt_channel_run(&stream.channel);
	stream_report(&stream, &report);
	CHECK_INT(report.meter.window, report.frames / 4410);
	mca_levels_from_reading(&levels, &report.meter);
	CHECK_NEAR(levels.input_rms_dbfs[0], -20, 0.5);
	CHECK(levels.vu_dbfs < -20 && levels.vu_dbfs > -30);
	CHECK_INT(report.xruns[0] + report.xruns[1], 0);
	CHECK_INT(report.closed, 0);
	stream_finish(&stream, NULL);
}

static void a_closed_gate_lets_nothing_through(void)
{
	for (int which = 0; which < 2; which++) {
		struct mca_rt_report report;
		struct mca_wav played = { 0 };
		struct stream stream;
		unsigned sounding = 0;

		stream_init(&stream, BLOCK);
		pair_record(&stream.pair);
		stream.gate_open = which == 0;
		stream.mute = which == 0;
		stream.channel.limit_frames = SECOND;
		if (!stream_open(&stream))
			return;
		mca_rt_channel_run(&stream.channel);
		stream_report(&stream, &report);
		CHECK_INT(report.closed, 1);
		CHECK(report.meter.in_square[0] > 0);
		CHECK_INT(report.meter.out_square[0], 0);
		stream_finish(&stream, &played);
		for (size_t i = 0; i < 2 * played.count; i++)
			sounding += played.frames[i] != 0;
		CHECK_INT(sounding, 0);
		mca_wav_done(&played);
	}
}

/* The constant 3000 with a raised cosine of `ramp` frames at each end, then zeros: the whole of it
 * was played before the streams were dropped. */
static void check_stop(struct stream *stream, unsigned ramp)
{
	struct mca_wav played = { 0 };
	size_t end, begin, lanes;

	stream_source(stream, STREAM_CONSTANT, 40 * SECOND);
	stream->params.comp.enabled = false;
	stream->params.ptt_ramp_ms = ramp * 1000.0 / SECOND;
	pair_record(&stream->pair);
	if (!stream_open(stream))
		return;
	stream_begin(stream);
	stream_await(stream, SECOND);
	stream_stop(stream);
	CHECK_INT(stream_phase(stream), MCA_RT_ENDED);
	stream_finish(stream, &played);
	lanes = played.lanes;
	end = played.count;
	while (end > 0 && played.frames[lanes * (end - 1)] == 0)
		end--;
	CHECK(end > SECOND / 2 && end < played.count);
	begin = end;
	while (begin > 0 && played.frames[lanes * (begin - 1)] != 3000)
		begin--;
	CHECK(end - begin <= ramp + 1 && end - begin >= ramp - ramp / 20);
	for (unsigned i = 0; i < ramp; i++) {
		double phase = M_PI * (i + 1) / ramp;

		if (begin + i < played.count)
			CHECK_NEAR(played.frames[lanes * (begin + i)], 1500 * (1 + cos(phase)), 40);
	}
	mca_wav_done(&played);
}

static void a_stop_fades_out_to_exact_zeros(void)
{
	struct stream stream;

	stream_init(&stream, BLOCK);
	check_stop(&stream, 220);
}

/* There the fade does not wait for the queue's end. In real time the stop comes in the middle of
 * a block; short windows put the ring's end into the fade sooner or later. */
static void a_stop_fades_out_of_a_long_queue(void)
{
	/* A card of one lane is written through a copy. */
	static const struct { unsigned block, ramp; bool free_running, odd, one_lane; } cases[] = {
		{ 8192, 220, true, false, false },  { 8192, 4410, true, false, false },
		{ 4096, 220, true, false, false },  { 2048, 4410, true, false, false },
		{ 1024, 4410, true, false, false }, { 8192, 4410, true, true, false },
		{ 8192, 220, false, false, false }, { 8192, 4410, false, false, false },
		{ 8192, 220, true, false, true },   { 8192, 4410, true, true, true },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct mca_chain_params plain = { .rate_hz = SECOND, .lanes = 2 };
		struct mca_diag diag = { 0 };
		struct stream stream;

		stream_init(&stream, cases[i].block);
		stream.pair.spec.free_running = cases[i].free_running;
		pair_card(&stream.pair, 1)->only_lanes = cases[i].one_lane;
		if (cases[i].odd)
			pair_fault(&stream.pair, 1, MCA_SIM_FAULT_SHORT_WINDOW, MCA_PLAYBACK, 0, 0);
		plain.comp.ratio = 1;
		pair_say(mca_chain_cook(&stream.channel.fade, &plain, &diag), &diag);
		check_stop(&stream, cases[i].ramp);
	}
}

/* The card is there and gives no frame: the stop does not wait for it. */
static void a_stop_ends_although_the_card_stands_still(void)
{
	struct stream stream;

	stream_init(&stream, 8192);
	stream.pair.spec.free_running = false;
	pair_fault(&stream.pair, 1, MCA_SIM_FAULT_STALL, MCA_CAPTURE, 0.1, 0);
	stream.channel.timeout_ms = 3600 * 1000;
	if (!stream_open(&stream))
		return;
	stream_begin(&stream);
	stream_stop(&stream);
	CHECK_INT(stream_phase(&stream), MCA_RT_ENDED);
	stream_finish(&stream, NULL);
}

static void orders_reach_the_stream(void)
{
	struct mca_chain_cooked quiet;
	struct mca_rt_report report;
	struct mca_tone_order order;
	struct mca_diag diag;
	struct mca_levels levels;
	struct stream stream;

	stream_init(&stream, BLOCK);
	pair_card(&stream.pair, 1)->source.kind = MCA_SIM_SILENCE;
	stream.channel.limit_frames = 2 * SECOND;
	if (!stream_open(&stream))
		return;
	stream.params.limiter.ceiling_dbfs = -40;
	CHECK_INT(mca_chain_cook(&quiet, &stream.params, &diag), 0);
	CHECK_INT(mca_tone_cook(&order, 1000, -20, 3, SECOND), 0);
	order.serial = 1;
	mca_mailbox_publish(&stream.link.params, &quiet);
	mca_mailbox_publish(&stream.link.tone, &order);
	mca_rt_channel_run(&stream.channel);
	stream_report(&stream, &report);
	CHECK_INT(report.tone_left, order.frames - report.frames);
	mca_levels_from_reading(&levels, &report.meter);
	CHECK_NEAR(levels.peak_dbfs[0], -40, 0.1);
	stream_finish(&stream, NULL);
}

static void a_frozen_thread_makes_no_progress(void)
{
	struct stream stream;

	stream_init(&stream, BLOCK);
	if (!stream_open(&stream))
		return;
	atomic_store(&stream.link.freeze, true);
	stream_begin(&stream);
	while (stream_phase(&stream) == MCA_RT_IDLE)
		sched_yield();
	CHECK_INT(stream.link.frames, 0);
	CHECK_INT(stream_phase(&stream), MCA_RT_STARTING);
	stream_stop(&stream);
	CHECK_INT(stream_phase(&stream), MCA_RT_ENDED);
	stream_finish(&stream, NULL);
}

/* Run with one fault of card 1 at half a second, until the end or two seconds. */
static void run_with_fault(struct stream *stream, enum mca_sim_fault_kind kind,
			   enum mca_pcm_direction direction)
{
	stream_init(stream, BLOCK);
	pair_fault(&stream->pair, 1, kind, direction, 0.5, 0);
	stream->channel.limit_frames = 2 * SECOND;
	stream->channel.timeout_ms = 250;
	if (stream_open(stream))
		mca_rt_channel_run(&stream->channel);
}

static void check_fault(struct stream *stream, enum mca_duplex_fault fault, int err,
			enum mca_pcm_direction direction)
{
	struct mca_rt_report report;

	CHECK_INT(stream_phase(stream), MCA_RT_FAULT);
	CHECK_INT(stream->link.fault, fault);
	CHECK_INT(stream->link.fault_errno, err);
	CHECK_INT(stream->link.fault_direction, direction);
	stream_report(stream, &report);
	CHECK_NEAR(report.frames, SECOND / 2, 6 * BLOCK);
}

static void a_lost_card_ends_the_run(void)
{
	for (int direction = MCA_CAPTURE; direction <= MCA_PLAYBACK; direction++) {
		struct mca_event event = { 0 };
		struct stream stream;

		run_with_fault(&stream, MCA_SIM_FAULT_UNPLUG, direction);
		CHECK_INT(stream.link.fault, MCA_FAULT_GONE);
		CHECK_INT(stream.link.fault_errno, -ENODEV);
		CHECK_INT(stream_phase(&stream), MCA_RT_FAULT);
		CHECK_INT(stream_count_events(&stream, MCA_EVENT_LOST, &event), 1);
		CHECK_INT(event.value, -ENODEV);
		CHECK_INT(stream_count_events(&stream, MCA_EVENT_XRUN, NULL), 0);
		stream_finish(&stream, NULL);
	}
}

static void a_stalled_card_ends_the_run(void)
{
	for (int direction = MCA_CAPTURE; direction <= MCA_PLAYBACK; direction++) {
		struct mca_event event = { 0 };
		struct stream stream;

		run_with_fault(&stream, MCA_SIM_FAULT_STALL, direction);
		check_fault(&stream, MCA_FAULT_STALLED, -ETIMEDOUT, direction);
		CHECK_INT(stream_count_events(&stream, MCA_EVENT_STALLED, &event), 1);
		CHECK_INT(event.stream, direction);
		CHECK_INT(event.value, 250);
		stream_finish(&stream, NULL);
	}
}

static void an_xrun_is_counted_and_recovered(void)
{
	for (int direction = MCA_CAPTURE; direction <= MCA_PLAYBACK; direction++) {
		struct mca_event event = { 0 };
		struct mca_rt_report report;
		struct stream stream;

		run_with_fault(&stream, MCA_SIM_FAULT_XRUN, direction);
		CHECK_INT(stream_phase(&stream), MCA_RT_ENDED);
		stream_report(&stream, &report);
		CHECK_INT(report.frames, (2 * SECOND + BLOCK - 1) / BLOCK * BLOCK);
		CHECK_INT(report.xruns[direction], 1);
		CHECK_INT(report.xruns[!direction], 0);
		CHECK_INT(stream_count_events(&stream, MCA_EVENT_XRUN, &event), 1);
		CHECK_INT(event.stream, direction);
		CHECK_INT(event.value, 1);
		CHECK_NEAR(event.frame, SECOND / 2, 2 * BLOCK);
		CHECK(event.frames_lost > 0);
		CHECK_INT(stream_count_events(&stream, MCA_EVENT_RECOVERED, &event), 1);
		CHECK(event.value >= 0);
		stream_finish(&stream, NULL);
	}
}

static void a_suspend_is_no_xrun(void)
{
	struct mca_rt_report report;
	struct stream stream;

	run_with_fault(&stream, MCA_SIM_FAULT_SUSPEND, MCA_PLAYBACK);
	CHECK_INT(stream_phase(&stream), MCA_RT_ENDED);
	stream_report(&stream, &report);
	CHECK_INT(report.xruns[0] + report.xruns[1], 0);
	CHECK_INT(stream_count_events(&stream, MCA_EVENT_SUSPENDED, NULL), 1);
	CHECK_INT(stream_count_events(&stream, MCA_EVENT_RECOVERED, NULL), 1);
	stream_finish(&stream, NULL);
}

/* A card that fails before each first block: given up after a few rounds, not tried for ever. */
static void a_storm_of_xruns_is_given_up(void)
{
	struct mca_rt_report report;
	struct stream stream;

	stream_init(&stream, BLOCK);
	pair_fault(&stream.pair, 1, MCA_SIM_FAULT_XRUN, MCA_CAPTURE, 0.001, 0);
	pair_card(&stream.pair, 1)->fault[0].every_s = 0.001;
	if (!stream_open(&stream))
		return;
	mca_rt_channel_run(&stream.channel);
	stream_report(&stream, &report);
	CHECK_INT(stream_phase(&stream), MCA_RT_FAULT);
	CHECK_INT(stream.link.fault, MCA_FAULT_XRUN);
	CHECK_INT(stream.link.fault_errno, -EPIPE);
	CHECK_INT(report.frames, 0);
	CHECK(report.xruns[MCA_CAPTURE] > 2 && report.xruns[MCA_CAPTURE] < 20);
	CHECK_INT(stream_count_events(&stream, MCA_EVENT_LOST, NULL), 1);
	stream_finish(&stream, NULL);
}

/* Late wake-ups, ten a second for three seconds: all served, one event a second, worst one kept. */
static void late_wake_ups_are_told_now_and_then(void)
{
	struct mca_rt_report report;
	struct mca_event event = { 0 };
	struct stream stream;
	unsigned told;

	stream_init(&stream, 512);
	pair_fault(&stream.pair, 1, MCA_SIM_FAULT_LATE, MCA_CAPTURE, 0.5, 0.008);
	pair_card(&stream.pair, 1)->fault[0].every_s = 0.1;
	stream.channel.limit_frames = 3 * SECOND;
	if (!stream_open(&stream))
		return;
	mca_rt_channel_run(&stream.channel);
	stream_report(&stream, &report);
	CHECK_INT(report.xruns[0] + report.xruns[1], 0);
	CHECK_NEAR(report.wakeup_max_us, 8000, 50);
	told = stream_count_events(&stream, MCA_EVENT_LATE, &event);
	CHECK(told >= 2 && told <= 3);
	CHECK_NEAR(event.value, 8000, 50);
	stream_finish(&stream, NULL);
}

/* Stop is seen while the device stands still, whatever the time limit. */
static void a_stop_ends_a_stalled_run(void)
{
	struct stream stream;

	stream_init(&stream, BLOCK);
	pair_fault(&stream.pair, 1, MCA_SIM_FAULT_STALL, MCA_CAPTURE, 0.5, 0);
	stream.channel.timeout_ms = 3600 * 1000;
	if (!stream_open(&stream))
		return;
	stream_begin(&stream);
	stream_await(&stream, SECOND / 2 - 2 * BLOCK);
	stream_stop(&stream);
	CHECK_INT(stream_phase(&stream), MCA_RT_ENDED);
	stream_finish(&stream, NULL);
}

int main(void)
{
	setenv("LIBASOUND_THREAD_SAFE", "0", 1);
	RUN(it_ends_after_whole_blocks);
	RUN(meters_turn_ten_times_a_second);
	RUN(a_closed_gate_lets_nothing_through);
	RUN(a_stop_fades_out_to_exact_zeros);
	RUN(a_stop_fades_out_of_a_long_queue);
	RUN(a_stop_ends_although_the_card_stands_still);
	RUN(orders_reach_the_stream);
	RUN(a_frozen_thread_makes_no_progress);
	RUN(a_lost_card_ends_the_run);
	RUN(a_stalled_card_ends_the_run);
	RUN(an_xrun_is_counted_and_recovered);
	RUN(a_suspend_is_no_xrun);
	RUN(a_storm_of_xruns_is_given_up);
	RUN(late_wake_ups_are_told_now_and_then);
	RUN(a_stop_ends_a_stalled_run);
	return DONE();
}
