/* SPDX-License-Identifier: MIT */
/*
 * Listing cards. Control thread.
 *
 * Through alsa-lib's control interface, never /proc/asound, which a sandbox hides. Ids count cards
 * and their PCM devices in ALSA's order. Ranges come from a short non-blocking open, one device
 * after the other; a device in use is left alone and shown as busy.
 */
#include "mca/pcm_list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "choose.h"
#include "mca/device_name.h"
#include "mca/diag.h"
#include "holder.h"
#include "offer.h"
#include "pcm_private.h"
#include "quiet.h"
#include "selector.h"

static bool may_call(const struct mca_pcm_list *list, const char *device, int direction)
{
	const struct mca_pcm_watch *watch = list->watch;

	return !watch || watch->begin(watch->context, device, direction);
}

/* The same for a direction of an entry. */
static bool may_probe(const struct mca_pcm_list *list, struct mca_pcm_entry *entry, int direction)
{
	if (may_call(list, entry->device, direction))
		return true;
	entry->busy[direction] = true;
	snprintf(entry->holder[direction], sizeof(entry->holder[direction]),
		 "its driver, which does not answer");
	return false;
}

static struct mca_pcm_entry *add_entry(struct mca_pcm_list *list)
{
	struct mca_pcm_entry *grown = realloc(list->entry, (list->count + 1) * sizeof(*grown));

	if (!grown)
		return NULL;
	list->entry = grown;
	grown += list->count;
	memset(grown, 0, sizeof(*grown));
	grown->id = (unsigned)++list->count;
	return grown;
}

/* What an engine of this shape would take of it. */
static void note_choice(struct mca_pcm_entry *entry, int direction, snd_pcm_t *handle,
			const struct mca_pcm_shape *shape)
{
	struct mca_pcm_choice choice;
	snd_pcm_hw_params_t *params;
	const char *what;

	snd_pcm_hw_params_alloca(&params);
	if (snd_pcm_hw_params_any(handle, params) < 0 ||
	    snd_pcm_hw_params_set_rate_resample(handle, params, 0) < 0 ||
	    mca_pcm_choose(&choice, handle, params, shape, &what) < 0)
		return;
	entry->usable[direction] = true;
	mca_pcm_choice_print(&choice, shape, direction, entry->adapted[direction],
			     sizeof(entry->adapted[direction]));
	mca_pcm_choice_note_rate(&choice, shape->rate_hz, entry->adapted[direction],
				 sizeof(entry->adapted[direction]));
}

/* A device that cannot be asked is listed without its offer. */
static int note_offer(struct mca_pcm_entry *entry, int direction, snd_pcm_t *handle,
		       const struct mca_pcm_shape *shape)
{
	struct mca_pcm_offer offer;
	int err = mca_pcm_offer_read(&offer, handle);

	if (err < 0)
		return err;
	entry->known[direction] = true;
	entry->rate_min[direction] = offer.rate_min;
	entry->rate_max[direction] = offer.rate_max;
	entry->lanes_min[direction] = offer.lanes_min;
	entry->lanes_max[direction] = offer.lanes_max;
	entry->period_min[direction] = offer.period_min;
	entry->period_max[direction] = offer.period_max;
	memcpy(entry->formats[direction], offer.formats, sizeof(offer.formats));
	note_choice(entry, direction, handle, shape);
	return 0;
}

/* 0 or -ENOMEM; anything else that goes wrong is a fact about the device. */
static int probe_real(struct mca_pcm_entry *entry, int direction, int card, int device,
		       const struct mca_pcm_shape *shape)
{
	snd_pcm_t *handle;
	int err = snd_pcm_open(&handle, entry->alias, mca_pcm_stream(direction), SND_PCM_NONBLOCK);

	if (err == 0) {
		err = note_offer(entry, direction, handle, shape);
		snd_pcm_close(handle);
		return err == -ENOMEM ? err : 0;
	}
	entry->busy[direction] = err == -EBUSY || err == -EAGAIN;
	if (entry->busy[direction])
		mca_pcm_holder("/proc", card, device, direction, entry->holder[direction],
			       sizeof(entry->holder[direction]));
	return err == -ENOMEM ? err : 0;
}

/* Which directions a card's PCM device has; its name for people. */
static bool ask_directions(struct mca_pcm_entry *entry, snd_ctl_t *ctl, int device,
			   const char *card_name)
{
	snd_pcm_info_t *info;

	snd_pcm_info_alloca(&info);
	for (int direction = MCA_CAPTURE; direction <= MCA_PLAYBACK; direction++) {
		snd_pcm_info_set_device(info, (unsigned)device);
		snd_pcm_info_set_subdevice(info, 0);
		snd_pcm_info_set_stream(info, mca_pcm_stream(direction));
		if (snd_ctl_pcm_info(ctl, info) < 0)
			continue;
		entry->can[direction] = true;
		snprintf(entry->name, sizeof(entry->name), "%.60s, %.60s", card_name,
			 snd_pcm_info_get_name(info));
	}
	return entry->can[MCA_CAPTURE] || entry->can[MCA_PLAYBACK];
}

/* By the card's id, or by its index where the kernel's id is none of our grammar (letters beyond
 * ASCII). */
static void name_entry(struct mca_pcm_entry *entry, const char *card_id, int card, int device)
{
	char text[MCA_DEVICE_TEXT];

	snprintf(entry->alias, sizeof(entry->alias), "hw:%d,%d", card, device);
	snprintf(text, sizeof(text), "hw:CARD=%.64s,DEV=%d", card_id, device);
	if (!mca_device_name_rebuild(entry->device, text) &&
	    !mca_device_name_rebuild(entry->device, entry->alias))
		entry->device[0] = '\0';
}

static int list_device(struct mca_pcm_list *list, snd_ctl_t *ctl, snd_ctl_card_info_t *info,
		       int card, int device, const struct mca_pcm_shape *shape)
{
	struct mca_pcm_entry *entry = add_entry(list);
	int err = 0;

	if (!entry)
		return -ENOMEM;
	if (!ask_directions(entry, ctl, device, snd_ctl_card_info_get_name(info))) {
		list->count--;
		return 0;
	}
	name_entry(entry, snd_ctl_card_info_get_id(info), card, device);
	mca_selector_read("/sys", card, device, entry->selector);
	for (int direction = MCA_CAPTURE; !err && shape && direction <= MCA_PLAYBACK; direction++)
		if (entry->can[direction] && may_probe(list, entry, direction))
			err = probe_real(entry, direction, card, device, shape);
	return err;
}

static int list_card(struct mca_pcm_list *list, int card, const struct mca_pcm_shape *shape)
{
	snd_ctl_card_info_t *info;
	int device = -1, err = 0;
	char name[32];
	snd_ctl_t *ctl;

	snprintf(name, sizeof(name), "hw:%d", card);
	if (!may_call(list, name, -1))
		return -ETIMEDOUT;
	err = snd_ctl_open(&ctl, name, SND_CTL_NONBLOCK);
	if (err < 0) /* unplugged this moment, or not ours to see */
		return err == -ENOMEM ? err : 0;
	snd_ctl_card_info_alloca(&info);
	if (snd_ctl_card_info(ctl, info) == 0)
		while (err == 0 && snd_ctl_pcm_next_device(ctl, &device) == 0 && device >= 0)
			err = list_device(list, ctl, info, card, device, shape);
	snd_ctl_close(ctl);
	return err;
}

static int list_real(struct mca_pcm_list *list, const struct mca_pcm_shape *shape)
{
	struct mca_quiet quiet;
	int card = -1, err = 0;

	mca_quiet_begin(&quiet);
	while (err == 0 && snd_card_next(&card) == 0 && card >= 0)
		err = list_card(list, card, shape);
	mca_quiet_end(&quiet);
	return err;
}

/* 0 or -ENOMEM. */
static int probe_simulated(struct mca_pcm_entry *entry, struct mca_simrack *rack, int direction,
			   const struct mca_pcm_shape *shape)
{
	snd_pcm_t *handle;
	int err = mca_simrack_open(rack, &handle, entry->id, mca_pcm_stream(direction),
				   SND_PCM_NONBLOCK, NULL, NULL);

	entry->busy[direction] = err == -EBUSY;
	if (err == 0) {
		err = note_offer(entry, direction, handle, shape);
		snd_pcm_close(handle);
	}
	return err == -ENOMEM ? err : 0;
}

/* An absent simulated card leaves a gap: sim:N keeps the id N, whatever is plugged in. */
static int list_simulated(struct mca_pcm_list *list, struct mca_simrack *rack,
			  const struct mca_pcm_shape *shape)
{
	int err = 0;

	for (unsigned number = 1; !err && number <= MCA_SIM_CARDS; number++) {
		struct mca_pcm_entry *entry;

		if (!mca_simrack_present(rack, number))
			continue;
		entry = add_entry(list);
		if (!entry)
			return -ENOMEM;
		entry->id = number;
		snprintf(entry->device, sizeof(entry->device), "sim:%u", number);
		snprintf(entry->name, sizeof(entry->name), "Simulated card %u", number);
		for (int direction = MCA_CAPTURE; direction <= MCA_PLAYBACK; direction++) {
			entry->can[direction] = true;
			if (shape && !err && may_probe(list, entry, direction))
				err = probe_simulated(entry, rack, direction, shape);
		}
	}
	return err;
}

int mca_pcm_list_watched(struct mca_pcm_list *list, struct mca_simrack *rack,
			 const struct mca_pcm_shape *shape, const struct mca_pcm_watch *watch,
			 struct mca_diag *diag)
{
	int err;

	*list = (struct mca_pcm_list){ .watch = watch };
	err = rack ? list_simulated(list, rack, shape) : list_real(list, shape);
	list->watch = NULL;
	if (err == 0)
		return 0;
	mca_pcm_list_done(list);
	if (err == -ETIMEDOUT)
		return mca_diag_set(diag, err, "the sound cards cannot be listed, for one of them "
				    "does not answer: unplug it, or reload its driver");
	return mca_diag_set(diag, err, "no memory to list the sound cards");
}

int mca_pcm_list_read(struct mca_pcm_list *list, struct mca_simrack *rack,
		      const struct mca_pcm_shape *shape, struct mca_diag *diag)
{
	return mca_pcm_list_watched(list, rack, shape, NULL, diag);
}

int mca_pcm_list_names(struct mca_pcm_list *list, struct mca_simrack *rack, struct mca_diag *diag)
{
	return mca_pcm_list_watched(list, rack, NULL, NULL, diag);
}

void mca_pcm_list_done(struct mca_pcm_list *list)
{
	free(list->entry);
	list->entry = NULL;
	list->count = 0;
}
