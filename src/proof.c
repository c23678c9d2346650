/* SPDX-License-Identifier: MIT */
/*
 * Looks every device up as the engine does when it starts, but goes on after a fault, so that one
 * run tells all of them.
 */
#include "proof.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "mca/diag.h"
#include "mca/pcm_list.h"
#include "mca/settings.h"

struct proof {
	struct mca_pcm_list list[2];   /* the real cards, the simulated ones */
	bool simulate;
	struct mca_faults *faults;
	int result;
};

static void refuse(struct proof *proof, unsigned channel, enum mca_pcm_direction direction,
		   const char *text)
{
	char pointer[64];

	snprintf(pointer, sizeof pointer, "/logical_channels/%u/%s", channel,
		 direction == MCA_CAPTURE ? "input_device_id" : "output_device_id");
	proof->result = mca_faults_say(proof->faults, -ENODEV, pointer, NULL, "%s", text);
}

static const struct mca_pcm_entry *listed(const struct mca_pcm_list *list, const char *device)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->entry[i].device, device) == 0)
			return &list->entry[i];
	return NULL;
}

static void look_up(struct proof *proof, const struct mca_channel_settings *channel,
		    enum mca_pcm_direction direction, char device[MCA_PCM_NAME])
{
	const struct mca_device_ref *ref =
		direction == MCA_CAPTURE ? &channel->input : &channel->output;
	bool simulated = ref->id ? proof->simulate : mca_simcard_number(ref->name) != 0;
	const struct mca_pcm_list *list = &proof->list[simulated];
	const struct mca_pcm_entry *entry;
	struct mca_diag diag = { 0 };

	snprintf(device, MCA_PCM_NAME, "-");
	if (mca_pcm_list_resolve(list, ref->id, ref->id ? NULL : ref->name, device, &diag) < 0) {
		refuse(proof, channel->id, direction, diag.text);
		return;
	}
	entry = listed(list, device);
	if (entry && !entry->can[direction])
		refuse(proof, channel->id, direction, direction == MCA_CAPTURE ?
		       "this device cannot capture: choose one that `devices` lists as an input" :
		       "this device cannot play: choose one that `devices` lists as an output");
}

static int read_lists(struct proof *proof, struct mca_simrack *rack)
{
	struct mca_diag diag = { 0 };
	int result = mca_pcm_list_names(&proof->list[0], NULL, &diag);

	if (result == 0)
		result = mca_pcm_list_names(&proof->list[1], rack, &diag);
	if (result < 0)
		mca_faults_add(proof->faults, &diag);
	return result;
}

int mca_proof_devices(const struct mca_settings *settings, struct mca_simrack *rack, bool simulate,
		      struct mca_faults *faults)
{
	struct proof proof = { .simulate = simulate, .faults = faults };
	int result = read_lists(&proof, rack);

	for (unsigned i = 0; result == 0 && i < settings->channel_count; i++) {
		const struct mca_channel_settings *channel = &settings->channel[i];
		char device[2][MCA_PCM_NAME];

		if (!channel->enabled)
			continue;
		look_up(&proof, channel, MCA_CAPTURE, device[MCA_CAPTURE]);
		look_up(&proof, channel, MCA_PLAYBACK, device[MCA_PLAYBACK]);
		printf("channel %u: %s -> %s\n", channel->id, device[MCA_CAPTURE],
		       device[MCA_PLAYBACK]);
	}
	mca_pcm_list_done(&proof.list[0]);
	mca_pcm_list_done(&proof.list[1]);
	return result < 0 ? result : proof.result;
}
