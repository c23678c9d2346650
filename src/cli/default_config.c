/* SPDX-License-Identifier: MIT */
/* For convenience only: unlike the service, a command goes on when nothing is found here. */
#include "default_config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool mca_default_config(char path[MCA_DEFAULT_CONFIG_MAX])
{
	const char *state = getenv("STATE_DIRECTORY");
	int length = 0;

	if (state && *state)
		length = snprintf(path, MCA_DEFAULT_CONFIG_MAX, "%.*s/config.json",
				  (int)strcspn(state, ":"), state);
	if (length > 0 && length < MCA_DEFAULT_CONFIG_MAX && access(path, R_OK) == 0)
		return true;
	snprintf(path, MCA_DEFAULT_CONFIG_MAX, "%s", MCA_DEFAULT_CONFIG);
	return access(path, R_OK) == 0;
}
