/* SPDX-License-Identifier: MIT */
/* One shape of answer for every way a configuration comes in: the new generation, or every
 * fault. */
#include "outcome.h"

#include <errno.h>
#include <stdlib.h>

#include "document.h"
#include "problem.h"

#define UNCHANGED "the running configuration is unchanged"
#define LIVE "the new configuration is live, but it is not saved"

int mca_outcome_status(int code)
{
	switch (code) {
	case -EBADMSG:
		return 400;
	case -EINVAL:
		return 422;
	case -ENOMEM:
		return 500;
	case -ESHUTDOWN:
		return 503;
	default:
		return 409;
	}
}

static json_t *changed_of(const struct mca_apply_result *result)
{
	json_t *list = json_array();

	for (unsigned i = 0; list && i < result->changed_count; i++)
		if (json_array_append_new(list, mca_document_text(result->changed[i]))) {
			json_decref(list);
			return NULL;
		}
	return list;
}

static json_t *restarted_of(const struct mca_apply_result *result)
{
	json_t *list = json_array();

	for (unsigned i = 0; list && i < result->restarted_count; i++)
		if (json_array_append_new(list, json_integer(result->restarted[i]))) {
			json_decref(list);
			return NULL;
		}
	return list;
}

static json_t *result_of(const struct mca_apply_result *result)
{
	json_t *answer = json_pack("{s:I, s:o, s:o}", "generation", (json_int_t)result->generation,
				   "changed", changed_of(result), "restarted_channels",
				   restarted_of(result));

	/* The list of pointers is bounded; say so when it is not all. */
	if (answer && result->changed_total > result->changed_count &&
	    mca_document_put(answer, "changed_total", json_integer(result->changed_total))) {
		json_decref(answer);
		return NULL;
	}
	return answer;
}

void mca_outcome_send(struct mca_api_response *response, const struct mca_outcome *outcome)
{
	json_t *answer;
	int bad = 0;

	if (outcome->status != 200) {
		mca_problem_faults(response, outcome->status, outcome->live ? LIVE : UNCHANGED,
				   &outcome->faults);
		return;
	}
	answer = result_of(&outcome->result);
	if (answer && outcome->dry_run)
		bad |= mca_document_put(answer, "dry_run", json_true());
	if (answer && outcome->saved)
		bad |= mca_document_put(answer, "saved", mca_document_text(outcome->saved));
	if (answer && outcome->note && *outcome->note)
		bad |= mca_document_put(answer, "note", mca_document_text(outcome->note));
	if (bad) {
		json_decref(answer);
		answer = NULL;
	}
	mca_document_send(response, 200, answer);
}

void mca_outcome_done(struct mca_outcome *outcome)
{
	mca_faults_done(&outcome->faults);
	free(outcome->saved);
	free(outcome->note);
	outcome->saved = outcome->note = NULL;
}
