/* SPDX-License-Identifier: MIT */
#include "vu_follow.h"

#include <stdio.h>
#include <unistd.h>

#include "command.h"
#include "interrupt.h"
#include "mca/cli.h"
#include "mca/clock.h"
#include "meter_view.h"
#include "target.h"

/*
 * The service counts meter windows in `seq`; a window that was shown is not shown again, and asking
 * twice as often as windows end misses none.
 *
 * Levels are shown as live only while they are: without an answer, or without a new window for
 * STALE_MS, the bars give way to a sentence. The first request must succeed, so that a wrong
 * address ends the command; after that the service is waited for, since it may be restarting.
 */
#define ASK_MS 2000
#define RETRY_MS 500
#define STALE_MS 2000

struct follow {
	const struct mca_command *command;
	struct mca_target *target;
	struct mca_meter_view view;
	bool json;
	bool began;             /* there was an answer */
	bool lost, stale;       /* and what was said about it */
	uint64_t since_ms;      /* the last new window, or the loss */
	json_int_t seen;        /* seq of the last window, -1 = none */
	int wait_ms;            /* until the next request */
};

static bool is_passing_away(const struct mca_answer *answer)
{
	if (answer->kind == MCA_ANSWER_REFUSED)
		return answer->status == 503 || answer->status == 500;
	return true;
}

/* Once on stderr where stdout is no terminal; with the seconds on a terminal. */
static void follow_tell(struct follow *follow, const char *what, bool first)
{
	char sentence[480];

	if (follow->view.terminal) {
		snprintf(sentence, sizeof(sentence), "NO LEVELS for %llu s: %s",
			 (unsigned long long)(mca_monotonic_ms() - follow->since_ms) / 1000, what);
		mca_meter_view_tell(&follow->view, sentence);
	} else if (first) {
		mca_command_failed(follow->command, "no levels: %s", what);
	}
}

static int follow_without_answer(struct follow *follow, const struct mca_answer *answer)
{
	char sentence[400];
	bool first = !follow->lost;

	if (answer->kind == MCA_ANSWER_STOPPED)
		return MCA_EXIT_OK;
	if (!follow->began || !is_passing_away(answer))
		return mca_answer_fail(follow->command, answer);
	if (first)
		follow->since_ms = mca_monotonic_ms();
	follow->lost = true;
	follow->seen = -1;
	follow->wait_ms = RETRY_MS;
	snprintf(sentence, sizeof(sentence), "the connection is lost and is tried again (%s)",
		 answer->why.text);
	follow_tell(follow, sentence, first);
	mca_target_find_again(follow->target);
	return MCA_COMMAND_GO;
}

static int follow_window(struct follow *follow, json_t *vu)
{
	if (!follow->view.terminal && (follow->lost || follow->stale))
		fputs("levels come again\n", stderr);
	follow->lost = follow->stale = false;
	follow->since_ms = mca_monotonic_ms();
	if (follow->json)
		return mca_target_print(follow->command, vu, JSON_COMPACT);
	mca_meter_view_draw(&follow->view, vu);
	return ferror(stdout) ? mca_command_failed(follow->command, "cannot write the levels") :
	       MCA_EXIT_OK;
}

static int follow_answer(struct follow *follow, json_t *vu)
{
	json_int_t seq = json_integer_value(json_object_get(vu, "seq"));
	json_int_t interval = json_integer_value(json_object_get(vu, "interval_ms"));
	bool first = !follow->stale;

	follow->began = true;
	follow->wait_ms = interval >= 20 && interval <= 2000 ? (int)(interval / 2) : 50;
	if (seq != follow->seen) {
		follow->seen = seq;
		return follow_window(follow, vu) == MCA_EXIT_OK ? MCA_COMMAND_GO : MCA_EXIT_FAILURE;
	}
	if (mca_monotonic_ms() - follow->since_ms < STALE_MS)
		return MCA_COMMAND_GO;
	follow->stale = true;
	follow_tell(follow, "the service answers, but no channel measures", first);
	return MCA_COMMAND_GO;
}

static int follow_once(struct follow *follow)
{
	struct mca_answer answer;
	int code;

	mca_target_ask(follow->target, "GET", "/vu", NULL, ASK_MS, &answer);
	if (answer.kind != MCA_ANSWERED)
		code = follow_without_answer(follow, &answer);
	else
		code = mca_vu_check(follow->command, follow->target, answer.document);
	if (code == MCA_COMMAND_GO && answer.kind == MCA_ANSWERED)
		code = follow_answer(follow, answer.document);
	mca_answer_done(&answer);
	return code;
}

int mca_vu_follow(const struct mca_command *command, struct mca_target *target, bool json)
{
	struct follow follow = {.command = command, .target = target, .json = json, .seen = -1};
	int interrupt = mca_interrupt_open(), code = MCA_COMMAND_GO;

	if (interrupt < 0)
		return mca_command_failed(command, "cannot watch for Ctrl-C");
	target->interrupt_fd = interrupt;
	if (!json)
		mca_meter_view_init(&follow.view);
	while (code == MCA_COMMAND_GO && !mca_interrupt_wait(interrupt, follow.wait_ms))
		code = follow_once(&follow);
	mca_meter_view_done(&follow.view);
	target->interrupt_fd = 0;
	close(interrupt);
	return code == MCA_COMMAND_GO ? MCA_EXIT_OK : code;
}
