/* SPDX-License-Identifier: MIT */
/*
 * A configuration is proved without a service by the very plan that a running engine makes: that of
 * an engine that has no channel yet, so that everything in the settings is new. Nothing is opened.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mca/engine_check.h"
#include "plan.h"
#include "state.h"

static int say_no_memory(struct mca_faults *faults)
{
	return mca_faults_say(faults, -ENOMEM, NULL, NULL, "There is no memory left to check the "
			      "configuration.");
}

/* The simulated cards as they would be, but their files are left alone: a running service may be
 * writing them. */
static int build_rack(struct mca_simrack **rack, const struct mca_simrack_spec *spec,
		      const char *pointer, struct mca_faults *faults)
{
	struct mca_simrack_spec *copy = malloc(sizeof *copy);
	struct mca_diag diag = {0};
	int r;

	if (!copy)
		return say_no_memory(faults);
	*copy = *spec;
	for (unsigned i = 0; i < MCA_SIM_CARDS; i++)
		copy->card[i].sink.kind = MCA_SIM_DISCARD;
	r = mca_simrack_new(rack, copy, false, &diag);
	free(copy);
	return r < 0 ? mca_faults_say(faults, r, pointer, NULL, "%s", diag.text) : 0;
}

static void fill_map(const struct mca_plan *plan, struct mca_device_map *map)
{
	map->count = 0;
	for (unsigned i = 0; i < plan->count; i++) {
		const struct mca_plan_entry *entry = &plan->entry[i];

		if (!entry->settings->enabled)
			continue;
		map->channel[map->count].id = entry->settings->id;
		memcpy(map->channel[map->count].device, entry->device, sizeof entry->device);
		map->count++;
	}
}

static int prove(struct mca_engine *engine, const struct mca_settings *settings,
		 struct mca_device_map *map, struct mca_faults *faults)
{
	struct mca_plan *plan;
	int r;

	engine->settings = malloc(sizeof *engine->settings);
	if (!engine->settings)
		return say_no_memory(faults);
	*engine->settings = *settings;
	r = mca_plan_make(&plan, engine, settings, true, faults);
	if (r == 0 && map)
		fill_map(plan, map);
	mca_plan_free(plan);
	free(engine->settings);
	return r;
}

int mca_engine_check(const struct mca_settings *settings, const struct mca_simrack_spec *rack,
		     bool simulate, struct mca_device_map *map, struct mca_faults *faults)
{
	struct mca_engine *engine = calloc(1, sizeof *engine);
	int r;

	if (!engine)
		return say_no_memory(faults);
	r = build_rack(&engine->options.rack, rack ? rack : &settings->simulation.rack,
		       rack ? "" : "/simulation", faults);
	if (r == 0) {
		mca_resolver_init(&engine->resolver, engine->options.rack, simulate);
		r = prove(engine, settings, map, faults);
		mca_resolver_done(&engine->resolver);
	}
	mca_simrack_free(engine->options.rack);
	free(engine);
	return r;
}
