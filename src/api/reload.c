/* SPDX-License-Identifier: MIT */
/*
 * Reading the configuration file again: for SIGHUP and for POST /reload, which answers only when
 * the outcome is known. Which file it is, is decided anew each time (mca/place.h).
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "document.h"
#include "mca/config.h"
#include "outcome.h"
#include "problem.h"
#include "refusal.h"
#include "room.h"
#include "sections.h"

static int renew(struct mca_api *api, bool live, struct mca_faults *faults)
{
	struct mca_diag diag = { 0 };
	int code = api->renew ? api->renew(api->renew_context, live, &diag) : 0;

	if (code < 0)
		mca_faults_add(faults, &diag);
	return code;
}

static int load(struct mca_api *api, struct mca_choice *choice, struct mca_settings *settings,
		struct mca_faults *faults)
{
	int code;

	if (!api->place)
		return mca_faults_say(faults, -ENOENT, "", NULL, "no configuration file is in use, "
				      "so there is nothing to read again: start the service with "
				      "run --config FILE");
	code = mca_place_choose(api->place, choice, faults);
	if (code == 0)
		code = mca_config_parse(choice->text, choice->length, settings, faults);
	return code ? code : renew(api, false, faults);
}

/* The journal gets the reason when another file is used than an operator may expect. */
static void tell_choice(struct mca_api *api, const struct mca_choice *choice, const char *asker)
{
	struct mca_notice notice = { .kind = MCA_NOTICE_CONFIG_APPLIED, .stream = -1 };

	if (!*choice->note)
		return;
	snprintf(notice.client, sizeof notice.client, "%s", asker);
	snprintf(notice.text, sizeof notice.text, "The configuration is %.100s: %.240s.",
		 choice->path, choice->note);
	mca_engine_post_notice(api->engine, &notice);
}

static void live(struct mca_api *api, struct mca_choice *choice, const char *asker,
		 struct mca_outcome *outcome)
{
	mca_place_live(api->place, choice);
	mca_origin_live(&api->origin, choice->source, choice->path, choice->note);
	mca_engine_set_concern(api->engine, MCA_CONCERN_CONFIG, NULL);
	outcome->note = strdup(choice->note);
	tell_choice(api, choice, asker);
	renew(api, true, &outcome->faults);
}

static int reload_choice(struct mca_api *api, const char *asker, struct mca_choice *choice,
			 struct mca_settings *settings, struct mca_outcome *outcome)
{
	int code = load(api, choice, settings, &outcome->faults);

	if (code) {
		mca_refusal_tell(api, asker, &outcome->faults);
		return code;
	}
	mca_sections_keep(settings, mca_engine_settings(api->engine));
	code = mca_engine_apply(api->engine, settings, false, asker, &outcome->result,
				&outcome->faults);
	if (code)
		mca_origin_refused(&api->origin, &outcome->faults);
	else
		live(api, choice, asker, outcome);
	return code;
}

/* Returns 0, or the negative errno that outcome->faults explain. */
static int reload(struct mca_api *api, const char *asker, struct mca_settings *settings,
		  struct mca_outcome *outcome)
{
	struct mca_choice *choice = calloc(1, sizeof *choice);
	int code;

	if (!choice)
		return mca_faults_say(&outcome->faults, -ENOMEM, "", NULL, "memory ran out");
	code = reload_choice(api, asker, choice, settings, outcome);
	mca_choice_done(choice);
	free(choice);
	return code;
}

int mca_api_reload(struct mca_api *api, const char *client, struct mca_faults *faults)
{
	struct mca_settings *settings = calloc(1, sizeof *settings);
	struct mca_outcome *outcome = calloc(1, sizeof *outcome);
	int code = -ENOMEM;

	if (settings && outcome) {
		code = reload(api, client, settings, outcome);
		*faults = outcome->faults;
		outcome->faults = (struct mca_faults){ 0 };
		mca_outcome_done(outcome);
	} else {
		mca_faults_say(faults, code, "", NULL, "memory ran out");
		mca_refusal_tell(api, client, faults);
	}
	free(settings);
	free(outcome);
	return code;
}

static void tell(const struct mca_api *api, bool begins)
{
	if (api->reloading)
		api->reloading(api->context, begins);
}

void mca_reload_post(struct mca_api *api, const struct mca_api_request *request,
		     struct mca_api_response *response)
{
	struct mca_settings *settings = calloc(1, sizeof *settings);
	struct mca_outcome *outcome = calloc(1, sizeof *outcome);
	char asker[MCA_ASKER_MAX];
	int code;

	if (request->body_length > 0) {
		mca_api_problem(response, 400, "a reload takes no body: the configuration comes "
				"from the file; use POST /config to send one");
	} else if (settings && outcome) {
		tell(api, true);
		code = reload(api, mca_asker(asker, request), settings, outcome);
		tell(api, false);
		/* Broken text is the file's fault here, not the request's. */
		outcome->status = code == -EBADMSG ? 422 : code ? mca_outcome_status(code) : 200;
		mca_outcome_send(response, outcome);
		mca_outcome_done(outcome);
	} else {
		mca_document_send(response, 500, NULL);
	}
	free(settings);
	free(outcome);
}
