/* SPDX-License-Identifier: MIT */
/*
 * The text of the kept states, cut and changed everywhere, and a disk that does not answer:
 * rename() is wrapped and waits until the test lets it go.
 */
#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../support/check.h"
#include "mca/clock.h"
#include "mca/keeper.h"
#include "mca/store.h"
#include "mca/talk.h"
#include "talk_text.h"

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static char folder[64];

int __real_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to)
{
	int result;

	pthread_mutex_lock(&gate);
	result = __real_rename(from, to);
	pthread_mutex_unlock(&gate);
	return result;
}

struct scene {
	struct mca_keeper *writer, *flusher;
	struct mca_talk *talk;
	struct mca_diag diag;
};

static void begin(struct scene *scene)
{
	*scene = (struct scene){ 0 };
	CHECK_INT(mca_keeper_new(&scene->writer, &scene->diag), 0);
	CHECK_INT(mca_keeper_new(&scene->flusher, &scene->diag), 0);
	CHECK_INT(mca_talk_new(&scene->talk, folder, scene->writer, scene->flusher, &scene->diag),
		  0);
}

static void end(struct scene *scene)
{
	mca_talk_end(scene->talk);
	CHECK(mca_keeper_free(scene->writer, 60000));
	CHECK(mca_keeper_free(scene->flusher, 60000));
	mca_talk_free(scene->talk);
}

static bool recalls(struct scene *scene, unsigned channel, bool want_mute, bool want_gate)
{
	bool mute = false, gate_open = true;

	mca_talk_recall(scene->talk, channel, &mute, &gate_open);
	return mute == want_mute && gate_open == want_gate;
}

static const struct mca_talk_entry three[] = {
	{ 1, true, true }, { 12, false, false }, { 2147483647, true, false },
};

static void what_is_printed_is_read(void)
{
	struct mca_talk_entry entry[MCA_TALK_ENTRIES];
	char text[MCA_TALK_TEXT_MAX];
	size_t length = mca_talk_print(text, three, 3);

	CHECK_STR(text, "mission-control-audio ptt 1\n1 muted open\n12 live closed\n"
		  "2147483647 muted closed\nend 3\n");
	CHECK_INT(mca_talk_parse(text, length, entry), 3);
	for (unsigned i = 0; i < 3; i++) {
		CHECK_INT(entry[i].channel, three[i].channel);
		CHECK_INT(entry[i].mute, three[i].mute);
		CHECK_INT(entry[i].gate_open, three[i].gate_open);
	}
	CHECK_INT(mca_talk_parse(text, mca_talk_print(text, three, 0), entry), 0);
	for (unsigned i = 0; i < MCA_TALK_ENTRIES; i++)
		entry[i] = (struct mca_talk_entry){ 2147483000 + i, false, false };
	length = mca_talk_print(text, entry, MCA_TALK_ENTRIES);
	CHECK(length < MCA_TALK_TEXT_MAX);
	CHECK_INT(mca_talk_parse(text, length, entry), MCA_TALK_ENTRIES);
}

/* Whatever happens to one byte: the text is refused, or it is a whole text of its own. */
static void one_byte_makes_no_half_truth(void)
{
	struct mca_talk_entry entry[MCA_TALK_ENTRIES];
	char text[MCA_TALK_TEXT_MAX], again[MCA_TALK_TEXT_MAX];
	size_t length = mca_talk_print(text, three, 3);
	unsigned taken = 0;

	for (size_t cut = 0; cut < length; cut++) {
		char saved = text[cut];

		text[cut] = '\0';
		CHECK_INT(mca_talk_parse(text, cut, entry), -EBADMSG);
		text[cut] = saved;
	}
	for (size_t at = 0; at < length; at++) {
		char saved = text[at];

		for (int byte = 0; byte < 256; byte++) {
			int count;

			text[at] = (char)byte;
			count = mca_talk_parse(text, length, entry);
			if (count < 0)
				continue;
			taken += (char)byte != saved;
			CHECK_INT(mca_talk_print(again, entry, (unsigned)count), length);
			CHECK(memcmp(again, text, length) == 0);
		}
		text[at] = saved;
	}
	printf("# %u texts with another digit were taken\n", taken);
	CHECK(taken > 0 && taken < 200);
	CHECK_INT(mca_talk_parse("mission-control-audio ptt 1\n1 muted open\n1 live open\nend 2\n",
				 61, entry), -EBADMSG);
}

static void what_is_noted_is_recalled(void)
{
	struct scene scene;

	begin(&scene);
	CHECK(recalls(&scene, 1, false, true));
	mca_talk_note(scene.talk, 1, true, true);
	mca_talk_note(scene.talk, 2, false, false);
	CHECK(recalls(&scene, 1, true, true));
	mca_talk_settle(scene.talk);
	end(&scene);
	begin(&scene);
	CHECK_INT(scene.diag.code, 0);
	CHECK(recalls(&scene, 1, true, true));
	CHECK(recalls(&scene, 2, false, false));
	CHECK(recalls(&scene, 3, false, true));
	end(&scene);
}

/* More channels than there is room for: the one that was noted longest ago is forgotten. */
static void the_oldest_is_forgotten(void)
{
	struct scene scene;

	begin(&scene);
	for (unsigned i = 0; i < MCA_TALK_ENTRIES; i++)
		mca_talk_note(scene.talk, 100 + i, true, false);
	mca_talk_note(scene.talk, 100, true, true);
	mca_talk_note(scene.talk, 99, true, true);
	end(&scene);
	begin(&scene);
	CHECK_INT(scene.diag.code, 0);
	CHECK(recalls(&scene, 99, true, true));
	CHECK(recalls(&scene, 100, true, true));
	CHECK(recalls(&scene, 101, false, true));
	CHECK(recalls(&scene, 102, true, false));
	end(&scene);
}

/* A disk that hangs delays one caller, once; when it is back everything is written. */
static void a_disk_that_hangs_holds_up_one_caller(void)
{
	struct scene scene;
	uint64_t began;
	char text[400];

	begin(&scene);
	pthread_mutex_lock(&gate);
	mca_talk_note(scene.talk, 1, true, false);
	began = mca_monotonic_ms();
	mca_talk_settle(scene.talk);
	CHECK(mca_monotonic_ms() - began >= MCA_TALK_PATIENCE_MS);
	/* Without the rule the thousand would wait a thousand times as long as the first one. */
	for (unsigned i = 0; i < 1000; i++) {
		mca_talk_note(scene.talk, 1, i % 2, true);
		mca_talk_settle(scene.talk);
	}
	CHECK(mca_monotonic_ms() - began < 100 * MCA_TALK_PATIENCE_MS);
	while (!mca_talk_trouble(scene.talk, text, sizeof text))
		usleep(10000);
	CHECK(strstr(text, "does not answer") != NULL);
	pthread_mutex_unlock(&gate);
	while (mca_talk_trouble(scene.talk, text, sizeof text))
		usleep(10000);
	end(&scene);
	begin(&scene);
	CHECK(recalls(&scene, 1, true, true));
	end(&scene);
}

static void wait_for_gate(void *arg)
{
	pthread_mutex_lock(&gate);
	++*(unsigned *)arg;
	pthread_mutex_unlock(&gate);
}

static void count_abandoned(void *arg)
{
	*(unsigned *)arg += 100;
}

static void work_that_takes_too_long_is_abandoned(void)
{
	static unsigned quick, slow;
	struct mca_keeper *keeper;

	CHECK_INT(mca_keeper_new(&keeper, NULL), 0);
	CHECK_INT(mca_keeper_do(keeper, wait_for_gate, count_abandoned, &quick, 60000), 0);
	CHECK_INT(quick, 1);
	pthread_mutex_lock(&gate);
	CHECK_INT(mca_keeper_do(keeper, wait_for_gate, count_abandoned, &slow, 20), -ETIMEDOUT);
	pthread_mutex_unlock(&gate);
	CHECK(mca_keeper_free(keeper, 60000));
	CHECK_INT(slow, 101);
}

/* It is left behind, and the process can end: a thread that waits for a disk cannot be stopped. */
static void a_keeper_that_hangs_is_left_behind(void)
{
	static struct mca_keeper *keeper;
	static unsigned left;

	CHECK_INT(mca_keeper_new(&keeper, NULL), 0);
	pthread_mutex_lock(&gate);
	CHECK_INT(mca_keeper_do(keeper, wait_for_gate, count_abandoned, &left, 20), -ETIMEDOUT);
	CHECK(!mca_keeper_free(keeper, 20));
	pthread_mutex_unlock(&gate);
}

int main(void)
{
	const char *base = getenv("TMPDIR");
	char path[128];

	snprintf(folder, sizeof folder, "%.40s/mca-talk-XXXXXX", base ? base : "/tmp");
	if (!mkdtemp(folder)) {
		printf("Bail out! cannot make a folder in %s\n", folder);
		return 1;
	}
	RUN(what_is_printed_is_read);
	RUN(one_byte_makes_no_half_truth);
	RUN(what_is_noted_is_recalled);
	RUN(the_oldest_is_forgotten);
	RUN(a_disk_that_hangs_holds_up_one_caller);
	RUN(work_that_takes_too_long_is_abandoned);
	RUN(a_keeper_that_hangs_is_left_behind);
	snprintf(path, sizeof path, "%s/ptt.state", folder);
	unlink(path);
	rmdir(folder);
	return DONE();
}
