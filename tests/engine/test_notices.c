/* SPDX-License-Identifier: MIT */
/* What comes out of the notices and when, with a clock that the test moves. */
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "notices.h"
#include "support/check.h"

uint64_t __wrap_mca_monotonic_ns(void);

/* The clock is the one thing that must reach the wrapped call. */
static uint64_t now_ns = 5 * MCA_S_NS;

uint64_t __wrap_mca_monotonic_ns(void)
{
	return now_ns;
}

static void post(struct mca_notices *notices, enum mca_notice_kind kind, unsigned channel,
		 const char *text)
{
	struct mca_notice notice = { .kind = kind, .channel = channel, .stream = -1 };

	snprintf(notice.text, sizeof notice.text, "%s", text);
	mca_notices_post(notices, &notice);
}

/* Its text, or "" when nothing may come out now. */
static const char *take(struct mca_notices *notices, struct mca_notice *notice)
{
	return mca_notices_take(notices, now_ns, notice) ? notice->text : "";
}

static void the_first_comes_at_once_and_one_summary_a_second(void)
{
	struct mca_notices notices;
	struct mca_notice notice;

	CHECK_INT(mca_notices_init(&notices), 0);
	post(&notices, MCA_NOTICE_PTT, 1, "Channel 1: muted.");
	CHECK_STR(take(&notices, &notice), "Channel 1: muted.");
	for (unsigned i = 0; i < 2000; i++)
		post(&notices, MCA_NOTICE_PTT, 1, i % 2 ? "Channel 1: muted." :
							  "Channel 1: not muted.");
	now_ns += MCA_S_NS - 1;
	CHECK_STR(take(&notices, &notice), "");
	now_ns++;
	CHECK_STR(take(&notices, &notice),
		  "Channel 1: 2000 push-to-talk changes in 1.0 s. Now: muted.");
	CHECK_STR(take(&notices, &notice), "");
	post(&notices, MCA_NOTICE_PTT, 1, "Channel 1: not muted.");
	CHECK_STR(take(&notices, &notice), "");
	now_ns += MCA_S_NS;
	CHECK_STR(take(&notices, &notice), "Channel 1: not muted.");
	mca_notices_done(&notices);
}

static void no_flood_displaces_another_kind_or_channel(void)
{
	struct mca_notices notices;
	struct mca_notice notice;
	unsigned seen = 0;

	CHECK_INT(mca_notices_init(&notices), 0);
	for (unsigned channel = 1; channel <= 64; channel++)
		for (int kind = MCA_NOTICE_XRUN; kind <= MCA_NOTICE_TEST_TONE; kind++)
			post(&notices, (enum mca_notice_kind)kind, channel, "kept");
	for (unsigned i = 0; i < 10000; i++) {
		post(&notices, MCA_NOTICE_PTT, 1, "flood");
		post(&notices, MCA_NOTICE_CONFIG_REFUSED, 0, "flood");
	}
	while (mca_notices_take(&notices, now_ns, &notice)) {
		CHECK(strstr(notice.text, "dropped") == NULL);
		seen++;
	}
	CHECK_INT(seen, 64 * (MCA_NOTICE_TEST_TONE + 1) + 1);
	/* Places are used again by channels that come later. */
	now_ns += 2 * MCA_S_NS;
	for (unsigned channel = 1000; channel < 1200; channel++)
		post(&notices, MCA_NOTICE_XRUN, channel, "new");
	for (seen = 0; mca_notices_take(&notices, now_ns, &notice); seen++)
		CHECK_STR(notice.text, "new");
	CHECK_INT(seen, 200);
	mca_notices_done(&notices);
}

static void what_finds_no_place_is_counted(void)
{
	struct mca_notices notices;
	struct mca_notice notice;
	bool told = false;

	CHECK_INT(mca_notices_init(&notices), 0);
	for (unsigned channel = 1; channel <= MCA_NOTICES_MAX + 7; channel++)
		post(&notices, MCA_NOTICE_XRUN, channel, "one");
	while (mca_notices_take(&notices, now_ns, &notice))
		told |= strncmp(notice.text, "7 notices were dropped", 22) == 0;
	CHECK(told);
	mca_notices_done(&notices);
}

/* A loss that had to wait comes out after the return that followed it. */
static void the_last_line_about_a_device_is_how_it_is(void)
{
	struct mca_notices notices;
	struct mca_notice notice;

	CHECK_INT(mca_notices_init(&notices), 0);
	post(&notices, MCA_NOTICE_DEVICE_LOST, 2, "Channel 2: gone.");
	CHECK_STR(take(&notices, &notice), "Channel 2: gone.");
	now_ns += MCA_S_NS / 2;
	post(&notices, MCA_NOTICE_DEVICE_BACK, 2, "Channel 2 is back.");
	CHECK_STR(take(&notices, &notice), "Channel 2 is back.");
	now_ns += MCA_S_NS;
	post(&notices, MCA_NOTICE_DEVICE_LOST, 2, "Channel 2: gone.");
	CHECK_STR(take(&notices, &notice), "Channel 2: gone.");
	post(&notices, MCA_NOTICE_DEVICE_BACK, 2, "Channel 2 is back.");
	CHECK_STR(take(&notices, &notice), "Channel 2 is back.");
	now_ns += MCA_S_NS / 4;
	post(&notices, MCA_NOTICE_DEVICE_LOST, 2, "Channel 2: gone.");
	now_ns += MCA_S_NS / 4;
	post(&notices, MCA_NOTICE_DEVICE_BACK, 2, "Channel 2 is back.");
	now_ns += MCA_S_NS / 2;
	CHECK_STR(take(&notices, &notice),
		  "Channel 2: 1 loss of a device in 0.8 s. Now: Channel 2 is back.");
	CHECK_INT(notice.kind, MCA_NOTICE_DEVICE_LOST);
	CHECK_STR(take(&notices, &notice), "Channel 2 is back.");
	CHECK_STR(take(&notices, &notice), "");
	mca_notices_done(&notices);
}

static void frames_lost_are_summed_and_the_end_takes_all(void)
{
	struct mca_notices notices;
	struct mca_notice notice = { .kind = MCA_NOTICE_DEVICE_LOST, .channel = 3, .stream = 0,
				     .frames_lost = 100, .text = "gone" };

	CHECK_INT(mca_notices_init(&notices), 0);
	CHECK(mca_notices_free(&notices, MCA_NOTICE_DEVICE_LOST, 3));
	mca_notices_post(&notices, &notice);
	CHECK(!mca_notices_free(&notices, MCA_NOTICE_DEVICE_LOST, 3));
	CHECK(mca_notices_free(&notices, MCA_NOTICE_DEVICE_LOST, 4));
	CHECK(mca_notices_take(&notices, now_ns, &notice));
	CHECK_INT(notice.frames_lost, 100);
	mca_notices_post(&notices, &notice);
	mca_notices_post(&notices, &notice);
	CHECK(!mca_notices_take(&notices, now_ns, &notice));
	CHECK(mca_notices_take(&notices, UINT64_MAX, &notice));
	CHECK_INT(notice.frames_lost, 200);
	mca_notices_done(&notices);
}

int main(void)
{
	RUN(the_first_comes_at_once_and_one_summary_a_second);
	RUN(no_flood_displaces_another_kind_or_channel);
	RUN(what_finds_no_place_is_counted);
	RUN(the_last_line_about_a_device_is_how_it_is);
	RUN(frames_lost_are_summed_and_the_end_takes_all);
	return DONE();
}
