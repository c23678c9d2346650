/* SPDX-License-Identifier: MIT */
/* References to devices and what they mean on this machine, now. */
#include "resolve.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "clock.h"
#include "mca/diag.h"
#include "mca/simcard.h"

#define LIST_AGE_NS (2 * MCA_S_NS)

void mca_resolver_init(struct mca_resolver *resolver, struct mca_simrack *rack, bool simulate)
{
	memset(resolver, 0, sizeof *resolver);
	resolver->rack = rack;
	resolver->simulate = simulate && rack;
}

void mca_resolver_done(struct mca_resolver *resolver)
{
	mca_pcm_list_done(&resolver->real);
}

void mca_resolver_refresh(struct mca_resolver *resolver)
{
	resolver->listed_ns = 0;
}

uint64_t mca_sound_stamp(void)
{
	struct stat folder;

	/* devtmpfs touches the folder when a node comes or goes; no folder at all is a state
	 * too. */
	if (stat("/dev/snd", &folder))
		return 0;
	return (uint64_t)folder.st_mtim.tv_sec * MCA_S_NS + (uint64_t)folder.st_mtim.tv_nsec;
}

static int list_real(struct mca_resolver *resolver, struct mca_diag *diag)
{
	uint64_t now = mca_monotonic_ns(), stamp = mca_sound_stamp();
	struct mca_pcm_list list = {0};
	int r;

	if (resolver->listed_ns && resolver->stamp == stamp &&
	    now - resolver->listed_ns < LIST_AGE_NS)
		return 0;
	r = resolver->list ? resolver->list(resolver->context, &list, diag) :
			     mca_pcm_list_names(&list, NULL, diag);
	if (r < 0 && (r != -ETIMEDOUT || !resolver->real.count))
		return r;
	if (r == 0) {
		mca_pcm_list_done(&resolver->real);
		resolver->real = list;
	}
	resolver->listed_ns = now;
	resolver->stamp = stamp;
	return 0;
}

/* The rack's cards have their names for good: they need no list, and resolve when absent too. */
static int find_card(const struct mca_resolver *resolver, unsigned number, char *device,
		     struct mca_diag *diag)
{
	if (!resolver->rack)
		return mca_diag_set(diag, -ENODEV, "sim:%u is a simulated card, and none are set "
				    "up: run with --simulate.", number);
	if (number > MCA_SIM_CARDS)
		return mca_diag_set(diag, -ENODEV, "sim:%u is no simulated card: there are sim:1 "
				    "to sim:%d.", number, MCA_SIM_CARDS);
	snprintf(device, MCA_PCM_NAME, "sim:%u", number);
	return 0;
}

/* Their ids are their numbers. */
static int find_card_id(unsigned id, char *device, struct mca_diag *diag)
{
	if (id > MCA_SIM_CARDS)
		return mca_diag_set(diag, -ENODEV, "Device id %u does not exist: the simulated "
				    "cards have 1 to %d.", id, MCA_SIM_CARDS);
	snprintf(device, MCA_PCM_NAME, "sim:%u", id);
	return 0;
}

int mca_resolver_find(struct mca_resolver *resolver, const struct mca_device_ref *ref, char *device,
		      struct mca_diag *diag)
{
	const char *name = ref->id ? NULL : ref->name;
	struct mca_device_name parsed;
	int r;

	if (name && mca_device_name_parse(&parsed, name) && parsed.kind == MCA_DEVICE_SIM)
		return find_card(resolver, parsed.sim, device, diag);
	if (!name && resolver->simulate)
		return find_card_id(ref->id, device, diag);
	r = list_real(resolver, diag);
	if (r < 0)
		return r;
	return mca_pcm_list_resolve(&resolver->real, ref->id, name, device, diag);
}

int mca_resolver_prove(struct mca_resolver *resolver, const struct mca_device_ref *ref,
		       enum mca_pcm_direction direction, const struct mca_lane_pick *pick,
		       char *device, struct mca_diag *diag)
{
	int r = mca_resolver_find(resolver, ref, device, diag);
	unsigned card = r < 0 ? 0 : mca_simcard_number(device);

	if (r < 0)
		return r;
	if (!card)
		return mca_pcm_list_check(&resolver->real, device, direction, diag);
	r = mca_simrack_check(resolver->rack, card, diag);
	if (r < 0)
		return r;
	return mca_pcm_lanes_check(device, direction, pick,
				   mca_simrack_lanes(resolver->rack, card), diag);
}

bool mca_ref_follows_card(const struct mca_device_ref *ref)
{
	return !ref->id && (strncmp(ref->name, "path:", 5) == 0 ||
			    strncmp(ref->name, "serial:", 7) == 0);
}

bool mca_ref_equal(const struct mca_device_ref *a, const struct mca_device_ref *b)
{
	return a->id == b->id && (a->id || strcmp(a->name, b->name) == 0);
}

void mca_ref_print(const struct mca_device_ref *ref, char *text, unsigned size)
{
	if (ref->id)
		snprintf(text, size, "%u", ref->id);
	else
		snprintf(text, size, "\"%.*s\"", (int)size - 3, ref->name);
}

bool mca_resolver_may_be_back(const struct mca_resolver *resolver, const char *device,
			      uint64_t stamp)
{
	unsigned card = mca_simcard_number(device);

	if (card)
		return resolver->rack && mca_simrack_present(resolver->rack, card);
	return mca_sound_stamp() != stamp;
}
