/* SPDX-License-Identifier: MIT */
/* One journal entry a refusal: the first fault, how many there are and where. */
#include "refusal.h"

#include <stdio.h>

#include "mca/engine.h"
#include "room.h"

void mca_refusal_tell(struct mca_api *api, const char *asker, const struct mca_faults *faults)
{
	struct mca_notice notice = { .kind = MCA_NOTICE_CONFIG_REFUSED, .stream = -1 };
	char text[sizeof notice.text];

	mca_origin_refused(&api->origin, faults);
	snprintf(notice.client, sizeof notice.client, "%s", asker);
	snprintf(notice.cause, sizeof notice.cause, "refused");
	mca_faults_sum_up(faults, 0, text, sizeof text);
	snprintf(notice.text, sizeof notice.text,
		 "configuration refused, the old one stays live: %.350s", text);
	mca_engine_post_notice(api->engine, &notice);
}
