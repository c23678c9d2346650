/* SPDX-License-Identifier: MIT */
#ifndef MCA_ENGINE_PLAN_H
#define MCA_ENGINE_PLAN_H

#include <stdbool.h>

#include "device.h"
#include "mca/chain.h"
#include "mca/config_diff.h"
#include "mca/diag.h"
#include "mca/settings.h"

struct mca_channel;
struct mca_engine;

/*
 * What new settings mean for the channels there are, proved before anything is touched:
 * parameters cooked, references resolved, devices that nobody holds opened. A plan that stands
 * can be committed; one that does not is thrown away, and nobody heard it.
 *
 * A direction `must` open when the new settings say something new about it. One about which
 * nothing changed and that is away already is no reason to refuse: its channel stays in FAULT,
 * as it was.
 */
struct mca_plan_entry {
	const struct mca_channel_settings *settings;  /* the new ones */
	struct mca_channel *channel;     /* lives already, or made for this plan (added) */
	bool added;
	struct mca_chain_params params;  /* proved */
	char device[2][MCA_PCM_NAME];    /* canonical, "" = not known (only where it need not be) */
	bool must[2];
	bool restart;                    /* its stream, if any, stops, and is started anew */
	bool was_enabled;
};

struct mca_plan {
	struct mca_settings *settings;   /* the new ones, complete; owned until committed */
	struct mca_config_diff diff;
	struct mca_pcm_shape shape;
	unsigned count;
	struct mca_plan_entry entry[MCA_CHANNELS_MAX];  /* ascending id */
	unsigned gone_count;
	struct mca_channel *gone[MCA_CHANNELS_MAX];     /* to be removed; still the engine's */
	struct mca_pool pool;            /* opened for this; on commit also what changes hands */
};

/* The parameters of a channel's chain, proved: they cook at every rate at which a stream may run.
 * 0, or -EINVAL with diag and its full pointer. Thread: control. */
int mca_plan_cook(const struct mca_settings *settings, const struct mca_channel_settings *channel,
		  struct mca_chain_params *params, struct mca_diag *diag);

/*
 * Make a plan. check_only: open nothing. 0 and *plan, or negative errno with faults and *plan NULL:
 * -EINVAL where the settings are wrong, -ENODEV, -EBUSY, ... where a device cannot be had.
 * Free with mca_plan_free(). Thread: control.
 */
int mca_plan_make(struct mca_plan **plan, struct mca_engine *engine,
		  const struct mca_settings *settings, bool check_only,
		  struct mca_faults *faults);

/* Free; closes what it opened and frees channels it made, unless they were taken. NULL is fine. */
void mca_plan_free(struct mca_plan *plan);

/* A fault about one of a channel's devices. Returns code. */
int mca_plan_say_device(struct mca_faults *faults, int code,
			const struct mca_channel_settings *channel,
			enum mca_pcm_direction direction, const char *text);

#endif
