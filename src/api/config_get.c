/* SPDX-License-Identifier: MIT */
/* GET /config: the live settings as a document that can be posted back, with the ETag for
 * If-Match. */
#include <stdlib.h>
#include <string.h>

#include "document.h"
#include "etag.h"
#include "mca/config.h"
#include "mca/engine.h"
#include "room.h"

void mca_config_get(struct mca_api *api, const struct mca_api_request *request,
		    struct mca_api_response *response)
{
	struct mca_engine_status *status = calloc(1, sizeof *status);
	char *text = mca_config_dump(mca_engine_settings(api->engine));

	if (!status || !text) {
		free(status);
		free(text);
		mca_document_send(response, 500, NULL);
		return;
	}
	mca_engine_status(api->engine, status);
	*response = (struct mca_api_response){
		.status = 200, .content_type = "application/json", .body = text,
		.length = strlen(text),
	};
	mca_etag_write(response->etag, api->boot, status->generation);
	free(status);
}
