/* SPDX-License-Identifier: MIT */
/* What is allowed but may surprise: each warning names the cure. */
#include "mca/config.h"

#include <stdio.h>
#include <string.h>

#include "table.h"

static bool names_id(const struct mca_channel_settings *channel)
{
	return channel->input.id || channel->output.id;
}

/* One line for all of them: the example alone has eight. */
static void warn_ids(const struct mca_settings *settings, struct mca_faults *faults)
{
	char list[160] = "", more[24] = "";
	unsigned count = 0, listed = 0;
	size_t used = 0;

	for (unsigned i = 0; i < settings->channel_count; i++) {
		if (!names_id(&settings->channel[i]))
			continue;
		if (count++ != listed || used + 16 > sizeof(list))
			continue;
		used += (size_t)snprintf(list + used, sizeof(list) - used, "%s%u",
					 listed++ ? ", " : "", settings->channel[i].id);
	}
	if (count == 0)
		return;
	if (count > listed)
		snprintf(more, sizeof(more), " and %u more", count - listed);
	mca_faults_say(faults, 0, "/logical_channels", NULL, "channel%s %s%s name%s devices by "
		       "integer ids, which can mean other cards after a reboot: write names or "
		       "selectors that `devices` prints instead", count == 1 ? "" : "s", list,
		       more, count == 1 ? "s" : "");
}

/* A disabled channel that could not be enabled as it is. */
static void warn_disabled(const struct mca_settings *settings, unsigned at,
			  const struct mca_field *field, struct mca_faults *faults)
{
	const struct mca_channel_settings *mine = &settings->channel[at];
	char pointer[64];

	for (unsigned i = 0; !mine->enabled && i < settings->channel_count; i++) {
		const struct mca_channel_settings *other = &settings->channel[i];

		if (i == at || !other->enabled || !mca_field_same(field, mine, other))
			continue;
		snprintf(pointer, sizeof(pointer), "/logical_channels/%u/%s", mine->id, field->key);
		mca_faults_say(faults, 0, pointer, NULL,
			       "channel %u is disabled and names a device of "
			       "channel %u: it cannot be enabled beside it",
			       mine->id, other->id);
		return;
	}
}

void mca_config_warn(const struct mca_settings *settings, bool simulate,
		     struct mca_faults *faults)
{
	const struct mca_field *field;

	if (!simulate)
		warn_ids(settings, faults);
	for (unsigned i = 0; i < settings->channel_count; i++)
		for (field = NULL; (field = mca_table_next(MCA_OBJECT_CHANNEL, field));)
			if (field->type == MCA_FIELD_DEVICE)
				warn_disabled(settings, i, field, faults);
}

void mca_config_warn_access(const struct mca_settings *settings, struct mca_faults *faults)
{
	const char *bind = settings->http.bind;

	if (strncmp(bind, "127.", 4) == 0 || settings->http.token_file[0])
		return;
	if (settings->http.allow_anonymous)
		mca_faults_say(faults, 0, "/http/allow_anonymous", NULL,
			       "everybody who can reach %s can change everything: set "
			       "http.token_file", bind);
	else
		mca_faults_say(faults, 0, "/http/bind", NULL,
			       "other machines can reach the API at %s: the service does not start "
			       "unless its unit passes a token as the credential api-token; set "
			       "http.token_file, or bind to 127.0.0.1", bind);
}
