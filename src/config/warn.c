/* SPDX-License-Identifier: MIT */
/* What is allowed but may surprise: each warning names the cure. */
#include "mca/config.h"

#include <stdio.h>
#include <string.h>

#include "table.h"

static void warn_id(const struct mca_channel_settings *channel, const struct mca_field *field,
		    struct mca_faults *faults)
{
	const struct mca_device_ref *ref = mca_field_at(field, channel);
	char pointer[64], value[16];

	if (!ref->id)
		return;
	snprintf(pointer, sizeof(pointer), "/logical_channels/%u/%s", channel->id, field->key);
	snprintf(value, sizeof(value), "%u", ref->id);
	mca_faults_say(faults, 0, pointer, value,
		       "device id %u can mean another card after a reboot: "
		       "write a name or a selector that `devices` prints instead",
		       ref->id);
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

static void warn_open_door(const struct mca_settings *settings, struct mca_faults *faults)
{
	const char *bind = settings->http.bind;

	if (strncmp(bind, "127.", 4) == 0 || settings->http.token_file[0])
		return;
	mca_faults_say(faults, 0, "/http/bind", NULL,
		       "the API can be reached from other machines at %s "
		       "and asks for no token: set http.token_file, or bind to 127.0.0.1",
		       bind);
}

void mca_config_warn(const struct mca_settings *settings, struct mca_faults *faults)
{
	const struct mca_field *field;

	for (unsigned i = 0; i < settings->channel_count; i++)
		for (field = NULL; (field = mca_table_next(MCA_OBJECT_CHANNEL, field));) {
			if (field->type != MCA_FIELD_DEVICE)
				continue;
			warn_id(&settings->channel[i], field, faults);
			warn_disabled(settings, i, field, faults);
		}
	warn_open_door(settings, faults);
}
