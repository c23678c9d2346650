/* SPDX-License-Identifier: MIT */
/*
 * What is missing, in words: the card, a PCM device of it, one of its directions, a lane. A card
 * that is plugged in is never said to be missing: the sentence lists what it has instead.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "mca/device_name.h"
#include "mca/diag.h"
#include "mca/pcm_list.h"
#include "pcm_private.h"

static bool is_of_card(const struct mca_pcm_entry *entry, const struct mca_device_name *name,
		       struct mca_device_name *listed)
{
	struct mca_device_name alias;

	if (!mca_device_name_parse(listed, entry->device) ||
	    !mca_device_name_parse(&alias, entry->alias))
		return false;
	return name->card >= 0 ? name->card == alias.card
			       : strcmp(name->card_id, listed->card_id) == 0;
}

static const char *directions_of(const struct mca_pcm_entry *entry)
{
	if (entry->can[MCA_CAPTURE] && entry->can[MCA_PLAYBACK])
		return "capture and playback";
	return entry->can[MCA_CAPTURE] ? "capture" : "playback";
}

/* "DEV=0 (capture and playback), DEV=3 (playback)", cut to fit. */
static void list_devices(char *text, size_t size, const struct mca_pcm_list *list,
			 const struct mca_device_name *name)
{
	struct mca_device_name listed;
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < list->count; i++) {
		if (!is_of_card(&list->entry[i], name, &listed))
			continue;
		used += (size_t)snprintf(text + used, size - used, "%sDEV=%u (%s)",
					 used ? ", " : "", listed.device,
					 directions_of(&list->entry[i]));
		if (used >= size)
			return;
	}
}

int mca_pcm_list_check(const struct mca_pcm_list *list, const char *device,
		       enum mca_pcm_direction direction, struct mca_diag *diag)
{
	struct mca_device_name name, listed;
	char others[120];

	if (!mca_device_name_parse(&name, device))
		return mca_diag_set(diag, -EINVAL, "\"%.60s\" is not a device name: use "
				    MCA_DEVICE_FORMS, device);
	for (size_t i = 0; i < list->count; i++) {
		if (!is_of_card(&list->entry[i], &name, &listed) || listed.device != name.device)
			continue;
		if (list->entry[i].can[direction])
			return 0;
		return mca_diag_set(diag, -ENODEV, "%s is plugged in and has no %s, only %s: "
				    "choose a device with %s that `devices` lists", device,
				    mca_pcm_direction_name(direction),
				    directions_of(&list->entry[i]),
				    mca_pcm_direction_name(direction));
	}
	list_devices(others, sizeof(others), list, &name);
	if (others[0])
		return mca_diag_set(diag, -ENODEV, "%s: the card is plugged in and has no DEV=%u, "
				    "only %s: choose one of these", device, name.device, others);
	return mca_diag_set(diag, -ENODEV, "%s is not plugged in: connect the card, or choose a "
			    "device that `devices` lists", device);
}

int mca_pcm_lanes_check(const char *device, enum mca_pcm_direction direction,
			const struct mca_lane_pick *pick, unsigned lanes, struct mca_diag *diag)
{
	char has[32] = "only lane 1";

	if (lanes > 1)
		snprintf(has, sizeof(has), "lanes 1 to %u", lanes);
	for (unsigned i = 0; i < pick->count; i++)
		if (pick->lane[i] > lanes)
			return mca_diag_set(diag, -ENOTSUP, "%s %s has no lane %u, it has %s: "
					    "change %s_lanes, or choose another device", device,
					    mca_pcm_direction_name(direction), pick->lane[i], has,
					    direction == MCA_CAPTURE ? "input" : "output");
	return 0;
}
