/* SPDX-License-Identifier: MIT */
/* The journal gets the same sentence as /status: the first fault, and how many more there are. */
#include "refusal.h"

#include <stdio.h>

#include "mca/engine.h"
#include "room.h"

void mca_refusal_tell(struct mca_api *api, const char *asker, const struct mca_faults *faults)
{
	struct mca_notice notice = { .kind = MCA_NOTICE_CONFIG_REFUSED, .stream = -1 };

	mca_origin_refused(&api->origin, faults);
	snprintf(notice.client, sizeof notice.client, "%s", asker);
	snprintf(notice.cause, sizeof notice.cause, "refused");
	/* The control thread is the only writer of last_error, and this is the control thread. */
	snprintf(notice.text, sizeof notice.text, "configuration refused, the old one stays live: "
		 "%.340s",
		 api->origin.last_error);
	mca_engine_post_notice(api->engine, &notice);
}
