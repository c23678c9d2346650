/* SPDX-License-Identifier: MIT */
/* Other threads talk to the engine while the control thread changes everything; and its queue of
 * notices. */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "support/check.h"

struct talker {
	struct mca_engine *engine;
	_Atomic bool stop;
	_Atomic unsigned rounds;
	unsigned answers;
};

static void *talk(void *arg)
{
	struct mca_channel_levels levels[MCA_CHANNELS_MAX];
	struct mca_engine_status *status = malloc(sizeof *status);
	struct talker *talker = arg;
	uint64_t before = 0, now = 0;

	for (bool mute = false; status && !atomic_load(&talker->stop); mute = !mute) {
		struct mca_ptt_change change = { .channel = 1 + talker->answers % 5,
						 .has_mute = true, .mute = mute };
		struct mca_ptt_state state;

		if (mca_engine_ptt(talker->engine, &change, "talker", &state) == 0)
			talker->answers++;
		mca_engine_status(talker->engine, status);
		mca_engine_levels(talker->engine, levels, &now);
		if (now < before)
			abort();        /* the sequence never goes back */
		before = now;
		BENCH_TONE(talker->engine, NULL, 2, 1000, -20, mute ? 1 : 0);
		atomic_fetch_add(&talker->rounds, 1);
	}
	free(status);
	return NULL;
}

static void change_something(struct bench *bench, unsigned round)
{
	switch (round % 4) {
	case 0:
		bench_ref(&bench_channel(bench, 1)->output, 6);
		bench_ref(&bench_channel(bench, 2)->output, 5);
		break;
	case 1:
		bench->settings->block_frames = bench->settings->block_frames == 16 ? 32 : 16;
		break;
	case 2:
		bench_remove_channel(bench, 4);
		bench_add_channel(bench, 5, 4, 8);
		break;
	default:
		bench_ref(&bench_channel(bench, 1)->output, 5);
		bench_ref(&bench_channel(bench, 2)->output, 6);
		bench_remove_channel(bench, 5);
		bench_add_channel(bench, 4, 4, 8);
	}
}

static void everybody_talks_while_settings_change(void)
{
	struct talker talker = {0};
	struct bench bench;
	pthread_t thread;

	bench_init(&bench, true);
	bench_start(&bench);
	talker.engine = bench.engine;
	CHECK_INT(pthread_create(&thread, NULL, talk, &talker), 0);
	for (unsigned round = 0; round < 12; round++) {
		unsigned before = atomic_load(&talker.rounds);

		change_something(&bench, round);
		CHECK_INT(bench_apply(&bench), 0);
		do
			bench_look(&bench);
		while (atomic_load(&talker.rounds) < before + 3);
		bench.notice_count = 0;
	}
	CHECK(bench_until(&bench, bench_all_running, 4));
	CHECK_INT(bench.status->generation, 13);
	mca_engine_stop(bench.engine);
	atomic_store(&talker.stop, true);
	pthread_join(thread, NULL);
	CHECK(talker.answers > 0);
	bench_done(&bench);
}

static void unread_notices_are_counted_until_the_end(void)
{
	struct mca_notice notice = { .kind = MCA_NOTICE_CONFIG_REFUSED, .stream = -1,
				     .text = "the last one" };
	struct bench bench;
	unsigned kept = 0;

	bench_init(&bench, true);
	bench_start(&bench);
	for (unsigned i = 0; i < 500; i++)
		mca_engine_post_notice(bench.engine, &notice);
	mca_engine_stop(bench.engine);
	while (mca_engine_notice(bench.engine, &notice))
		if (notice.kind == MCA_NOTICE_CONFIG_REFUSED) {
			CHECK(strstr(notice.text, "500 refused configurations") != NULL);
			CHECK(strstr(notice.text, "the last one") != NULL);
			kept++;
		}
	CHECK_INT(kept, 1);
	bench_done(&bench);
}

int main(void)
{
	RUN(everybody_talks_while_settings_change);
	RUN(unread_notices_are_counted_until_the_end);
	return DONE();
}
