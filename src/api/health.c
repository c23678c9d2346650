/* SPDX-License-Identifier: MIT */
/*
 * GET /healthz: the HTTP plane is alive; it says nothing about audio, so that a probe restarts the
 * right thing. GET /readyz: every channel was tried; degraded is ready, since the rest works.
 */
#include <stdlib.h>

#include "document.h"
#include "mca/engine.h"
#include "problem.h"
#include "room.h"

void mca_healthz_get(struct mca_api *api, const struct mca_api_request *request,
		     struct mca_api_response *response)
{
	mca_document_send(response, 200, json_pack("{s:s}", "status", "ok"));
}

void mca_readyz_get(struct mca_api *api, const struct mca_api_request *request,
		    struct mca_api_response *response)
{
	struct mca_engine_status *status = calloc(1, sizeof *status);
	enum mca_engine_state state;

	if (!status) {
		mca_document_send(response, 500, NULL);
		return;
	}
	mca_engine_status(api->engine, status);
	state = status->state;
	free(status);
	if (state == MCA_ENGINE_RUNNING || state == MCA_ENGINE_DEGRADED)
		mca_document_send(response, 200, json_pack("{s:s, s:s}", "status", "ready", "state",
							   mca_engine_state_name(state)));
	else
		mca_api_problem(response, 503, state == MCA_ENGINE_STARTING ?
				"the channels are still being started" : "the service is stopping");
}
