/* SPDX-License-Identifier: MIT */
/*
 * The control thread feeds the watchdog, so it must not wait for a disk that does not answer. The
 * keeper does, on a copy of the place, and the control thread gives up after a while. What the
 * keeper then still finishes is undone there.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mca/keeper.h"
#include "room.h"

#define PATIENCE_MS 2000u       /* the watchdog of the unit waits for 5 seconds */

struct task {
	struct mca_place place;         /* a copy, without its text */
	struct mca_choice choice;
	struct mca_faults faults;
	struct mca_saving saving;
	char *text;
	size_t length;
	struct mca_diag diag;
	int code;
};

static void free_task(struct task *task)
{
	mca_choice_done(&task->choice);
	mca_faults_done(&task->faults);
	free(task->text);
	free(task);
}

static struct task *new_task(const struct mca_place *place)
{
	struct task *task = calloc(1, sizeof *task);

	if (!task)
		return NULL;
	task->place = *place;
	task->place.text = NULL;
	return task;
}

static void abandon(void *arg)
{
	struct task *task = arg;

	mca_place_drop(&task->saving);
	free_task(task);
}

/* 0: the task has ended and is the caller's. Otherwise it is gone. */
static int do_task(const struct mca_place *place, void (*work)(void *arg), struct task *task,
		   struct mca_diag *diag)
{
	int code = mca_keeper_do(place->keeper, work, abandon, task, PATIENCE_MS);

	if (code == -ETIMEDOUT)
		return mca_diag_set(diag, code, "the disk did not answer within %u seconds",
				    PATIENCE_MS / 1000);
	if (code < 0) {
		abandon(task);
		return mca_diag_set(diag, code, "memory ran out");
	}
	return 0;
}

void mca_place_use_keeper(struct mca_place *place, struct mca_keeper *keeper)
{
	place->keeper = keeper;
}

static void choose(void *arg)
{
	struct task *task = arg;

	task->code = mca_place_choose_now(&task->place, &task->choice, &task->faults);
}

int mca_place_choose(struct mca_place *place, struct mca_choice *choice, struct mca_faults *faults)
{
	struct mca_diag diag = { 0 };
	struct task *task;
	int code;

	*choice = (struct mca_choice){ 0 };
	if (!place->keeper)
		return mca_place_choose_now(place, choice, faults);
	task = new_task(place);
	if (!task)
		return mca_faults_say(faults, -ENOMEM, NULL, NULL, "memory ran out");
	code = do_task(place, choose, task, &diag);
	if (code < 0) {
		mca_faults_add(faults, &diag);
		return code;
	}
	code = task->code;
	for (size_t i = 0; i < task->faults.count; i++)
		mca_faults_add(faults, &task->faults.list[i]);
	*choice = task->choice;
	task->choice = (struct mca_choice){ 0 };
	free_task(task);
	return code;
}

static void stage(void *arg)
{
	struct task *task = arg;

	task->code = mca_place_stage_now(&task->place, &task->saving, task->text, task->length,
					 &task->diag);
}

int mca_place_stage(struct mca_place *place, struct mca_saving *saving, const char *text,
		    size_t length, struct mca_diag *diag)
{
	struct task *task;
	int code;

	if (!place->keeper)
		return mca_place_stage_now(place, saving, text, length, diag);
	task = new_task(place);
	if (task)
		task->text = strndup(text, length);
	if (!task || !task->text) {
		free(task);
		return mca_diag_set(diag, -ENOMEM, "memory ran out");
	}
	task->length = length;
	code = do_task(place, stage, task, diag);
	if (code < 0)
		return code;
	*saving = task->saving;
	code = task->code;
	if (code < 0)
		*diag = task->diag;
	free_task(task);
	return code;
}

static void commit(void *arg)
{
	struct task *task = arg;

	task->code = mca_place_commit_now(&task->saving, &task->diag);
}

static int commit_somewhere(struct mca_place *place, struct mca_saving *saving,
			    struct mca_diag *diag)
{
	struct task *task;
	int code;

	if (!place->keeper)
		return mca_place_commit_now(saving, diag);
	task = new_task(place);
	if (!task) {
		mca_place_drop(saving);
		return mca_diag_set(diag, -ENOMEM, "memory ran out");
	}
	task->saving = *saving;
	code = do_task(place, commit, task, diag);
	if (code < 0)
		return code;
	code = task->code;
	if (code < 0)
		*diag = task->diag;
	free_task(task);
	return code;
}

int mca_place_commit(struct mca_place *place, struct mca_saving *saving, struct mca_diag *diag)
{
	int code = commit_somewhere(place, saving, diag);

	if (code < 0)
		return code;
	place->source = saving->source;
	if (saving->source == MCA_SOURCE_FILE) {
		place->base_exists = true;
		place->base_hash = saving->hash;
	}
	return 0;
}
