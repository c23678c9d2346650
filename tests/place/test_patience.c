/* SPDX-License-Identifier: MIT */
/*
 * A disk that does not answer: fsync() is wrapped and waits until the test lets it go. The caller
 * is back after a while, and what the keeper finishes later leaves nothing behind.
 */
#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../support/check.h"
#include "mca/keeper.h"
#include "mca/place.h"

#define OLD "{\"old\": 1}"
#define NEW "{\"new\": 2}"

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static char folder[64], base[128];

int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __wrap_fsync(int fd)
{
	pthread_mutex_lock(&gate);
	pthread_mutex_unlock(&gate);
	return __real_fsync(fd);
}

struct scene {
	struct mca_place *place;
	struct mca_keeper *keeper;
	struct mca_choice choice;
	struct mca_faults faults;
	struct mca_diag diag;
	struct mca_saving saving;
};

static struct scene *begin(void)
{
	const struct mca_place_options options = { .given = base };
	struct scene *scene = calloc(1, sizeof *scene);

	CHECK_INT(mca_store_write(base, OLD, strlen(OLD), NULL), 0);
	CHECK_INT(mca_place_new(&scene->place, &options, &scene->diag), 0);
	CHECK_INT(mca_keeper_new(&scene->keeper, &scene->diag), 0);
	mca_place_use_keeper(scene->place, scene->keeper);
	CHECK_INT(mca_place_choose(scene->place, &scene->choice, &scene->faults), 0);
	CHECK_STR(scene->choice.text, OLD);
	mca_place_live(scene->place, &scene->choice);
	return scene;
}

static bool holds(const char *path, const char *want)
{
	size_t length = 0;
	char *text = NULL;
	bool same = mca_store_read(path, 1000, &text, &length, NULL) == 0 &&
		    strcmp(text, want) == 0;

	free(text);
	return same;
}

static unsigned entries(void)
{
	DIR *list = opendir(folder);
	unsigned count = 0;

	while (list && readdir(list))
		count++;
	closedir(list);
	return count - 2;
}

static void end(struct scene *scene)
{
	CHECK(mca_keeper_free(scene->keeper, 60000));
	mca_place_free(scene->place);
	mca_choice_done(&scene->choice);
	mca_faults_done(&scene->faults);
	free(scene);
}

static void remove_files(void)
{
	char path[160];

	snprintf(path, sizeof path, "%s.bak", base);
	unlink(path);
	unlink(base);
}

static void a_save_is_staged_and_committed(void)
{
	struct scene *scene = begin();

	CHECK_INT(mca_place_stage(scene->place, &scene->saving, NEW, strlen(NEW), &scene->diag), 0);
	CHECK(holds(base, OLD));
	CHECK_INT(mca_place_commit(scene->place, &scene->saving, &scene->diag), 0);
	CHECK(holds(base, NEW));
	end(scene);
	CHECK_INT(entries(), 2);
	remove_files();
}

static void a_stage_that_hangs_is_given_up(void)
{
	struct scene *scene = begin();

	pthread_mutex_lock(&gate);
	CHECK_INT(mca_place_stage(scene->place, &scene->saving, NEW, strlen(NEW), &scene->diag),
		  -ETIMEDOUT);
	CHECK(strstr(scene->diag.text, "did not answer") != NULL);
	/* Neither does the next one wait for longer. */
	CHECK_INT(mca_place_stage(scene->place, &scene->saving, NEW, strlen(NEW), &scene->diag),
		  -ETIMEDOUT);
	CHECK_INT(mca_place_choose(scene->place, &scene->choice, &scene->faults), -ETIMEDOUT);
	CHECK_INT(scene->faults.count, 1);
	pthread_mutex_unlock(&gate);
	end(scene);
	CHECK(holds(base, OLD));
	CHECK_INT(entries(), 1);
	remove_files();
}

static void a_commit_that_hangs_is_given_up(void)
{
	struct scene *scene = begin();

	CHECK_INT(mca_place_stage(scene->place, &scene->saving, NEW, strlen(NEW), &scene->diag), 0);
	pthread_mutex_lock(&gate);
	CHECK_INT(mca_place_commit(scene->place, &scene->saving, &scene->diag), -ETIMEDOUT);
	pthread_mutex_unlock(&gate);
	end(scene);
	CHECK(holds(base, NEW) || holds(base, OLD));
	CHECK_INT(entries(), 2);
	remove_files();
}

int main(void)
{
	const char *temporary = getenv("TMPDIR");

	snprintf(folder, sizeof folder, "%.40s/mca-place-XXXXXX", temporary ? temporary : "/tmp");
	if (!mkdtemp(folder)) {
		printf("Bail out! cannot make a folder in %s\n", folder);
		return 1;
	}
	snprintf(base, sizeof base, "%s/base.json", folder);
	RUN(a_save_is_staged_and_committed);
	RUN(a_stage_that_hangs_is_given_up);
	RUN(a_commit_that_hangs_is_given_up);
	rmdir(folder);
	return DONE();
}
