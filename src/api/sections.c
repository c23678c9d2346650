/* SPDX-License-Identifier: MIT */
/* A section that is not `given` on either side stays at its defaults and out of the file. */
#include "sections.h"

#include "mca/settings.h"

void mca_sections_keep(struct mca_settings *settings, const struct mca_settings *live)
{
	if (!settings->http.given)
		settings->http = live->http;
	if (!settings->realtime.given)
		settings->realtime = live->realtime;
	if (!settings->simulation.given)
		settings->simulation = live->simulation;
}
