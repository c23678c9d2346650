/* SPDX-License-Identifier: MIT */
/* Proving new settings against the engine as it is. Every fault is found before the answer is
 * given: nobody has to mend a configuration one refusal at a time. */
#include "plan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "acquire.h"
#include "state.h"

static bool same_params(const struct mca_chain_params *a, const struct mca_chain_params *b)
{
	return a->comp.enabled == b->comp.enabled && a->comp.ratio == b->comp.ratio &&
	       a->comp.threshold_dbfs == b->comp.threshold_dbfs &&
	       a->comp.knee_db == b->comp.knee_db && a->comp.attack_ms == b->comp.attack_ms &&
	       a->comp.release_ms == b->comp.release_ms &&
	       a->comp.makeup_db == b->comp.makeup_db &&
	       a->limiter.enabled == b->limiter.enabled &&
	       a->limiter.ceiling_dbfs == b->limiter.ceiling_dbfs &&
	       a->limiter.release_ms == b->limiter.release_ms &&
	       a->limiter.lookahead_ms == b->limiter.lookahead_ms &&
	       a->ptt_ramp_ms == b->ptt_ramp_ms && a->true_peak == b->true_peak;
}

int mca_plan_cook(const struct mca_settings *settings, const struct mca_channel_settings *channel,
		  struct mca_chain_params *params, struct mca_diag *diag)
{
	struct mca_chain_cooked cooked;
	char pointer[sizeof diag->pointer];
	int r;

	*params = channel->dsp;
	params->rate_hz = settings->rate_hz;
	params->lanes = settings->lanes;
	r = mca_chain_cook(&cooked, params, diag);
	if (r == 0)
		return 0;
	/* The fault stands where the value stands: in the channel's own object, or in
	 * everybody's. */
	if (same_params(&channel->dsp, &settings->dsp))
		snprintf(pointer, sizeof pointer, "/dsp%.100s", diag->pointer);
	else
		snprintf(pointer, sizeof pointer, "/logical_channels/%u/dsp%.80s", channel->id,
			 diag->pointer);
	memcpy(diag->pointer, pointer, sizeof pointer);
	return r;
}

int mca_plan_say_device(struct mca_faults *faults, int code,
			const struct mca_channel_settings *channel,
			enum mca_pcm_direction direction, const char *text)
{
	const struct mca_device_ref *ref = direction == MCA_CAPTURE ? &channel->input :
								      &channel->output;
	char pointer[128], value[64];

	snprintf(pointer, sizeof pointer, "/logical_channels/%u/%s_device_id", channel->id,
		 mca_direction_word(direction));
	mca_ref_print(ref, value, sizeof value);
	return mca_faults_say(faults, code, pointer, value, "%s", text);
}

static const struct mca_device_ref *ref_of(const struct mca_channel_settings *channel, unsigned d)
{
	return d == MCA_CAPTURE ? &channel->input : &channel->output;
}

static const struct mca_lane_pick *pick_of(const struct mca_channel_settings *channel, unsigned d)
{
	return d == MCA_CAPTURE ? &channel->input_lanes : &channel->output_lanes;
}

static int say_lanes(struct mca_faults *faults, int code,
		     const struct mca_channel_settings *channel, enum mca_pcm_direction direction,
		     const char *text)
{
	const struct mca_lane_pick *pick = pick_of(channel, direction);
	char pointer[128], value[32];

	snprintf(pointer, sizeof pointer, "/logical_channels/%u/%s_lanes", channel->id,
		 mca_direction_word(direction));
	if (pick->count == 2)
		snprintf(value, sizeof value, "[%u, %u]", pick->lane[0], pick->lane[1]);
	else
		snprintf(value, sizeof value, "[%u]", pick->lane[0]);
	return mca_faults_say(faults, code, pointer, value, "%s", text);
}

/* What a selector meant last may be another card by now. While its device is held it is that
 * device; else it is looked up, and not found is no fault here: it is looked for again later. */
static void resolve_anew(struct mca_engine *engine, struct mca_plan_entry *entry, unsigned d)
{
	const struct mca_device_ref *ref = ref_of(entry->settings, d);

	if (entry->channel->device[d].pcm || !mca_ref_follows_card(ref))
		return;
	if (mca_resolver_find(&engine->resolver, ref, entry->device[d], NULL) < 0)
		entry->device[d][0] = '\0';
}

/* Find the name of one direction, or keep the one that is pinned. */
static int resolve(struct mca_engine *engine, struct mca_plan_entry *entry, unsigned d,
		   struct mca_faults *faults)
{
	const struct mca_device_ref *ref = ref_of(entry->settings, d);
	const struct mca_channel_status *view = &entry->channel->view;
	struct mca_diag diag = {0};
	int r;

	if (!entry->must[d]) {
		snprintf(entry->device[d], sizeof entry->device[d], "%s", view->device[d]);
		resolve_anew(engine, entry, d);
		return 0;
	}
	r = mca_resolver_prove(&engine->resolver, ref, (enum mca_pcm_direction)d,
			       pick_of(entry->settings, d), entry->device[d], &diag);
	if (r == -ENOTSUP)
		return say_lanes(faults, r, entry->settings, (enum mca_pcm_direction)d, diag.text);
	if (r < 0)
		return mca_plan_say_device(faults, r, entry->settings,
					   (enum mca_pcm_direction)d, diag.text);
	return 0;
}

/* What is new about this channel? */
static void compare(struct mca_plan *plan, struct mca_plan_entry *entry)
{
	const struct mca_channel_status *view = &entry->channel->view;
	bool streams = entry->channel->stream.active;

	entry->was_enabled = !entry->added && view->state != MCA_CHANNEL_DISABLED;
	if (!entry->settings->enabled)
		return;
	for (unsigned d = 0; d < 2; d++)
		entry->must[d] = !entry->was_enabled ||
				 !mca_ref_equal(&view->ref[d], ref_of(entry->settings, d)) ||
				 !mca_lane_pick_equal(&view->pick[d], pick_of(entry->settings, d));
	entry->restart = entry->must[MCA_CAPTURE] || entry->must[MCA_PLAYBACK] ||
			 (plan->diff.stream_shape && streams);
}

/* No chain can be longer from one frame to the next: another look-ahead is another stream. */
static bool has_other_delay(const struct mca_plan_entry *entry)
{
	return entry->settings->enabled && entry->channel->stream.active &&
	       !mca_stream_has_delay(&entry->channel->stream, &entry->params);
}

/* What is wrong with everybody's dsp object is wrong in every channel, and said once. */
static bool is_said(const struct mca_faults *faults, const char *pointer)
{
	for (size_t i = 0; i < faults->count; i++) {
		if (strcmp(faults->list[i].pointer, pointer) == 0)
			return true;
	}
	return false;
}

static int plan_channel(struct mca_engine *engine, struct mca_plan *plan,
			const struct mca_channel_settings *settings, struct mca_faults *faults)
{
	struct mca_plan_entry *entry = &plan->entry[plan->count];
	struct mca_diag diag = {0};
	int r, worst = 0;

	entry->settings = settings;
	entry->channel = mca_engine_find(&engine->table, settings->id);
	if (!entry->channel) {
		entry->channel = mca_channel_new(settings, engine->options.talk);
		entry->added = true;
	}
	if (!entry->channel)
		return mca_faults_say(faults, -ENOMEM, NULL, NULL, "There is no memory left for "
				      "channel %u.", settings->id);
	plan->count++;
	compare(plan, entry);
	worst = mca_plan_cook(plan->settings, settings, &entry->params, &diag);
	entry->restart |= worst == 0 && has_other_delay(entry);
	if (worst < 0 && !is_said(faults, diag.pointer))
		mca_faults_add(faults, &diag);
	for (unsigned d = 0; settings->enabled && d < 2; d++) {
		r = resolve(engine, entry, d, faults);
		worst = worst ? worst : r;
	}
	return worst;
}

/* Two references can mean one device without looking alike. Only what is new can be wrong. */
static int check_pair(const struct mca_plan_entry *a, const struct mca_plan_entry *b, unsigned d,
		      struct mca_faults *faults)
{
	const struct mca_plan_entry *fresh = b->must[d] ? b : a, *other = b->must[d] ? a : b;
	char text[320];

	if (!a->settings->enabled || !b->settings->enabled || !fresh->must[d])
		return 0;
	if (!a->device[d][0] || strcmp(a->device[d], b->device[d]) != 0)
		return 0;
	snprintf(text, sizeof text, "%s is the %s of channel %u already, and opened once, whatever "
		 "its lanes: give each channel a device of its own.", a->device[d],
		 mca_direction_word((enum mca_pcm_direction)d), other->settings->id);
	return mca_plan_say_device(faults, -EINVAL, fresh->settings, (enum mca_pcm_direction)d,
				   text);
}

static int check_pairs(const struct mca_plan *plan, struct mca_faults *faults)
{
	int worst = 0;

	for (unsigned i = 0; i < plan->count; i++) {
		for (unsigned j = i + 1; j < plan->count; j++) {
			for (unsigned d = 0; d < 2; d++) {
				int r = check_pair(&plan->entry[i], &plan->entry[j], d, faults);

				worst = worst ? worst : r;
			}
		}
	}
	return worst;
}

static bool is_held(const struct mca_engine *engine, const char *name,
		    enum mca_pcm_direction direction)
{
	for (unsigned i = 0; i < engine->table.count; i++) {
		if (mca_device_is(&engine->table.channel[i]->device[direction], name, direction))
			return true;
	}
	return false;
}

/* Open a direction that nobody holds. When the shape changes too, agreeing on it waits until the
 * streams are silent: the other direction of the same card may be running in the old one. */
static int open_direction(struct mca_engine *engine, struct mca_plan *plan,
			  const struct mca_plan_entry *entry, unsigned d,
			  struct mca_faults *faults)
{
	enum mca_pcm_direction direction = (enum mca_pcm_direction)d;
	struct mca_pcm_shape shape = plan->shape;
	struct mca_device device = {0};
	struct mca_diag diag = {0};
	int r;

	if (!entry->device[d][0] || is_held(engine, entry->device[d], direction))
		return 0;
	shape.pick = *pick_of(entry->settings, d);
	r = mca_acquire_open(engine, &device, entry->device[d], direction,
			     plan->diff.stream_shape ? NULL : &shape, &diag);
	if (r == 0) {
		mca_pool_put(&plan->pool, &device, NULL);
		return 0;
	}
	if (!entry->must[d] && r != -ESHUTDOWN)
		return 0;
	return mca_plan_say_device(faults, r, entry->settings, direction, diag.text);
}

static bool is_time_up(int code)
{
	return code == -ETIMEDOUT || code == -ESHUTDOWN;
}

static int open_devices(struct mca_engine *engine, struct mca_plan *plan,
			struct mca_faults *faults)
{
	int worst = 0;

	/* One device that hangs is enough: the next one may hang too, and somebody waits. */
	for (unsigned i = 0; i < plan->count; i++) {
		for (unsigned d = 0; plan->entry[i].restart && !is_time_up(worst) && d < 2; d++) {
			int r = open_direction(engine, plan, &plan->entry[i], d, faults);

			worst = worst ? worst : r;
		}
	}
	return worst;
}

/* The new settings with every section the document left out as it is. */
static struct mca_settings *complete(const struct mca_settings *settings,
				     const struct mca_settings *live)
{
	struct mca_settings *whole = malloc(sizeof *whole);

	if (!whole)
		return NULL;
	*whole = *settings;
	if (!settings->http.given)
		whole->http = live->http;
	if (!settings->realtime.given)
		whole->realtime = live->realtime;
	if (!settings->simulation.given)
		whole->simulation = live->simulation;
	return whole;
}

static int prove(struct mca_engine *engine, struct mca_plan *plan, bool check_only,
		 struct mca_faults *faults)
{
	int r, worst = 0;

	if (plan->diff.needs_restart)
		worst = mca_faults_say(faults, -EINVAL, plan->diff.needs_restart_pointer, NULL,
				      "takes effect only at a restart: restart the service, or "
				      "leave the value as it is");
	mca_resolver_refresh(&engine->resolver);
	for (unsigned i = 0; i < plan->settings->channel_count; i++) {
		r = plan_channel(engine, plan, &plan->settings->channel[i], faults);
		worst = worst == -EINVAL ? worst : r ? r : worst;
	}
	r = check_pairs(plan, faults);
	worst = r ? r : worst;
	if (worst || check_only)
		return worst;
	return open_devices(engine, plan, faults);
}

static void find_gone(const struct mca_engine *engine, struct mca_plan *plan)
{
	for (unsigned i = 0; i < engine->table.count; i++) {
		struct mca_channel *channel = engine->table.channel[i];

		if (!mca_settings_channel(plan->settings, channel->view.id))
			plan->gone[plan->gone_count++] = channel;
	}
}

int mca_plan_make(struct mca_plan **result, struct mca_engine *engine,
		  const struct mca_settings *settings, bool check_only, struct mca_faults *faults)
{
	struct mca_plan *plan = calloc(1, sizeof *plan);
	int r;

	*result = NULL;
	if (plan)
		plan->pool.opener = engine->opener;
	if (plan)
		plan->settings = complete(settings, engine->settings);
	if (!plan || !plan->settings) {
		free(plan);
		return mca_faults_say(faults, -ENOMEM, NULL, NULL, "There is no memory left to "
				      "change the settings.");
	}
	mca_config_compare(&plan->diff, engine->settings, plan->settings);
	plan->shape = mca_engine_shape(settings);
	find_gone(engine, plan);
	r = prove(engine, plan, check_only, faults);
	if (r < 0) {
		mca_plan_free(plan);
		return r;
	}
	*result = plan;
	return 0;
}

void mca_plan_free(struct mca_plan *plan)
{
	if (!plan)
		return;
	mca_pool_close(&plan->pool);
	for (unsigned i = 0; i < plan->count; i++) {
		if (plan->entry[i].added)
			mca_channel_free(plan->entry[i].channel);
	}
	free(plan->settings);
	free(plan);
}
