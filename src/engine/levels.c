/* SPDX-License-Identifier: MIT */
/*
 * The meters of all channels. Integers are copied under the table's lock and turned into
 * decibels after it: the logarithms are nobody's business but the caller's.
 */
#include <string.h>

#include "state.h"

struct mca_sample {
	unsigned id;
	bool running;
	struct mca_meter_reading reading;
};

static void sample(struct mca_channel *channel, struct mca_sample *out)
{
	memset(out, 0, sizeof *out);
	out->id = channel->view.id;
	out->running = channel->view.state == MCA_CHANNEL_RUNNING;
	if (out->running)
		out->reading = mca_channel_report(channel)->meter;
}

/*
 * The sequence goes with the stream that is furthest ahead, and never back: every stream counts
 * on from where the sequence stood when it began, and when the leader leaves the others are
 * moved up to it.
 */
static uint64_t advance(struct mca_engine_table *table, const struct mca_sample *samples)
{
	uint64_t ahead = 0;
	bool any = false;

	for (unsigned i = 0; i < table->count; i++) {
		uint64_t at = table->channel[i]->sequence_base + samples[i].reading.window;

		if (!samples[i].running)
			continue;
		any = true;
		if (at > ahead)
			ahead = at;
	}
	for (unsigned i = 0; any && ahead < table->sequence && i < table->count; i++)
		table->channel[i]->sequence_base += table->sequence - ahead;
	if (ahead > table->sequence)
		table->sequence = ahead;
	return table->sequence;
}

unsigned mca_engine_levels(struct mca_engine *engine, struct mca_channel_levels *levels,
			   uint64_t *sequence)
{
	struct mca_engine_table *table = &engine->table;
	struct mca_sample samples[MCA_CHANNELS_MAX];
	uint64_t now;
	unsigned count, lanes;

	pthread_mutex_lock(&table->lock);
	count = table->count;
	for (unsigned i = 0; i < count; i++)
		sample(table->channel[i], &samples[i]);
	now = advance(table, samples);
	lanes = table->shape.lanes;
	pthread_mutex_unlock(&table->lock);
	for (unsigned i = 0; i < count; i++) {
		levels[i].id = samples[i].id;
		levels[i].running = samples[i].running;
		mca_levels_from_reading(&levels[i].levels, &samples[i].reading);
		levels[i].levels.lanes = lanes;
	}
	if (sequence)
		*sequence = now;
	return count;
}
