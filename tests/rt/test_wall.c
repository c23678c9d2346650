/* SPDX-License-Identifier: MIT */
/*
 * The real-time wall, seen from outside: inside the body of a channel's thread nothing allocates,
 * locks, touches a file or formats text, also while it recovers an xrun or a suspend and while its
 * card is pulled out; once warm it meets no page fault, and it sleeps about once a block.
 */
#include <errno.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "stream.h"
#include "watch.h"

enum {
	BLOCK = 128,
	CALM_BLOCK = 256,    /* in real time, so that the test is about one sleep, not about load */
	SECOND = 44100,
	WARM_POLLS = 70,     /* 0.4 s */
	SLEEPS_AN_XRUN = 4,
};

/* What the watched thread looked like at its polls. */
static struct {
	unsigned polls, warm_polls;
	struct rusage warm, last;
} seen;

static void look_at_usage(void)
{
	getrusage(RUSAGE_THREAD, &seen.last);
	if (seen.polls++ == seen.warm_polls)
		seen.warm = seen.last;
}

static void *watched_body(void *arg)
{
	watch_enter();
	mca_rt_channel_run(arg);
	watch_leave();
	return NULL;
}

/* Run the stream to its end under watch. */
static void run_watched(struct stream *stream)
{
	pthread_t thread;

	watch_reset();
	CHECK_INT(pthread_create(&thread, NULL, watched_body, &stream->channel), 0);
	pthread_join(thread, NULL);
}

static void check_calls(void)
{
	static const char *const names[] = { "memory", "lock", "file", "text" };

	for (int kind = 0; kind < WATCH_KINDS; kind++) {
		if (watch_calls(kind) > 0)
			printf("# %s: first %s\n", names[kind], watch_first(kind));
		CHECK_INT(watch_calls(kind), 0);
	}
}

/* The proof that the watch sees: each kind, from this executable and from inside a library. */
static void the_watch_is_awake(void)
{
	pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
	snd_pcm_status_t *status = NULL;
	char text[16];

	watch_reset();
	watch_enter();
	snd_pcm_status_malloc(&status);
	pthread_mutex_lock(&mutex);
	snprintf(text, sizeof(text), "%p", (void *)status);
	fopen("/nonexistent", "re");
	watch_leave();
	pthread_mutex_unlock(&mutex);
	snd_pcm_status_free(status);
	CHECK(watch_calls(WATCH_MEMORY) > 0);
	CHECK_STR(watch_first(WATCH_MEMORY), "calloc");
	CHECK(watch_calls(WATCH_LOCK) > 0);
	CHECK(watch_calls(WATCH_TEXT) > 0);
	CHECK(watch_calls(WATCH_FILE) > 0);
}

/* Another rate, another format, other lanes. */
static void adapt_all(struct stream *stream)
{
	for (unsigned number = 1; number <= 2; number++) {
		struct mca_sim_card_spec *card = pair_card(&stream->pair, number);

		card->only_rate_hz = 48000;
		card->only_format = MCA_SIM_S24_3LE;
		card->only_lanes = 3;
	}
	stream->pair.shape.pick = (struct mca_lane_pick){ 2, { 3, 1 } };
}

/* Clocks that misbehave: positions in batches and late, a crystal that wanders. */
static void roughen(struct stream *stream)
{
	for (unsigned card = 1; card <= 2; card++) {
		pair_card(&stream->pair, card)->batch = true;
		pair_card(&stream->pair, card)->jitter_us = 400;
	}
	pair_card(&stream->pair, 2)->wander_ppm = 50;
	pair_card(&stream->pair, 2)->wander_period_s = 60;
}

/* Two seconds with everything that is recovered on the spot, then the card is pulled. */
static void check_path(bool no_mmap, unsigned playback_card,
		       void (*complicate)(struct stream *stream))
{
	struct mca_chain_cooked cooked;
	struct mca_tone_order order;
	struct mca_rt_report report;
	struct stream stream;

	stream_init(&stream, BLOCK);
	stream.pair.playback_card = playback_card;
	pair_card(&stream.pair, 1)->no_mmap = no_mmap;
	pair_card(&stream.pair, 2)->drift_ppm = 300; /* hence a resampler */
	if (complicate)
		complicate(&stream);
	pair_fault(&stream.pair, 1, MCA_SIM_FAULT_XRUN, MCA_CAPTURE, 0.3, 0);
	pair_fault(&stream.pair, playback_card, MCA_SIM_FAULT_XRUN, MCA_PLAYBACK, 0.6, 0);
	pair_fault(&stream.pair, 1, MCA_SIM_FAULT_LATE, MCA_CAPTURE, 0.8, 0.002);
	pair_fault(&stream.pair, 1, MCA_SIM_FAULT_SUSPEND, MCA_CAPTURE, 0.9, 0);
	pair_fault(&stream.pair, playback_card, MCA_SIM_FAULT_SUSPEND, MCA_PLAYBACK, 1.2, 0);
	pair_fault(&stream.pair, playback_card, MCA_SIM_FAULT_UNPLUG, MCA_PLAYBACK, 1.8, 0);
	if (!stream_open(&stream))
		return;
	cooked = stream.channel.cooked;
	CHECK_INT(mca_tone_cook(&order, 1000, -20, 1, SECOND), 0);
	order.serial = 1;
	mca_mailbox_publish(&stream.link.params, &cooked);
	mca_mailbox_publish(&stream.link.tone, &order);
	run_watched(&stream);
	check_calls();
	stream_report(&stream, &report);
	CHECK_INT(stream_phase(&stream), MCA_RT_FAULT);
	CHECK_INT(stream.link.fault_errno, -ENODEV);
	CHECK_INT(report.xruns[MCA_CAPTURE], 1);
	CHECK_INT(report.xruns[MCA_PLAYBACK], 1);
	CHECK_INT(stream_count_events(&stream, MCA_EVENT_SUSPENDED, NULL), 2);
	stream_finish(&stream, NULL);
}

static void the_mapped_path_keeps_the_wall(void)
{
	check_path(false, 1, NULL);
}

static void two_cards_keep_the_wall(void)
{
	check_path(false, 2, NULL);
}

static void rough_clocks_keep_the_wall(void)
{
	check_path(false, 2, roughen);
	check_path(true, 2, roughen);
}

static void the_read_write_path_keeps_the_wall(void)
{
	check_path(true, 1, NULL);
}

static void what_is_adapted_keeps_the_wall(void)
{
	check_path(false, 1, adapt_all);
	check_path(true, 2, adapt_all);
}

static void a_stall_keeps_the_wall(void)
{
	struct stream stream;

	stream_init(&stream, BLOCK);
	pair_fault(&stream.pair, 1, MCA_SIM_FAULT_STALL, MCA_CAPTURE, 0.2, 0);
	stream.channel.timeout_ms = 150;
	if (!stream_open(&stream))
		return;
	run_watched(&stream);
	check_calls();
	CHECK_INT(stream.link.fault, MCA_FAULT_STALLED);
	stream_finish(&stream, NULL);
}

/*
 * In real time, with memory locked. The first xrun warms the paths of recovery, the second is
 * measured. A sleep is a voluntary context switch; a late thread sleeps less often, none sleeps
 * more: but for one on a busy machine that is so late that it has xruns of its own, each of which
 * costs sleeps without a block.
 */
static void begin_usage(struct stream *stream, unsigned playback_card, bool rough)
{
	stream_init(stream, CALM_BLOCK);
	stream->pair.playback_card = playback_card;
	pair_card(&stream->pair, 2)->drift_ppm = 300;
	if (rough)
		roughen(stream);
	stream->pair.spec.free_running = false;
	pair_fault(&stream->pair, 1, MCA_SIM_FAULT_XRUN, MCA_CAPTURE, 0.2, 0);
	pair_fault(&stream->pair, 1, MCA_SIM_FAULT_XRUN, MCA_CAPTURE, 1.0, 0);
	stream->channel.limit_frames = SECOND * 3 / 2;
}

static void check_usage(unsigned playback_card, bool rough)
{
	struct mca_rt_report report = { 0 };
	unsigned blocks, xruns, most;
	struct stream stream;

	begin_usage(&stream, playback_card, rough);
	if (!stream_open(&stream))
		return;
	if (mlockall(MCL_CURRENT | MCL_FUTURE) < 0)
		printf("# memory is not locked: %s\n", strerror(errno));
	memset(&seen, 0, sizeof(seen));
	seen.warm_polls = WARM_POLLS;
	watch_on_poll(look_at_usage);
	run_watched(&stream);
	watch_on_poll(NULL);
	munlockall();
	stream_report(&stream, &report);
	xruns = (unsigned)(report.xruns[MCA_CAPTURE] + report.xruns[MCA_PLAYBACK]);
	blocks = (unsigned)(stream.link.frames / CALM_BLOCK);
	most = blocks + blocks / 4 + 30 + SLEEPS_AN_XRUN * (xruns - 2);
	printf("# %u blocks, %u xruns, %u polls, %ld sleeps\n", blocks, xruns, seen.polls,
	       seen.last.ru_nvcsw);
	CHECK(xruns >= 2);
	CHECK_INT(stream_phase(&stream), MCA_RT_ENDED);
	CHECK(seen.polls > seen.warm_polls + 20);
	CHECK_INT(seen.last.ru_minflt - seen.warm.ru_minflt, 0);
	CHECK_INT(seen.last.ru_majflt - seen.warm.ru_majflt, 0);
	CHECK(seen.polls <= most);
	CHECK(seen.last.ru_nvcsw <= (long)most);
	check_calls();
	stream_finish(&stream, NULL);
}

static void once_warm_no_page_fault_and_one_sleep_a_block(void)
{
	check_usage(1, false);
}

static void so_it_is_with_the_resampler(void)
{
	check_usage(2, false);
}

static void so_it_is_with_rough_clocks(void)
{
	check_usage(2, true);
}

int main(void)
{
	setenv("LIBASOUND_THREAD_SAFE", "0", 1);
	RUN(the_watch_is_awake);
	RUN(the_mapped_path_keeps_the_wall);
	RUN(two_cards_keep_the_wall);
	RUN(rough_clocks_keep_the_wall);
	RUN(the_read_write_path_keeps_the_wall);
	RUN(what_is_adapted_keeps_the_wall);
	RUN(a_stall_keeps_the_wall);
	RUN(once_warm_no_page_fault_and_one_sleep_a_block);
	RUN(so_it_is_with_the_resampler);
	RUN(so_it_is_with_rough_clocks);
	return DONE();
}
