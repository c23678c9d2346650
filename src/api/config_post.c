/* SPDX-License-Identifier: MIT */
/*
 * POST /config: one transaction. Parse and validate everything; with save=1 write the file; then
 * let the engine prove and commit. Whatever fails, the old configuration lives on and the file is
 * as it was.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "document.h"
#include "etag.h"
#include "mca/config.h"
#include "outcome.h"
#include "problem.h"
#include "query.h"
#include "refusal.h"
#include "room.h"
#include "save.h"
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

static int write_file(struct mca_api *api, const struct mca_settings *settings,
		      struct mca_save *save, struct mca_faults *faults)
{
	char *text = mca_config_dump(settings);
	struct mca_diag diag = { 0 };
	int code;

	if (!text)
		return mca_faults_say(faults, -ENOMEM, "", NULL, "memory ran out");
	if (strlen(text) > MCA_CONFIG_BYTES_MAX)
		code = mca_diag_set(&diag, -EFBIG, "the configuration with everything it leaves "
				    "out is longer than 64 KiB and could not be read back");
	else
		code = mca_save_write(api, text, save, &diag);
	free(text);
	if (code)
		mca_faults_add(faults, &diag);
	return code;
}

/* The devices refused what is on disk already: take it back. */
static void put_back(const struct mca_save *save, struct mca_faults *faults)
{
	struct mca_diag diag = { 0 };

	if (mca_save_undo(save, &diag))
		mca_faults_say(faults, diag.code, "", NULL, "and %s still holds the refused "
			       "configuration: %s", save->path, diag.text);
}

static int save_and_apply(struct mca_api *api, const struct mca_settings *settings,
			  const struct order *order, struct mca_outcome *outcome)
{
	struct mca_save save;
	int status = apply(api, settings, true, order, outcome);

	if (status != 200)
		return status;
	if (write_file(api, settings, &save, &outcome->faults)) {
		mca_refusal_tell(api, order->asker, &outcome->faults);
		return 507;
	}
	status = apply(api, settings, false, order, outcome);
	if (status == 200) {
		outcome->saved = strdup(save.path);
		mca_origin_saved(&api->origin, save.path, save.source);
	} else {
		put_back(&save, &outcome->faults);
	}
	mca_save_done(&save);
	return status;
}

static int transact(struct mca_api *api, const struct mca_api_request *request,
		    const struct order *order, struct mca_settings *settings,
		    struct mca_outcome *outcome)
{
	int code = mca_config_parse(request->body ? request->body : "", request->body_length,
				    settings, &outcome->faults);
	int status;

	if (code) {
		if (!order->dry_run)
			mca_refusal_tell(api, order->asker, &outcome->faults);
		return mca_outcome_status(code);
	}
	mca_sections_keep(settings, mca_engine_settings(api->engine));
	if (order->save && !order->dry_run)
		return save_and_apply(api, settings, order, outcome);
	status = apply(api, settings, order->dry_run, order, outcome);
	if (status == 200 && !order->dry_run)
		mca_origin_posted(&api->origin);
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
