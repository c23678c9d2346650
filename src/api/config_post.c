/* SPDX-License-Identifier: MIT */
/*
 * POST /config: one transaction. Parse and validate everything, let the engine prove and commit.
 * With save=1 the text is on the disk before the engine commits, and gets its name afterwards: a
 * full disk refuses before anything changes, and a file never holds what the devices refused.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "document.h"
#include "etag.h"
#include "mca/config.h"
#include "mca/config_diff.h"
#include "outcome.h"
#include "problem.h"
#include "query.h"
#include "refusal.h"
#include "room.h"
#include "sections.h"

_Static_assert(MCA_API_BODY_MAX == MCA_CONFIG_BYTES_MAX, "a body is as long as a configuration");

struct order {
	bool dry_run;
	bool save;
	char asker[MCA_ASKER_MAX];
};

/* Let the engine try or commit it. Returns the status. */
static int apply(struct mca_api *api, const struct mca_settings *settings, bool check_only,
		 const struct order *order, struct mca_outcome *outcome)
{
	int code = mca_engine_apply(api->engine, settings, check_only, order->asker,
				    &outcome->result, &outcome->faults);

	if (!code)
		return 200;
	/* The engine tells the journal what it refuses to commit, not what it was only asked
	 * about. */
	if (!order->dry_run && check_only)
		mca_refusal_tell(api, order->asker, &outcome->faults);
	else if (!order->dry_run)
		mca_origin_refused(&api->origin, &outcome->faults);
	return mca_outcome_status(code);
}

/* What is saved must load at the next start, by the same parser and to the same settings. */
static int check_text(const char *text, const struct mca_settings *settings, struct mca_diag *diag)
{
	struct mca_settings *again = calloc(1, sizeof *again);
	struct mca_config_diff *diff = calloc(1, sizeof *diff);
	struct mca_faults faults = { 0 };
	int code = again && diff ? 0 : mca_diag_set(diag, -ENOMEM, "memory ran out");

	if (code == 0 && strlen(text) > MCA_CONFIG_BYTES_MAX)
		code = mca_diag_set(diag, -EFBIG, "the configuration with the sections that it "
				    "leaves out is longer than 64 KiB and could not be read back");
	else if (code == 0 && mca_config_parse(text, strlen(text), again, &faults) < 0)
		code = mca_diag_set(diag, -EINVAL, "the text could not be read back: %s",
				    faults.count ? faults.list[0].text : "memory ran out");
	if (code == 0)
		mca_config_compare(diff, settings, again);
	if (code == 0 && diff->total)
		code = mca_diag_set(diag, -EINVAL, "the text would be read back differently at %s",
				    diff->pointer[0]);
	mca_faults_done(&faults);
	free(again);
	free(diff);
	return code;
}

/* Everything of the save that can fail, but for the name. */
static int stage(struct mca_api *api, const struct mca_settings *settings, const char *text,
		 struct mca_saving *saving, struct mca_faults *faults)
{
	struct mca_diag diag = { 0 };
	int code = check_text(text, settings, &diag);

	if (code == 0 && !api->place)
		code = mca_diag_set(&diag, -ENOENT, "no configuration file is in use");
	if (code == 0)
		code = mca_place_stage(api->place, saving, text, strlen(text), &diag);
	if (code < 0)
		mca_faults_add(faults, &diag);
	return code;
}

/* The configuration is live: give the text its name. */
static int commit(struct mca_api *api, struct mca_saving *saving, const struct order *order,
		  struct mca_outcome *outcome)
{
	struct mca_diag diag = { 0 };
	int code = mca_place_commit(api->place, saving, &diag);

	if (code == 0) {
		outcome->saved = strdup(saving->path);
		outcome->note = strdup(saving->note);
		mca_origin_live(&api->origin, saving->source, saving->path, saving->note);
		return 200;
	}
	outcome->live = true;
	mca_faults_add(&outcome->faults, &diag);
	mca_refusal_tell(api, order->asker, &outcome->faults);
	return 507;
}

static void posted(struct mca_api *api, const char *text)
{
	const char *path = api->place ? mca_place_path(api->place) : "";
	char note[MCA_PLACE_NOTE_MAX];

	if (api->place)
		mca_place_posted(api->place, text, strlen(text));
	snprintf(note, sizeof note,
		 "posted and not saved; a reload or a restart goes back to %.400s",
		 *path ? path : "what was started with");
	mca_origin_live(&api->origin, MCA_SOURCE_API, path, note);
	mca_engine_set_concern(api->engine, MCA_CONCERN_CONFIG, NULL);
}

/* Prove, stage, apply, commit: what is on the disk under its name has been applied. */
static int save_and_apply(struct mca_api *api, const struct mca_settings *settings,
			  const char *text, const struct order *order, struct mca_outcome *outcome)
{
	struct mca_saving *saving;
	int status = apply(api, settings, true, order, outcome);

	if (status != 200)
		return status;
	saving = calloc(1, sizeof *saving);
	if (!saving || stage(api, settings, text, saving, &outcome->faults)) {
		free(saving);
		mca_refusal_tell(api, order->asker, &outcome->faults);
		return 507;
	}
	status = apply(api, settings, false, order, outcome);
	if (status == 200) {
		posted(api, text);
		status = commit(api, saving, order, outcome);
	} else {
		mca_place_drop(saving);
	}
	free(saving);
	return status;
}

static int apply_text(struct mca_api *api, const struct mca_settings *settings, const char *text,
		      const struct order *order, struct mca_outcome *outcome)
{
	int status;

	if (order->save && !order->dry_run)
		return save_and_apply(api, settings, text, order, outcome);
	status = apply(api, settings, order->dry_run, order, outcome);
	if (status == 200 && !order->dry_run)
		posted(api, text);
	return status;
}

static int transact(struct mca_api *api, const struct mca_api_request *request,
		    const struct order *order, struct mca_settings *settings,
		    struct mca_outcome *outcome)
{
	int code = mca_config_parse(request->body ? request->body : "", request->body_length,
				    settings, &outcome->faults);
	char *text;
	int status;

	if (code) {
		if (!order->dry_run)
			mca_refusal_tell(api, order->asker, &outcome->faults);
		return mca_outcome_status(code);
	}
	mca_sections_keep(settings, mca_engine_settings(api->engine));
	text = mca_sections_text(request->body, request->body_length,
				 api->place ? mca_place_text(api->place) : "");
	status = text ? apply_text(api, settings, text, order, outcome) : 500;
	free(text);
	return status;
}

void mca_config_post(struct mca_api *api, const struct mca_api_request *request,
		     struct mca_api_response *response)
{
	struct order order = {
		.dry_run = mca_query_is_on(request->query, "dry_run"),
		.save = mca_query_is_on(request->query, "save"),
	};
	struct mca_settings *settings;
	struct mca_outcome *outcome;

	mca_asker(order.asker, request);
	settings = calloc(1, sizeof *settings);
	outcome = calloc(1, sizeof *outcome);
	if (settings && outcome) {
		outcome->dry_run = order.dry_run;
		outcome->status = transact(api, request, &order, settings, outcome);
		mca_outcome_send(response, outcome);
		if (response->status == 200 && !order.dry_run)
			mca_etag_write(response->etag, api->boot, outcome->result.generation);
		mca_outcome_done(outcome);
	} else {
		mca_document_send(response, 500, NULL);
	}
	free(settings);
	free(outcome);
}
