/* SPDX-License-Identifier: MIT */
/*
 * The meters of all channels. Integers are copied under the table's lock and turned into
 * decibels after it: the logarithms are nobody's business but the caller's.
 */
#include <string.h>

#include "state.h"

static void sample(struct mca_channel *channel, struct mca_level_sample *out)
{
	memset(out, 0, sizeof *out);
	out->id = channel->view.id;
	out->running = channel->view.state == MCA_CHANNEL_RUNNING;
	if (out->running)
		out->reading = mca_channel_report(channel)->meter;
}

/* Windows of the stream that is furthest ahead; 0 when none runs. Every stream counts on from where
 * the sequence was when it began. */
static uint64_t furthest(const struct mca_engine_table *table, const struct mca_level_view *now)
{
	uint64_t ahead = 0;

	for (unsigned i = 0; i < now->count; i++) {
		uint64_t at = table->channel[i]->sequence_base + now->sample[i].reading.window;

		if (now->sample[i].running && at > ahead)
			ahead = at;
	}
	return ahead;
}

/* Channels came, went, started or stopped. */
static bool differs(const struct mca_level_view *a, const struct mca_level_view *b)
{
	bool same = a->count == b->count;

	for (unsigned i = 0; same && i < a->count; i++)
		same = a->sample[i].id == b->sample[i].id &&
		       a->sample[i].running == b->sample[i].running;
	return !same;
}

/*
 * The sequence goes with the stream that is furthest ahead, and never back: when the leader leaves,
 * the others are moved up to it. It also moves when the channels that run change, since the levels
 * do then.
 */
static void advance(struct mca_engine_table *table)
{
	struct mca_level_view now = { .count = table->count };
	uint64_t ahead, sequence = table->sequence;

	for (unsigned i = 0; i < now.count; i++)
		sample(table->channel[i], &now.sample[i]);
	ahead = furthest(table, &now);
	if (differs(&now, &table->levels))
		sequence++;
	else if (ahead <= sequence)
		return;
	for (unsigned i = 0; ahead && ahead < sequence && i < now.count; i++)
		table->channel[i]->sequence_base += sequence - ahead;
	table->sequence = ahead > sequence ? ahead : sequence;
	table->levels = now;
}

unsigned mca_engine_levels(struct mca_engine *engine, struct mca_channel_levels *levels,
			   uint64_t *sequence)
{
	struct mca_engine_table *table = &engine->table;
	struct mca_level_view view;
	uint64_t now;
	unsigned lanes;

	pthread_mutex_lock(&table->lock);
	advance(table);
	view = table->levels;
	now = table->sequence;
	lanes = table->shape.lanes;
	pthread_mutex_unlock(&table->lock);
	for (unsigned i = 0; i < view.count; i++) {
		levels[i].id = view.sample[i].id;
		levels[i].running = view.sample[i].running;
		mca_levels_from_reading(&levels[i].levels, &view.sample[i].reading);
		levels[i].levels.lanes = lanes;
	}
	if (sequence)
		*sequence = now;
	return view.count;
}
