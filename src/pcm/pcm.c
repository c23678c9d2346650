/* SPDX-License-Identifier: MIT */
/*
 * Opening and closing. Control thread.
 *
 * Always non-blocking: a blocking open waits for ever while another program holds the device.
 * alsa-lib's own conversions are switched off, so that what was agreed is what the hardware does.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mca/device_name.h"
#include "mca/diag.h"
#include "holder.h"
#include "mca/pcm_list.h"
#include "pcm_private.h"
#include "quiet.h"

enum { OPEN_MODE = SND_PCM_NONBLOCK | SND_PCM_NO_AUTO_RESAMPLE | SND_PCM_NO_AUTO_CHANNELS |
		   SND_PCM_NO_AUTO_FORMAT };

static int explain_busy(const struct mca_pcm *pcm, struct mca_diag *diag)
{
	struct mca_device_name name;
	int card = -1;

	if (mca_device_name_parse(&name, pcm->info.name))
		card = name.card >= 0 ? name.card : snd_card_get_index(name.card_id);
	return mca_pcm_say_busy("/proc", pcm->info.name, card, (int)name.device, pcm->direction,
				diag);
}

static int explain_absence(const struct mca_pcm *pcm, struct mca_diag *diag)
{
	struct mca_pcm_list list;
	int err = mca_pcm_list_names(&list, NULL, diag);

	if (err < 0)
		return err;
	err = mca_pcm_list_check(&list, pcm->info.name, pcm->direction, diag);
	mca_pcm_list_done(&list);
	if (err < 0)
		return err;
	return mca_diag_set(diag, -ENODEV, "%s %s went away or came back at this moment, or has no "
			    "such subdevice: choose a device that `devices` lists", pcm->info.name,
			    mca_pcm_direction_name(pcm->direction));
}

static int explain_open(const struct mca_pcm *pcm, int err, struct mca_diag *diag)
{
	const char *direction = mca_pcm_direction_name(pcm->direction);

	switch (err) {
	case -EBUSY:
	case -EAGAIN: /* some drivers' word for the same in non-blocking mode */
		return explain_busy(pcm, diag);
	case -ENOENT:
	case -ENODEV:
	case -ENXIO:
		return explain_absence(pcm, diag);
	case -EACCES:
	case -EPERM:
		return mca_diag_set(diag, err, "%s %s may not be opened by this user: add it to "
				    "the group audio", pcm->info.name, direction);
	default:
		return mca_diag_set(diag, err, "%s %s cannot be opened: %s", pcm->info.name,
				    direction, snd_strerror(err));
	}
}

static int open_simulated(struct mca_pcm *pcm, unsigned number, struct mca_simrack *rack,
			  struct mca_diag *diag)
{
	int err;

	if (!rack)
		return mca_diag_set(diag, -ENODEV, "%s is a simulated card and none are set up "
				    "here: choose a real one", pcm->info.name);
	err = mca_simrack_open(rack, &pcm->handle, number, mca_pcm_stream(pcm->direction),
			       SND_PCM_NONBLOCK, NULL, diag);
	if (err < 0)
		return err;
	pcm->rack = rack;
	pcm->info.card = MCA_PCM_SIM_CARD + (int)number;
	snprintf(pcm->info.card_name, sizeof(pcm->info.card_name), "Simulated card %u", number);
	return 0;
}

static void name_card(struct mca_pcm *pcm)
{
	snd_pcm_info_t *info;
	char *name = NULL;

	pcm->info.card = -1;
	snd_pcm_info_alloca(&info);
	if (snd_pcm_info(pcm->handle, info) == 0)
		pcm->info.card = snd_pcm_info_get_card(info);
	if (pcm->info.card >= 0 && snd_card_get_name(pcm->info.card, &name) == 0) {
		snprintf(pcm->info.card_name, sizeof(pcm->info.card_name), "%s", name);
		free(name);
		return;
	}
	snprintf(pcm->info.card_name, sizeof(pcm->info.card_name), "%s", pcm->info.name);
}

static int open_real(struct mca_pcm *pcm, struct mca_diag *diag)
{
	struct mca_quiet quiet;
	int err;

	mca_quiet_begin(&quiet);
	err = snd_pcm_open(&pcm->handle, pcm->info.name, mca_pcm_stream(pcm->direction), OPEN_MODE);
	mca_quiet_end(&quiet);
	if (err < 0)
		return explain_open(pcm, err, diag);
	name_card(pcm);
	return 0;
}

/* alsa-lib evaluates device strings of its own syntax, so it is given only what is printed from
 * parsed fields. Selectors are no names to open: mca_pcm_list_resolve() finds what they mean. */
static int rebuild_name(struct mca_pcm *pcm, const char *text, struct mca_device_name *name,
			struct mca_diag *diag)
{
	if (!mca_device_name_parse(name, text) ||
	    (name->kind != MCA_DEVICE_HW && name->kind != MCA_DEVICE_SIM))
		return mca_diag_set(diag, -EINVAL, "\"%.60s\" is not the name of a device that can "
				    "be opened: use hw:CARD,DEV[,SUBDEV] or sim:N", text);
	mca_device_name_print(pcm->info.name, name);
	return 0;
}

int mca_pcm_open(struct mca_pcm **pcm, const char *text, enum mca_pcm_direction direction,
		 struct mca_simrack *rack, struct mca_diag *diag)
{
	struct mca_pcm *new = calloc(1, sizeof(*new));
	struct mca_device_name name;
	int err;

	if (!new)
		return mca_diag_set(diag, -ENOMEM, "no memory to open %.100s", text);
	new->direction = direction;
	new->info.card = -1;
	err = rebuild_name(new, text, &name, diag);
	if (err == 0)
		err = name.kind == MCA_DEVICE_SIM ? open_simulated(new, name.sim, rack, diag)
						  : open_real(new, diag);
	if (err < 0) {
		free(new);
		return err;
	}
	*pcm = new;
	return 0;
}

void mca_pcm_close(struct mca_pcm *pcm)
{
	if (!pcm)
		return;
	snd_pcm_close(pcm->handle);
	free(pcm->bounce);
	free(pcm->raw);
	free(pcm);
}

const struct mca_pcm_info *mca_pcm_info(const struct mca_pcm *pcm)
{
	return &pcm->info;
}
