/* SPDX-License-Identifier: MIT */
/* Silence: fading streams out, all at the same time, within a bounded time. */
#include <stdlib.h>

#include "opener.h"
#include "state.h"

/* Free-running streams get only the processor time that others leave; nobody hears them stop. */
#define ORDINARY_STOP_MS 10000u

/* Of the half second in which a service has to be gone: fade and closes together may take so long,
 * the closes so long in any case. What does not answer is left behind. */
#define STOP_MS 400u
#define CLOSE_MIN_MS 100u

unsigned mca_engine_silence(struct mca_engine *engine, struct mca_channel *const *channel,
			    unsigned count, uint64_t deadline_ns)
{
	unsigned stuck = 0;

	for (unsigned i = 0; i < count; i++)
		mca_stream_ask_stop(&channel[i]->stream);
	for (unsigned i = 0; i < count; i++) {
		if (!channel[i]->stream.active)
			continue;
		if (mca_stream_wait_over(&channel[i]->stream, deadline_ns))
			stuck++;
		else
			mca_channel_settle(engine, channel[i]);
	}
	return stuck;
}

uint64_t mca_engine_stop_patience_ns(const struct mca_engine *engine)
{
	return (engine->options.realtime ? MCA_STREAM_STOP_MS : ORDINARY_STOP_MS) * MCA_MS_NS;
}

void mca_engine_stop(struct mca_engine *engine)
{
	struct mca_engine_table *table = &engine->table;
	uint64_t begin_ns = mca_monotonic_ns(), deadline_ns;

	if (engine->stopped)
		return;
	engine->stopped = true;
	engine->attempt.channel = NULL;
	mca_engine_show_state(engine);
	/* A service has to be gone in half a second, stuck thread or not. */
	mca_engine_silence(engine, table->channel, table->count,
			   mca_monotonic_ns() + mca_engine_stop_patience_ns(engine));
	for (unsigned i = 0; i < table->count; i++) {
		struct mca_channel *channel = table->channel[i];

		if (channel->stream.active)
			continue;
		mca_channel_drain(engine, channel, MCA_NO_MORE_NS);
		mca_channel_close(engine, channel);
		if (channel->view.state == MCA_CHANNEL_RUNNING ||
		    channel->view.state == MCA_CHANNEL_STARTING)
			mca_channel_show(engine, channel, MCA_CHANNEL_ENDED,
					 "The service is stopping.");
	}
	deadline_ns = mca_monotonic_ns() + CLOSE_MIN_MS * MCA_MS_NS;
	if (deadline_ns < begin_ns + STOP_MS * MCA_MS_NS)
		deadline_ns = begin_ns + STOP_MS * MCA_MS_NS;
	if (engine->opener)
		mca_opener_stop(engine->opener, deadline_ns);
}

void mca_engine_free(struct mca_engine *engine)
{
	struct mca_engine_table *table;

	if (!engine)
		return;
	mca_engine_stop(engine);
	table = &engine->table;
	for (unsigned i = 0; i < table->count; i++) {
		/* A stuck thread may wake up yet: what it looks at is left to the end of the
		 * process. */
		if (!table->channel[i]->stream.active)
			mca_channel_free(table->channel[i]);
	}
	mca_opener_free(engine->opener);
	mca_resolver_done(&engine->resolver);
	mca_notices_done(&engine->notices);
	pthread_mutex_destroy(&table->lock);
	free(engine->settings);
	free(engine);
}
