/* SPDX-License-Identifier: MIT */
/* A configuration file: its text, and the settings that the text means, every fault explained. */
#include "mca/config.h"

#include <errno.h>
#include <stdlib.h>

#include "mca/store.h"

static int cannot(const char *path, int code, const char *text, struct mca_faults *faults)
{
	if (code == -ENOENT)
		return mca_faults_say(faults, code, NULL, NULL, "there is no file %s: write one, "
				      "config.example.json shows how", path);
	if (code == -EFBIG)
		return mca_faults_say(faults, -EBADMSG, NULL, NULL,
				      "%s has more than %d bytes: that is no configuration",
				      path, MCA_CONFIG_BYTES_MAX);
	return mca_faults_say(faults, code, NULL, NULL, "%s", text);
}

int mca_config_read(const char *path, char **text, size_t *length, struct mca_faults *faults)
{
	struct mca_diag diag = { 0 };
	int code = mca_store_read(path, MCA_CONFIG_BYTES_MAX, text, length, &diag);

	return code < 0 ? cannot(path, code, diag.text, faults) : 0;
}

int mca_config_load(const char *path, struct mca_settings *settings, struct mca_faults *faults)
{
	size_t length;
	char *text;
	int code = mca_config_read(path, &text, &length, faults);

	if (code < 0)
		return code;
	code = mca_config_parse(text, length, settings, faults);
	free(text);
	return code;
}

void mca_config_find_lines_of(const char *path, struct mca_faults *faults)
{
	struct mca_faults unheard = { 0 };
	char *text = NULL;
	size_t length;

	if (faults->count > 0 && mca_config_read(path, &text, &length, &unheard) == 0)
		mca_config_find_lines(text, length, faults);
	mca_faults_done(&unheard);
	free(text);
}
