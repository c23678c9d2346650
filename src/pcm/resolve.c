/* SPDX-License-Identifier: MIT */
/*
 * From what a configuration says to the one name to open. Every way of naming a PCM ends in the
 * same canonical text, so that two channels on one device are noticed however they were written.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "mca/device_name.h"
#include "mca/diag.h"
#include "mca/pcm_list.h"

static void answer(char *device, const char *name)
{
	snprintf(device, MCA_PCM_NAME, "%s", name);
}

static int resolve_id(const struct mca_pcm_list *list, unsigned id, char *device,
		      struct mca_diag *diag)
{
	for (size_t i = 0; i < list->count; i++) {
		if (list->entry[i].id != id)
			continue;
		answer(device, list->entry[i].device);
		return 0;
	}
	if (list->count == 0)
		return mca_diag_set(diag, -ENODEV, "device id %u does not exist, for there is no "
				    "sound card: plug one in, or run with --simulate", id);
	return mca_diag_set(diag, -ENODEV, "device id %u does not exist now (ids %u to %u do): "
			    "plug the card in, or choose one that `devices` lists", id,
			    list->entry[0].id, list->entry[list->count - 1].id);
}

/* Two cards may carry one serial number; taking either would be a guess about what goes on air. */
static int resolve_selector(const struct mca_pcm_list *list, const char *reference, char *device,
			    struct mca_diag *diag)
{
	const struct mca_pcm_entry *found = NULL;

	for (size_t i = 0; i < list->count; i++) {
		const struct mca_pcm_entry *entry = &list->entry[i];

		if (strcmp(entry->selector[0], reference) != 0 &&
		    strcmp(entry->selector[1], reference) != 0)
			continue;
		if (found)
			return mca_diag_set(diag, -ENODEV, "%s means both %s and %s: use their "
					    "path: selectors instead", reference, found->device,
					    entry->device);
		found = entry;
	}
	if (!found)
		return mca_diag_set(diag, -ENODEV, "%s is not plugged in: connect it, or choose a "
				    "device that `devices` lists", reference);
	answer(device, found->device);
	return 0;
}

/* Is this the card and device number of a listed device? */
static bool is_same(const struct mca_pcm_entry *entry, const struct mca_device_name *name)
{
	struct mca_device_name canonical, alias;

	if (!mca_device_name_parse(&canonical, entry->device) ||
	    !mca_device_name_parse(&alias, entry->alias))
		return false;
	if (name->device != canonical.device)
		return false;
	return name->card >= 0 ? name->card == alias.card
			       : strcmp(name->card_id, canonical.card_id) == 0;
}

/* A hardware name by its card's id, which stays; one that is not plugged in stays as it is. */
static void resolve_hardware(const struct mca_pcm_list *list, const struct mca_device_name *name,
			     char *device)
{
	struct mca_device_name canonical = *name;

	for (size_t i = 0; i < list->count; i++) {
		if (!is_same(&list->entry[i], name))
			continue;
		mca_device_name_parse(&canonical, list->entry[i].device);
		canonical.subdevice = name->subdevice;
		break;
	}
	mca_device_name_print(device, &canonical);
}

int mca_pcm_list_resolve(const struct mca_pcm_list *list, unsigned id, const char *reference,
			 char *device, struct mca_diag *diag)
{
	char canonical[MCA_DEVICE_TEXT];
	struct mca_device_name name;

	if (!reference)
		return resolve_id(list, id, device, diag);
	if (!mca_device_name_parse(&name, reference))
		return mca_diag_set(diag, -EINVAL, "\"%.60s\" is not a device name: use "
				    MCA_DEVICE_FORMS, reference);
	mca_device_name_print(canonical, &name);
	if (name.kind == MCA_DEVICE_PATH || name.kind == MCA_DEVICE_SERIAL)
		return resolve_selector(list, canonical, device, diag);
	if (name.kind == MCA_DEVICE_HW)
		resolve_hardware(list, &name, device);
	else
		answer(device, canonical);
	return 0;
}
