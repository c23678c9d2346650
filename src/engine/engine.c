/* SPDX-License-Identifier: MIT */
/* The engine's beginning. How it lives: supervise.c; how it changes: apply.c; how it ends:
 * stop.c. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "acquire.h"
#include "opener.h"
#include "plan.h"
#include "state.h"

static int build_channel(struct mca_engine *engine, const struct mca_channel_settings *settings,
			 struct mca_diag *diag)
{
	struct mca_chain_params params;
	struct mca_channel *channel;
	int r = mca_plan_cook(engine->settings, settings, &params, diag);

	if (r < 0)
		return r;
	channel = mca_channel_new(settings, engine->options.talk);
	if (!channel)
		return mca_diag_set(diag, -ENOMEM, "There is no memory left for channel %u.",
				    settings->id);
	channel->params = params;
	mca_notice_copy(channel->view.name, sizeof channel->view.name, settings->name);
	channel->view.ref[MCA_CAPTURE] = settings->input;
	channel->view.ref[MCA_PLAYBACK] = settings->output;
	channel->view.pick[MCA_CAPTURE] = settings->input_lanes;
	channel->view.pick[MCA_PLAYBACK] = settings->output_lanes;
	mca_channel_keep(channel, engine->options.talk);
	engine->table.channel[engine->table.count++] = channel;
	return 0;
}

/* Its names are looked up now: a change of settings may come before its devices are opened, and has
 * to know what it has. What is not found is looked for again then. */
static void try_channel(struct mca_engine *engine, struct mca_channel *channel, bool enabled)
{
	char name[MCA_PCM_NAME];

	if (!enabled) {
		mca_channel_rest(engine, channel, MCA_CHANNEL_DISABLED);
		return;
	}
	mca_channel_name(engine, channel, MCA_CAPTURE, name, NULL);
	mca_channel_name(engine, channel, MCA_PLAYBACK, name, NULL);
	mca_channel_bring_up(engine, channel);
}

static int build(struct mca_engine *engine, const struct mca_settings *settings,
		 const struct mca_engine_options *options, struct mca_diag *diag)
{
	struct mca_engine_table *table = &engine->table;
	int r;

	engine->settings = malloc(sizeof *engine->settings);
	if (!engine->settings)
		return mca_diag_set(diag, -ENOMEM, "There is no memory left for the settings.");
	*engine->settings = *settings;
	engine->options = *options;
	engine->started_ns = mca_monotonic_ns();
	table->generation = 1;
	table->state = MCA_ENGINE_STARTING;
	table->shape = mca_engine_shape(settings);
	mca_resolver_init(&engine->resolver, options->rack, options->simulate);
	r = mca_opener_new(&engine->opener, options->rack, diag);
	if (r < 0)
		return r;
	engine->resolver.list = mca_acquire_names;
	engine->resolver.context = engine;
	mca_realtime_init(&engine->realtime, settings, options);
	table->realtime.ok = true;      /* until shown otherwise, once and with a notice */
	mca_engine_show_realtime(engine);
	for (unsigned i = 0; i < settings->channel_count; i++) {
		r = build_channel(engine, &settings->channel[i], diag);
		if (r < 0)
			return r;
	}
	return 0;
}

int mca_engine_new(struct mca_engine **result, const struct mca_settings *settings,
		   const struct mca_engine_options *options, struct mca_diag *diag)
{
	struct mca_engine *engine = calloc(1, sizeof *engine);
	int r = engine ? mca_notices_init(&engine->notices) : -ENOMEM;

	*result = NULL;
	if (r < 0) {
		free(engine);
		return mca_diag_set(diag, r, "There is no memory left for the engine.");
	}
	pthread_mutex_init(&engine->table.lock, NULL);
	r = build(engine, settings, options, diag);
	if (r < 0) {
		mca_engine_free(engine);
		return r;
	}
	for (unsigned i = 0; i < settings->channel_count; i++)
		try_channel(engine, engine->table.channel[i], settings->channel[i].enabled);
	mca_engine_attend(engine);
	*result = engine;
	return 0;
}

int mca_engine_devices(struct mca_engine *engine, bool simulated, struct mca_pcm_list *list,
		       struct mca_diag *diag)
{
	return mca_acquire_list(engine, simulated ? engine->options.rack : NULL,
				&engine->table.shape, list, diag);
}

int mca_engine_fd(const struct mca_engine *engine)
{
	return mca_opener_fd(engine->opener);
}

const struct mca_settings *mca_engine_settings(const struct mca_engine *engine)
{
	return engine->settings;
}

bool mca_engine_notice(struct mca_engine *engine, struct mca_notice *notice)
{
	/* After the end there is no later. */
	return mca_notices_take(&engine->notices,
				engine->stopped ? UINT64_MAX : mca_monotonic_ns(), notice);
}

void mca_engine_post_notice(struct mca_engine *engine, const struct mca_notice *notice)
{
	mca_notices_post(&engine->notices, notice);
}
