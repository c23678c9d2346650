/* SPDX-License-Identifier: MIT */
/* Settings without a document: the defaults, and looking a channel up. */
#include "mca/settings.h"

#include <string.h>

#include "table.h"

void mca_settings_default(struct mca_settings *settings)
{
	memset(settings, 0, sizeof(*settings));
	mca_table_default(MCA_OBJECT_ROOT, settings);
	settings->dsp.rate_hz = settings->rate_hz;
	settings->dsp.lanes = settings->lanes;
}

const struct mca_channel_settings *mca_settings_channel(const struct mca_settings *settings,
							unsigned id)
{
	for (unsigned i = 0; i < settings->channel_count; i++)
		if (settings->channel[i].id == id)
			return &settings->channel[i];
	return NULL;
}
