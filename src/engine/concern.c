/* SPDX-License-Identifier: MIT */
/* Reasons for a degraded engine that no channel has: they belong to the rooms around the engine,
 * which report them here, so that one state covers the whole service. */
#include <stdio.h>
#include <string.h>

#include "state.h"

void mca_engine_set_concern(struct mca_engine *engine, enum mca_concern concern, const char *text)
{
	pthread_mutex_lock(&engine->table.lock);
	mca_notice_copy(engine->table.concern[concern], MCA_CONCERN_MAX, text ? text : "");
	pthread_mutex_unlock(&engine->table.lock);
}

bool mca_engine_has_concern(struct mca_engine *engine)
{
	bool found = false;

	pthread_mutex_lock(&engine->table.lock);
	for (unsigned i = 0; i < MCA_CONCERNS; i++)
		found |= engine->table.concern[i][0] != '\0';
	pthread_mutex_unlock(&engine->table.lock);
	return found;
}
