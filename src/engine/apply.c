/* SPDX-License-Identifier: MIT */
/*
 * One way in for every change of settings. A plan proves them (plan.c); then, in this order:
 *
 *   1. streams that must stop fade out, all at once; their devices go into the plan's pool;
 *   2. every device in the pool agrees on its new shape and lanes, if they are new;
 *   3. the table takes the new channels, names and shape in one step;
 *   4. channels take their devices out of the pool, whoever had them before, and start;
 *   5. what is left in the pool is closed.
 *
 * Up to step 2 everything can be taken back, and is: the devices return to the channels they
 * came from, in the old shape, and the old settings play on. After it nothing can fail but
 * single channels, each of which then is in FAULT with its reason.
 *
 * Devices are called by the opener's thread (opener.h). What a step needs the answer of is waited
 * for (acquire.h), at most for the opener's time limit; closes are not waited for.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "acquire.h"
#include "opener.h"
#include "plan.h"
#include "state.h"

/* What a thread that is recovering may take beyond MCA_STREAM_STOP_MS to look at its stop flag. */
#define STOP_GRACE_MS 1000u
#define SLICE_MS 50u

/* The channels whose streams must stop; returns how many. */
static unsigned list_stopping(const struct mca_plan *plan, struct mca_channel **list)
{
	unsigned count = 0;

	for (unsigned i = 0; i < plan->gone_count; i++)
		list[count++] = plan->gone[i];
	for (unsigned i = 0; i < plan->count; i++) {
		const struct mca_plan_entry *entry = &plan->entry[i];

		if (!entry->added && (entry->restart || !entry->settings->enabled))
			list[count++] = entry->channel;
	}
	return count;
}

static int silence(struct mca_engine *engine, struct mca_channel *const *list, unsigned count,
		   struct mca_faults *faults)
{
	uint64_t now_ns = mca_monotonic_ns();
	uint64_t deadline_ns = now_ns + mca_engine_stop_patience_ns(engine) +
			       STOP_GRACE_MS * MCA_MS_NS;
	unsigned stuck;

	do
		stuck = mca_engine_silence(engine, list, count, now_ns + SLICE_MS * MCA_MS_NS);
	while (stuck && !mca_acquire_interrupted(engine) &&
	       (now_ns = mca_monotonic_ns()) < deadline_ns);
	if (!stuck)
		return 0;
	for (unsigned i = 0; i < count; i++) {
		if (list[i]->stream.active)
			mca_faults_say(faults, -EBUSY, NULL, NULL, "The stream of channel %u does "
				       "not stop; try again when it runs.", list[i]->view.id);
	}
	return -EBUSY;
}

static void collect(struct mca_plan *plan, struct mca_channel *const *list, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		for (unsigned d = 0; d < 2; d++)
			mca_pool_put(&plan->pool, &list[i]->device[d], list[i]);
	}
}

/* Whose fault it is that a device does not take the new shape: the channel that is to have it. */
static int say_shape(const struct mca_plan *plan, struct mca_device *device, int code,
		     const char *text, struct mca_faults *faults)
{
	for (unsigned i = 0; i < plan->count; i++) {
		const struct mca_plan_entry *entry = &plan->entry[i];

		if (!entry->restart || strcmp(entry->device[device->direction], device->name) != 0)
			continue;
		/* Pulled out a moment ago, and nothing new was said about it: no reason to refuse,
		 * as it would be none a moment later, when its channel is known to be in FAULT. */
		if (!entry->must[device->direction] && mca_is_absence(code))
			break;
		return mca_plan_say_device(faults, code, entry->settings, device->direction, text);
	}
	/* Nobody wants it, or it is opened anew when it is back. */
	mca_opener_close(plan->pool.opener, device);
	return 0;
}

/* The lanes that a device of the pool is to serve: those of the channel that is to have it, or when
 * all is taken back, of the one that it came from. NULL: nobody says. */
static const struct mca_lane_pick *wanted_lanes(const struct mca_plan *plan, unsigned item,
						bool back)
{
	const struct mca_device *device = &plan->pool.item[item].device;
	const struct mca_channel *home = plan->pool.item[item].home;

	if (back)
		return home ? &home->view.pick[device->direction] : NULL;
	for (unsigned i = 0; i < plan->count; i++) {
		const struct mca_plan_entry *entry = &plan->entry[i];

		if (entry->restart && strcmp(entry->device[device->direction], device->name) == 0)
			return device->direction == MCA_CAPTURE ? &entry->settings->input_lanes
								: &entry->settings->output_lanes;
	}
	return NULL;
}

/* One device of the pool, if it is open: let go of what was agreed (shape NULL), or agree. */
static int configure_item(struct mca_engine *engine, struct mca_plan *plan, unsigned item,
			  const struct mca_pcm_shape *shape, struct mca_faults *say)
{
	struct mca_device *device = &plan->pool.item[item].device;
	const struct mca_lane_pick *pick = wanted_lanes(plan, item, !say);
	struct mca_pcm_shape wanted = {0};
	struct mca_diag diag = {0};
	int r;

	if (!device->pcm)
		return 0;
	if (shape)
		wanted = *shape;
	wanted.pick = pick ? *pick : device->shape.pick;
	r = shape ? mca_acquire_configure(engine, device, &wanted, &diag) :
		    mca_acquire_release(engine, device, &diag);
	if (r == 0)
		return 0;
	if (say)
		return say_shape(plan, device, r, diag.text, say);
	mca_opener_close(plan->pool.opener, device);
	return r;
}

/* Bring every device of the pool into a shape, and to its lanes. Many cards keep one rate for both
 * directions, and while one of them stands by the old rate the other is offered no new one: so all
 * let go first. Returns the first error; say NULL: all is being taken back. */
static int configure_all(struct mca_engine *engine, struct mca_plan *plan,
			 const struct mca_pcm_shape *shape, struct mca_faults *say)
{
	int r, worst = 0;

	for (unsigned i = 0; plan->diff.stream_shape && i < plan->pool.count; i++) {
		r = configure_item(engine, plan, i, NULL, say);
		worst = worst ? worst : r;
	}
	for (unsigned i = 0; i < plan->pool.count; i++) {
		r = configure_item(engine, plan, i, shape, say);
		worst = worst ? worst : r;
	}
	return worst;
}

/* Give every device back to whom it came from, in the old shape. One that does not go back into
 * it is closed, and opened anew where it is missed. */
static void give_back(struct mca_engine *engine, struct mca_plan *plan)
{
	configure_all(engine, plan, &engine->table.shape, NULL);
	for (unsigned i = 0; i < plan->pool.count; i++) {
		struct mca_device *device = &plan->pool.item[i].device;
		struct mca_channel *home = plan->pool.item[i].home;

		if (home && device->pcm)
			mca_device_move(&home->device[device->direction], device);
	}
	mca_pool_close(&plan->pool);
}

static void roll_back(struct mca_engine *engine, struct mca_plan *plan,
		      struct mca_channel *const *list, const bool *streamed, unsigned count)
{
	give_back(engine, plan);
	for (unsigned i = 0; i < count; i++) {
		if (streamed[i] && !list[i]->stream.active)
			mca_channel_bring_up(engine, list[i]);
	}
}

/* Show the new settings of one channel. Under the table's lock. */
static void adopt_channel(struct mca_plan_entry *entry)
{
	struct mca_channel *channel = entry->channel;
	struct mca_channel_status *view = &channel->view;

	channel->params = entry->params;
	mca_notice_copy(view->name, sizeof view->name, entry->settings->name);
	view->ref[MCA_CAPTURE] = entry->settings->input;
	view->ref[MCA_PLAYBACK] = entry->settings->output;
	view->pick[MCA_CAPTURE] = entry->settings->input_lanes;
	view->pick[MCA_PLAYBACK] = entry->settings->output_lanes;
	/* What could not be looked up is still shown under its last name; who is disabled has no
	 * device. */
	for (unsigned d = 0; d < 2; d++) {
		if (entry->device[d][0] || !entry->settings->enabled)
			snprintf(view->device[d], sizeof view->device[d], "%s", entry->device[d]);
	}
	entry->added = false;           /* the table owns it from here on */
}

static void adopt(struct mca_engine *engine, struct mca_plan *plan)
{
	struct mca_engine_table *table = &engine->table;

	pthread_mutex_lock(&table->lock);
	for (unsigned i = 0; i < plan->count; i++) {
		if (plan->entry[i].added)
			mca_channel_keep(plan->entry[i].channel, engine->options.talk);
		adopt_channel(&plan->entry[i]);
		table->channel[i] = plan->entry[i].channel;
	}
	table->count = plan->count;
	table->shape = plan->shape;
	table->generation++;
	pthread_mutex_unlock(&table->lock);
	for (unsigned i = 0; i < plan->gone_count; i++) {
		mca_channel_drain(engine, plan->gone[i], MCA_NO_MORE_NS);
		mca_channel_free(plan->gone[i]);
	}
	free(engine->settings);
	engine->settings = plan->settings;
	plan->settings = NULL;
}

/* From here on every pointer into the old settings is gone; entries point into the new ones,
 * which the engine owns now. */
static void set_going(struct mca_engine *engine, struct mca_plan *plan)
{
	for (unsigned i = 0; i < plan->count; i++) {
		struct mca_plan_entry *entry = &plan->entry[i];
		struct mca_channel *channel = entry->channel;

		for (unsigned d = 0; entry->restart && d < 2; d++)
			mca_pool_take(&plan->pool, entry->device[d], (enum mca_pcm_direction)d,
				      &channel->device[d]);
	}
	mca_pool_close(&plan->pool);
	for (unsigned i = 0; i < plan->count; i++) {
		struct mca_plan_entry *entry = &plan->entry[i];

		if (!entry->settings->enabled)
			mca_channel_rest(engine, entry->channel, MCA_CHANNEL_DISABLED);
		else if (entry->restart)
			mca_channel_bring_up(engine, entry->channel);
		else if (entry->channel->stream.active)
			mca_stream_set_params(&entry->channel->stream, &entry->params);
	}
}

static int commit(struct mca_engine *engine, struct mca_plan *plan, struct mca_faults *faults)
{
	struct mca_channel *list[2 * MCA_CHANNELS_MAX];
	bool streamed[2 * MCA_CHANNELS_MAX];
	unsigned count = list_stopping(plan, list);
	int r;

	for (unsigned i = 0; i < count; i++)
		streamed[i] = list[i]->stream.active;
	r = silence(engine, list, count, faults);
	if (r == 0) {
		collect(plan, list, count);
		r = configure_all(engine, plan, &plan->shape, faults);
	}
	if (r < 0) {
		roll_back(engine, plan, list, streamed, count);
		return r;
	}
	adopt(engine, plan);
	set_going(engine, plan);
	return 0;
}

static void fill_result(const struct mca_engine *engine, const struct mca_plan *plan,
			struct mca_apply_result *result)
{
	memset(result, 0, sizeof *result);
	result->generation = engine->table.generation;
	result->changed_total = plan->diff.total;
	result->changed_count = plan->diff.count;
	_Static_assert(sizeof result->changed == sizeof plan->diff.pointer, "one list, two homes");
	memcpy(result->changed, plan->diff.pointer, sizeof result->changed);
	for (unsigned i = 0; i < plan->count; i++) {
		if (plan->entry[i].restart && plan->entry[i].was_enabled)
			result->restarted[result->restarted_count++] = plan->entry[i].settings->id;
	}
}

static void tell_applied(struct mca_engine *engine, const struct mca_apply_result *result,
			 const char *client)
{
	struct mca_notice notice = { .kind = MCA_NOTICE_CONFIG_APPLIED, .stream = -1 };

	mca_notice_copy(notice.client, sizeof notice.client, client);
	mca_engine_tell(engine, &notice, "Configuration %" PRIu64 " is live: %u value%s "
			"changed, %u channel%s restarted.", result->generation,
			result->changed_total, result->changed_total == 1 ? "" : "s",
			result->restarted_count, result->restarted_count == 1 ? "" : "s");
}

static void tell_refused(struct mca_engine *engine, const struct mca_faults *faults, size_t before,
			 int code, const char *client)
{
	struct mca_notice notice = { .kind = MCA_NOTICE_CONFIG_REFUSED, .stream = -1 };
	const char *name = strerrorname_np(-code);
	char text[sizeof notice.text];

	mca_notice_copy(notice.client, sizeof notice.client, client);
	mca_notice_copy(notice.cause, sizeof notice.cause, name ? name : "unknown");
	mca_faults_sum_up(faults, before, text, sizeof text);
	mca_engine_tell(engine, &notice, "Configuration refused, the old one stays live: %s", text);
}

/* A channel may hold one device on its way to its stream, or have it opened now. It has to let go:
 * the plan may want it. */
static bool abandon_attempts(struct mca_engine *engine)
{
	if (!mca_acquire_calm(engine))
		return false;
	for (unsigned i = 0; i < engine->table.count; i++) {
		struct mca_channel *channel = engine->table.channel[i];

		if (!channel->stream.active)
			mca_channel_close(engine, channel);
	}
	return true;
}

int mca_engine_apply(struct mca_engine *engine, const struct mca_settings *settings,
		     bool check_only, const char *client, struct mca_apply_result *result,
		     struct mca_faults *faults)
{
	size_t before = faults->count;
	struct mca_plan *plan;
	int r;

	engine->applying = !check_only;
	if (engine->stopped || (!check_only && !abandon_attempts(engine))) {
		engine->applying = false;
		return mca_faults_say(faults, -ESHUTDOWN, NULL, NULL, "The service is stopping.");
	}
	client = client ? client : "";
	r = mca_plan_make(&plan, engine, settings, check_only, faults);
	if (r == 0 && !check_only)
		r = commit(engine, plan, faults);
	if (r == 0)
		fill_result(engine, plan, result);
	if (r == 0 && !check_only)
		tell_applied(engine, result, client);
	if (r < 0 && !check_only)
		tell_refused(engine, faults, before, r, client);
	mca_plan_free(plan);
	engine->applying = false;
	return r;
}
