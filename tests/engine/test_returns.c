/* SPDX-License-Identifier: MIT */
/*
 * Who gets which card when it is back, and whom nobody waits for. The linker puts this file
 * between the engine and four functions: the clock, which can be moved on; the time stamp of the
 * kernel's device folder; the list of cards; the opening of a PCM. So a simulated card plays the
 * part of a real one: it has a selector, loses its name to another one, comes back at the worst
 * moment.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "bench.h"
#include "mca/pcm_list.h"
#include "support/check.h"

int __real_clock_gettime(clockid_t clock, struct timespec *time);
int __wrap_clock_gettime(clockid_t clock, struct timespec *time);
int __wrap_stat(const char *path, struct stat *status);
int __wrap_stat64(const char *path, struct stat *status);
int __wrap_mca_pcm_list_watched(struct mca_pcm_list *list, struct mca_simrack *rack,
				const struct mca_pcm_shape *shape,
				const struct mca_pcm_watch *watch, struct mca_diag *diag);
int __wrap_mca_pcm_list_names(struct mca_pcm_list *list, struct mca_simrack *rack,
			      struct mca_diag *diag);
int __real_mca_pcm_open(struct mca_pcm **pcm, const char *name, enum mca_pcm_direction direction,
			struct mca_simrack *rack, struct mca_diag *diag);
int __wrap_mca_pcm_open(struct mca_pcm **pcm, const char *name, enum mca_pcm_direction direction,
			struct mca_simrack *rack, struct mca_diag *diag);

/* The world as the wrapped functions show it. */
static struct {
	_Atomic long moved_on_ms;
	_Atomic long folder_stamp;
	const char *selector, *device;  /* the one card of the list, NULL = an empty list */
	/* The opener's thread looks at these, and at the folder. */
	_Atomic bool ghost_comes;       /* the card "hw:..." is plugged in just after a look */
	_Atomic bool ghost_is_there;
	_Atomic bool list_hangs;        /* a card does not answer when it is listed */
} world;

int __wrap_clock_gettime(clockid_t clock, struct timespec *time)
{
	int r = __real_clock_gettime(clock, time);
	long ms = clock == CLOCK_MONOTONIC ? atomic_load(&world.moved_on_ms) : 0;

	time->tv_sec += ms / 1000;
	time->tv_nsec += ms % 1000 * 1000000;
	time->tv_sec += time->tv_nsec / 1000000000;
	time->tv_nsec %= 1000000000;
	return r;
}

int __wrap_stat(const char *path, struct stat *status)
{
	if (strcmp(path, "/dev/snd") != 0)
		return fstatat(AT_FDCWD, path, status, 0);
	memset(status, 0, sizeof *status);
	status->st_mtim.tv_sec = world.folder_stamp;
	return 0;
}

/* The C library's other name of it. */
int __wrap_stat64(const char *path, struct stat *status)
{
	return __wrap_stat(path, status);
}

int __wrap_mca_pcm_list_watched(struct mca_pcm_list *list, struct mca_simrack *rack,
				const struct mca_pcm_shape *shape,
				const struct mca_pcm_watch *watch, struct mca_diag *diag)
{
	(void)rack, (void)shape;
	memset(list, 0, sizeof *list);
	if (watch && !watch->begin(watch->context, "hw:0", -1))
		return mca_diag_set(diag, -ETIMEDOUT, "hw:0 does not answer");
	while (watch && atomic_load(&world.list_hangs))
		nanosleep(&(struct timespec){ .tv_nsec = 5000000 }, NULL);
	if (!world.selector)
		return 0;
	list->entry = calloc(1, sizeof *list->entry);
	if (!list->entry)
		abort();
	list->count = 1;
	list->entry->id = 1;
	snprintf(list->entry->device, sizeof list->entry->device, "%s", world.device);
	snprintf(list->entry->selector[0], sizeof list->entry->selector[0], "%s",
		 world.selector);
	return 0;
}

int __wrap_mca_pcm_list_names(struct mca_pcm_list *list, struct mca_simrack *rack,
			      struct mca_diag *diag)
{
	return __wrap_mca_pcm_list_watched(list, rack, NULL, NULL, diag);
}

int __wrap_mca_pcm_open(struct mca_pcm **pcm, const char *name, enum mca_pcm_direction direction,
			struct mca_simrack *rack, struct mca_diag *diag)
{
	if (strncmp(name, "hw:", 3) != 0)
		return __real_mca_pcm_open(pcm, name, direction, rack, diag);
	if (world.ghost_is_there)
		return __real_mca_pcm_open(pcm, "sim:2", direction, rack, diag);
	if (world.ghost_comes) {
		world.ghost_is_there = true;
		world.folder_stamp++;
	}
	return mca_diag_set(diag, -ENODEV, "%s is away", name);
}

static void show(const char *selector, const char *device)
{
	world.selector = selector;
	world.device = device;
	world.folder_stamp++;
}

static void wait_ms(struct bench *bench, long ms)
{
	atomic_fetch_add(&world.moved_on_ms, ms);
	bench_look(bench);
}

/* The device that is being opened answers, and that is taken up. */
static void answered(struct bench *bench)
{
	struct pollfd fd = { .fd = mca_engine_fd(bench->engine), .events = POLLIN };

	CHECK_INT(poll(&fd, 1, 60000), 1);
	bench_look(bench);
}

static void name_input(struct bench *bench, unsigned channel, const char *name)
{
	struct mca_device_ref *ref = &bench_channel(bench, channel)->input;

	ref->id = 0;
	snprintf(ref->name, sizeof ref->name, "%s", name);
}

/* The same card by its number and by its name: refused as a change, and at the start the second
 * channel waits, also while the card is away. */
static void a_device_belongs_to_the_first_that_names_it(void)
{
	struct bench bench;

	bench_init(&bench, true);
	bench.spec->card[0].absent = true;
	bench_remove_channel(&bench, 3);
	bench_remove_channel(&bench, 4);
	bench_channel(&bench, 2)->input = (struct mca_device_ref){ .id = 1 };
	bench_start(&bench);
	CHECK(bench_until(&bench, bench_is_fault, 1));
	CHECK(bench_until(&bench, bench_is_fault, 2));
	CHECK(strstr(bench_status(&bench, 2)->reason, "sim:1 is the input of channel 1 already"));
	mca_simrack_replug(bench.rack, 1);
	CHECK(bench_until(&bench, bench_is_running, 1));
	wait_ms(&bench, 10000);
	CHECK_INT(bench_status(&bench, 2)->state, MCA_CHANNEL_FAULT);
	CHECK(strstr(bench_status(&bench, 2)->reason, "sim:1 is the input of channel 1 already"));
	bench_channel(&bench, 2)->input = (struct mca_device_ref){ .id = 3 };
	CHECK_INT(bench_apply(&bench), 0);
	CHECK(bench_until(&bench, bench_all_running, 2));
	bench_channel(&bench, 2)->input = (struct mca_device_ref){ .id = 1 };
	CHECK_INT(bench_apply(&bench), -EINVAL);
	CHECK_STR(bench.faults.list[0].pointer, "/logical_channels/2/input_device_id");
	CHECK_INT(bench.faults.count, 1);
	bench_done(&bench);
}

static void an_absent_card_has_its_number(void)
{
	struct bench bench;

	bench_init(&bench, true);
	bench.spec->card[2].absent = true;
	bench_channel(&bench, 3)->input = (struct mca_device_ref){ .id = 3 };
	bench_channel(&bench, 4)->input = (struct mca_device_ref){ .id = 9 };
	bench_start(&bench);
	CHECK(bench_until(&bench, bench_all_running, 2));
	CHECK(bench_until(&bench, bench_is_fault, 3));
	CHECK(bench_until(&bench, bench_is_fault, 4));
	CHECK(strstr(bench_status(&bench, 3)->reason, "sim:3 is not plugged in"));
	CHECK(strstr(bench_status(&bench, 4)->reason, "id 9 does not exist"));
	mca_simrack_replug(bench.rack, 3);
	CHECK(bench_until(&bench, bench_is_running, 3));
	bench_done(&bench);
}

static bool misses_its_selector(struct bench *bench, unsigned channel)
{
	return strstr(bench_status(bench, channel)->reason, "path:left") != NULL;
}

/* Its card was pulled out and another one has its name now. */
static void a_selector_never_brings_another_card(void)
{
	struct bench bench;

	show("path:left", "sim:1");
	bench_init(&bench, true);
	bench_remove_channel(&bench, 2);
	name_input(&bench, 1, "path:left");
	bench_start(&bench);
	CHECK(bench_until(&bench, bench_is_running, 1));
	CHECK_STR(bench_status(&bench, 1)->device[MCA_CAPTURE], "sim:1");
	mca_simrack_unplug(bench.rack, 1);
	CHECK(bench_until(&bench, bench_is_fault, 1));
	show("path:right", "sim:1");
	mca_simrack_replug(bench.rack, 1);
	bench_ref(&bench_channel(&bench, 1)->output, 6);
	CHECK_INT(bench_apply(&bench), 0);
	CHECK_INT(bench.result->restarted_count, 1);
	CHECK(bench_until(&bench, misses_its_selector, 1));
	wait_ms(&bench, 10000);
	CHECK_INT(bench_status(&bench, 1)->state, MCA_CHANNEL_FAULT);
	CHECK(bench_until(&bench, bench_is_free, 1 * 2 + MCA_CAPTURE));
	show("path:left", "sim:2");
	CHECK(bench_until(&bench, bench_is_running, 1));
	CHECK_STR(bench_status(&bench, 1)->device[MCA_CAPTURE], "sim:2");
	bench_done(&bench);
	show(NULL, NULL);
}

static void what_comes_while_we_look_is_seen(void)
{
	struct bench bench;

	bench_init(&bench, true);
	bench_remove_channel(&bench, 2);
	name_input(&bench, 1, "hw:CARD=Ghost,DEV=0");
	world.ghost_comes = true;
	bench_start(&bench);
	CHECK(bench_until(&bench, bench_is_fault, 1));
	CHECK(bench_until(&bench, bench_all_running, 2));
	/* The least pause between two looks, and one attempt for each direction. */
	wait_ms(&bench, 150);
	for (unsigned d = 0; d < 2 && bench_is_fault(&bench, 1); d++)
		answered(&bench);
	CHECK(bench_status(&bench, 1)->state != MCA_CHANNEL_FAULT);
	CHECK(bench_until(&bench, bench_is_running, 1));
	bench_done(&bench);
	world.ghost_comes = world.ghost_is_there = false;
}

static void nobody_waits_for_those_who_wait_in_vain(void)
{
	struct bench bench;

	bench_init(&bench, true);
	for (unsigned id = 5; id <= MCA_CHANNELS_MAX; id++)
		bench_add_channel(&bench, id, 1, 5);
	bench_start(&bench);
	CHECK(bench_until(&bench, bench_all_running, 4));
	mca_simrack_unplug(bench.rack, 4);
	CHECK(bench_until(&bench, bench_is_fault, 4));
	CHECK(bench_until(&bench, bench_is_free, 4 * 2 + MCA_CAPTURE));
	CHECK(bench_until(&bench, bench_is_free, 8 * 2 + MCA_PLAYBACK));
	wait_ms(&bench, 10000);
	answered(&bench);               /* it is tried now and then, in vain */
	mca_simrack_replug(bench.rack, 4);
	wait_ms(&bench, 10000);
	answered(&bench);
	answered(&bench);
	CHECK(bench_status(&bench, 4)->state != MCA_CHANNEL_FAULT);
	CHECK(bench_until(&bench, bench_all_running, 4));
	bench_done(&bench);
}

static bool has_stuck_threads(struct bench *bench, unsigned count)
{
	(void)bench;
	return bench_threads("mca-stuck") == count;
}

/* The names that were known serve on, and nobody asks that card again. */
static void a_card_that_hangs_when_listed_holds_up_nobody(void)
{
	struct bench bench;

	show("path:left", "sim:1");
	bench_init(&bench, true);
	bench_remove_channel(&bench, 2);
	name_input(&bench, 1, "path:left");
	bench_start(&bench);
	CHECK(bench_until(&bench, bench_all_running, 3));
	atomic_store(&world.list_hangs, true);
	world.folder_stamp++;
	mca_simrack_unplug(bench.rack, 5);
	CHECK(bench_until(&bench, bench_is_fault, 1));
	mca_simrack_replug(bench.rack, 5);
	CHECK(bench_until(&bench, bench_is_running, 1));
	CHECK_INT(bench_threads("mca-stuck"), 1);
	for (unsigned i = 0; i < 10; i++) {
		bench_ref(&bench_channel(&bench, 3)->output, i % 2 ? 7 : 6);
		name_input(&bench, 1, i % 2 ? "path:left" : "sim:1");
		CHECK_INT(bench_apply(&bench), 0);
	}
	CHECK(bench_until(&bench, bench_all_running, 3));
	CHECK_INT(bench_threads("mca-stuck"), 1);
	CHECK_INT(bench_status(&bench, 4)->restarts, 0);
	atomic_store(&world.list_hangs, false);
	CHECK(bench_until(&bench, has_stuck_threads, 0));
	bench_done(&bench);
	show(NULL, NULL);
}

static void who_is_disabled_has_no_device(void)
{
	struct bench bench;

	bench_init(&bench, true);
	bench_start(&bench);
	CHECK(bench_until(&bench, bench_all_running, 4));
	bench_channel(&bench, 4)->enabled = false;
	bench_ref(&bench_channel(&bench, 4)->output, 7);
	CHECK_INT(bench_apply(&bench), 0);
	bench_look(&bench);
	CHECK_STR(bench_status(&bench, 4)->device[MCA_PLAYBACK], "");
	CHECK_STR(bench_status(&bench, 4)->device[MCA_CAPTURE], "");
	bench_ref(&bench_channel(&bench, 4)->output, 8);
	bench_channel(&bench, 4)->enabled = true;
	CHECK_INT(bench_apply(&bench), 0);
	CHECK(bench_until(&bench, bench_all_running, 4));
	CHECK_STR(bench_status(&bench, 4)->device[MCA_PLAYBACK], "sim:8");
	bench_done(&bench);
}

int main(void)
{
	RUN(a_device_belongs_to_the_first_that_names_it);
	RUN(an_absent_card_has_its_number);
	RUN(a_selector_never_brings_another_card);
	RUN(what_comes_while_we_look_is_seen);
	RUN(nobody_waits_for_those_who_wait_in_vain);
	RUN(a_card_that_hangs_when_listed_holds_up_nobody);
	RUN(who_is_disabled_has_no_device);
	return DONE();
}
