/* SPDX-License-Identifier: MIT */
/* What single values cannot show: values that contradict each other. */
#include "read.h"

#include <stdio.h>
#include <string.h>

void mca_check_dsp(struct mca_reader *reader, const struct mca_json *node,
		   const struct mca_chain_params *params)
{
	struct mca_chain_params at_rate = *params;
	struct mca_chain_cooked cooked;
	struct mca_diag diag = { 0 };

	/* The document may name its rate further down; no range depends on it. */
	at_rate.rate_hz = 44100;
	at_rate.lanes = 2;
	if (mca_chain_cook(&cooked, &at_rate, &diag) < 0)
		mca_read_fault_inside(reader, node, diag.pointer, "%s", diag.text);
}

void mca_check_card(struct mca_reader *reader, const struct mca_json *node,
		    const struct mca_sim_card_spec *card)
{
	if (card->source.kind == MCA_SIM_WAV && !card->source.path[0])
		mca_read_fault_inside(reader, node, "/source/file",
				      "a source of type wav needs the name of its file");
	if (card->source.kind == MCA_SIM_WIRE && !card->source.wire_card)
		mca_read_fault_inside(reader, node, "/source/card",
				      "a source of type wire needs the "
				      "number of the card it hears, 1 to %d",
				      MCA_SIM_CARDS);
	if (card->sink.kind != MCA_SIM_DISCARD && !card->sink.path[0])
		mca_read_fault_inside(reader, node, "/sink/file",
				      "a sink of type wav or raw needs the name of its file");
	if (card->max_rate_hz && card->max_rate_hz < card->min_rate_hz)
		mca_read_fault_inside(reader, node, "/max_rate_hz",
				      "max_rate_hz must not be below min_rate_hz, %u",
				      card->min_rate_hz);
	if (card->max_period_frames && card->max_period_frames < card->min_period_frames)
		mca_read_fault_inside(reader, node, "/max_period_frames",
				      "max_period_frames must not be below min_period_frames, %u",
				      card->min_period_frames);
}

/* Card `a` writes a file that card `b` writes or reads too. */
static void check_files(struct mca_reader *reader, const struct mca_json *node,
			const struct mca_simrack_spec *rack, unsigned a, unsigned b)
{
	const struct mca_sim_card_spec *writer = &rack->card[a], *other = &rack->card[b];
	char pointer[40];

	if (writer->sink.kind == MCA_SIM_DISCARD)
		return;
	snprintf(pointer, sizeof(pointer), "/cards/%u/sink/file", a + 1);
	if (b < a && other->sink.kind != MCA_SIM_DISCARD &&
	    strcmp(writer->sink.path, other->sink.path) == 0)
		mca_read_fault_inside(reader, node, pointer,
				      "card %u writes this file already: give each sink its own",
				      b + 1);
	if (other->source.kind == MCA_SIM_WAV &&
	    strcmp(writer->sink.path, other->source.path) == 0)
		mca_read_fault_inside(reader, node, pointer,
				      "card %u reads this file: write another", b + 1);
}

void mca_check_rack(struct mca_reader *reader, const struct mca_json *node,
		    const struct mca_simrack_spec *rack)
{
	for (unsigned a = 0; a < MCA_SIM_CARDS; a++)
		for (unsigned b = 0; b < MCA_SIM_CARDS; b++)
			check_files(reader, node, rack, a, b);
}

static void check_tones(struct mca_reader *reader, const struct mca_json *node,
			const struct mca_settings *settings)
{
	char pointer[60];

	for (unsigned i = 0; i < MCA_SIM_CARDS; i++) {
		const struct mca_sim_card_spec *card = &settings->simulation.rack.card[i];
		const struct mca_sim_source *source = &card->source;
		unsigned rate_hz = card->only_rate_hz ? card->only_rate_hz : settings->rate_hz;
		double top = rate_hz / 2.0 - 1;

		if (source->kind != MCA_SIM_TONE || source->frequency_hz <= top)
			continue;
		snprintf(pointer, sizeof(pointer), "/simulation/cards/%u/source/frequency_hz",
			 i + 1);
		mca_read_fault_inside(reader, node, pointer, "frequency_hz must be below half the "
				      "sample rate: at most %.1f Hz at %u Hz", top, rate_hz);
	}
}

static bool is_set(const struct mca_device_ref *ref)
{
	return ref->id || ref->name[0];
}

/* Does the channel's device in one direction belong to an earlier channel? */
static void check_device(struct mca_reader *reader, const struct mca_json *node,
			 const struct mca_settings *settings, unsigned at,
			 const struct mca_field *field)
{
	const struct mca_channel_settings *mine = &settings->channel[at];
	char pointer[64];

	for (unsigned i = 0; i < at; i++) {
		const struct mca_channel_settings *other = &settings->channel[i];

		if (!other->enabled || !is_set(mca_field_at(field, mine)) ||
		    !mca_field_same(field, mine, other))
			continue;
		snprintf(pointer, sizeof(pointer), "/logical_channels/%u/%s", mine->id, field->key);
		mca_read_fault_inside(reader, node, pointer,
				      "channel %u uses this device in the same "
				      "direction: a device is opened once, whatever its lanes; "
				      "give each channel its own, or disable one", other->id);
		return;
	}
}

/* A disabled channel opens nothing, so it may name a device of another one. */
static void check_devices(struct mca_reader *reader, const struct mca_json *node,
			  const struct mca_settings *settings)
{
	const struct mca_field *field = NULL;

	while ((field = mca_table_next(MCA_OBJECT_CHANNEL, field)))
		for (unsigned i = 0; field->type == MCA_FIELD_DEVICE && i < settings->channel_count;
		     i++)
			if (settings->channel[i].enabled)
				check_device(reader, node, settings, i, field);
}

void mca_check_root(struct mca_reader *reader, const struct mca_json *node,
		    const struct mca_settings *settings)
{
	check_devices(reader, node, settings);
	check_tones(reader, node, settings);
}
