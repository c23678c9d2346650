/* SPDX-License-Identifier: MIT */
/* The logical channels: an object whose keys are numbers; the settings keep them in ascending
 * order. */
#include "read.h"

#include <stdio.h>
#include <string.h>

static void insert(struct mca_settings *settings, const struct mca_channel_settings *channel)
{
	unsigned at = settings->channel_count++;

	for (; at && settings->channel[at - 1].id > channel->id; at--)
		settings->channel[at] = settings->channel[at - 1];
	settings->channel[at] = *channel;
}

static void read_channel(struct mca_reader *reader, const struct mca_json *node, unsigned id,
			 struct mca_settings *settings)
{
	struct mca_channel_settings channel;

	memset(&channel, 0, sizeof(channel));
	mca_table_default(MCA_OBJECT_CHANNEL, &channel);
	channel.id = id;
	channel.dsp = settings->dsp;
	snprintf(channel.name, sizeof(channel.name), "Channel %u", id);
	mca_read_object(reader, node, MCA_OBJECT_CHANNEL, &channel);
	insert(settings, &channel);
}

void mca_read_channels(struct mca_reader *reader, const struct mca_json *node,
		       struct mca_settings *settings)
{
	const struct mca_json *child;

	if (!mca_read_is_object(reader, node))
		return;
	if (!node->child)
		mca_read_fault(reader, node, "logical_channels must hold 1 to %d channels",
			       MCA_CHANNELS_MAX);
	for (child = node->child; child && !mca_reader_is_full(reader); child = child->next) {
		unsigned id = mca_read_number_key(child->key, MCA_CHANNEL_ID_MAX);

		if (child->index == MCA_CHANNELS_MAX) {
			mca_read_fault(reader, child,
				       "logical_channels must hold 1 to %d channels: "
				       "remove this one and those that follow",
				       MCA_CHANNELS_MAX);
			return;
		}
		if (mca_read_is_duplicate(reader, child))
			continue;
		if (!id)
			mca_read_fault(reader, child,
				       "a channel's key must be a decimal number from 1 "
				       "to %d without leading zeros",
				       MCA_CHANNEL_ID_MAX);
		else
			read_channel(reader, child, id, settings);
	}
}
