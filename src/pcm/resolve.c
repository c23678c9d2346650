/* SPDX-License-Identifier: MIT */
/*
 * From what a configuration says to the one name to open. Every way of naming a PCM ends in the
 * same canonical text, so that two channels on one device are noticed however they were written.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mca/diag.h"
#include "mca/pcm_list.h"
#include "mca/simcard.h"
#include "hw_name.h"

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

/* Does a listed device go by this card, index or id, and device number? */
static bool is_same(const struct mca_pcm_entry *entry, const struct mca_hw_name *name)
{
	struct mca_hw_name canonical, alias;

	if (!mca_hw_name_parse(&canonical, entry->device) ||
	    !mca_hw_name_parse(&alias, entry->alias))
		return false;
	return name->device == canonical.device && (strcmp(name->card, canonical.card) == 0 ||
						    strcmp(name->card, alias.card) == 0);
}

/* A hardware name in its canonical form; one that is not plugged in stays as it is written. */
static void resolve_hardware(const struct mca_pcm_list *list, const char *reference,
			     const struct mca_hw_name *name, char *device)
{
	for (size_t i = 0; i < list->count; i++) {
		struct mca_hw_name canonical;

		if (!is_same(&list->entry[i], name))
			continue;
		mca_hw_name_parse(&canonical, list->entry[i].device);
		mca_hw_name_print(device, canonical.card, canonical.device, name->subdevice);
		return;
	}
	answer(device, reference);
}

int mca_pcm_list_resolve(const struct mca_pcm_list *list, unsigned id, const char *reference,
			 char *device, struct mca_diag *diag)
{
	struct mca_hw_name name;
	unsigned number;

	if (!reference)
		return resolve_id(list, id, device, diag);
	if (strncmp(reference, "path:", 5) == 0 || strncmp(reference, "serial:", 7) == 0)
		return resolve_selector(list, reference, device, diag);
	if (reference[0] == '\0' || strlen(reference) >= MCA_PCM_NAME)
		return mca_diag_set(diag, -ENODEV, "\"%.60s\" is no device name: use 1 to %d "
				    "characters as `devices` prints them", reference,
				    MCA_PCM_NAME - 1);
	number = mca_simcard_number(reference);
	if (number)
		snprintf(device, MCA_PCM_NAME, "sim:%u", number);
	else if (mca_hw_name_parse(&name, reference))
		resolve_hardware(list, reference, &name, device);
	else
		answer(device, reference); /* another ALSA name; opening it tells more */
	return 0;
}
