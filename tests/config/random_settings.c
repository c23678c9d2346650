/* SPDX-License-Identifier: MIT */
/* The table tells what may be drawn; see random_settings.h. */
#include "random_settings.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "table.h"

unsigned random_below(unsigned long long *state, unsigned limit)
{
	/* Knuth's MMIX constants; the high bits are the good ones. */
	*state = *state * 6364136223846793005ull + 1442695040888963407ull;
	return (unsigned)((*state >> 33) % limit);
}

static double draw_real(const struct mca_field *field, unsigned long long *state)
{
	double part;

	switch (random_below(state, 8)) {
	case 0:
		return field->min;
	case 1:
		return field->flags & MCA_FIELD_TOP_INFINITE ? INFINITY : field->max;
	case 2:
		return field->preset;
	case 3: /* few digits, as people write */
		part = random_below(state, 101) / 100.0;
		return round(4 * (field->min + (field->max - field->min) * part)) / 4 + 0.0;
	default:
		part = random_below(state, 1u << 30) / (double)(1u << 30);
		return field->min + (field->max - field->min) * part;
	}
}

static void draw_text(char *text, size_t size, unsigned long long *state)
{
	static const char *const pieces[] = { "a", "B", "7", " ", "\"", "\\",
					      "/", "ü", "€", "𝄞", "{",  "," };
	size_t room = 1 + random_below(state, (unsigned)size - 1), used = 0;

	text[0] = '\0';
	while (used + 4 < room || !used) {
		const char *piece = pieces[random_below(state, sizeof(pieces) / sizeof(pieces[0]))];

		strcpy(text + used, piece);
		used += strlen(piece);
	}
}

static double clip(const struct mca_field *field, double number)
{
	if (isinf(number))
		return number;
	if (number >= field->max)
		return field->flags & MCA_FIELD_TOP_INFINITE ? INFINITY : field->max;
	return number < field->min ? field->min : number;
}

static void draw_value(const struct mca_field *field, void *base, unsigned long long *state)
{
	unsigned count = 0;
	char *at;

	if (field->offset == MCA_FIELD_NOWHERE)
		return;
	at = (char *)base + field->offset;
	switch (field->type) {
	case MCA_FIELD_BOOL:
		mca_field_set_number(field, base, random_below(state, 2));
		break;
	case MCA_FIELD_INTEGER:
		mca_field_set_number(field, base, field->min + random_below(state,
				     (unsigned)(field->max - field->min) + 1));
		break;
	case MCA_FIELD_REAL:
		mca_field_set_number(field, base, clip(field, draw_real(field, state)));
		break;
	case MCA_FIELD_CHOICE:
		while (field->choices[count])
			count++;
		do
			mca_field_set_number(field, base, random_below(state, count));
		while (!*field->choices[(unsigned)mca_field_number(field, base)]);
		break;
	case MCA_FIELD_TEXT:
		if (field->check)
			snprintf(at, field->size, "10.0.%u.%u", random_below(state, 256),
				 random_below(state, 256));
		else
			draw_text(at, field->size, state);
		break;
	default:
		break;
	}
}

static void draw_object(enum mca_object_kind kind, void *base, unsigned long long *state)
{
	const struct mca_field *field = NULL;

	while ((field = mca_table_next(kind, field))) {
		if (field->type == MCA_FIELD_OBJECT && !(field->flags & MCA_FIELD_SECTION))
			draw_object(field->inner, (char *)base + field->offset, state);
		else
			draw_value(field, base, state);
	}
}

static void draw_dsp(struct mca_chain_params *dsp, unsigned long long *state)
{
	draw_object(MCA_OBJECT_DSP, dsp, state);
	if (dsp->comp.release_ms < dsp->comp.attack_ms)
		dsp->comp.release_ms = dsp->comp.attack_ms;
}

static void draw_channel(struct mca_settings *settings, unsigned at, unsigned long long *state)
{
	struct mca_channel_settings *channel = &settings->channel[at];
	struct mca_chain_params own;

	memset(channel, 0, sizeof(*channel));
	mca_table_default(MCA_OBJECT_CHANNEL, channel);
	draw_object(MCA_OBJECT_CHANNEL, channel, state);
	channel->id = 1 + at * 33333333 + random_below(state, 33333333);
	channel->input.id = random_below(state, 2) ? at + 1 : 0;
	if (!channel->input.id)
		snprintf(channel->input.name, MCA_DEVICE_MAX, "hw:CARD=Card%u,DEV=0", at);
	snprintf(channel->output.name, MCA_DEVICE_MAX, "path:pci-%u", at);
	if (random_below(state, 3) == 0)
		channel->input_lanes = (struct mca_lane_pick){ 2, { 3 + at, 1 } };
	if (random_below(state, 3) == 0)
		channel->output_lanes = (struct mca_lane_pick){ 1, { MCA_LANE_MAX } };
	own = settings->dsp;
	if (random_below(state, 3) == 0)
		draw_dsp(&own, state);
	else if (random_below(state, 2))
		own.comp.threshold_dbfs = -(double)random_below(state, 61);
	own.rate_hz = settings->rate_hz;
	own.lanes = settings->lanes;
	channel->dsp = own;
}

static void draw_card(struct mca_sim_card_spec *card, unsigned at, unsigned long long *state)
{
	draw_object(MCA_OBJECT_CARD, card, state);
	snprintf(card->source.path, sizeof(card->source.path), "in \"%u\".wav", at);
	snprintf(card->sink.path, sizeof(card->sink.path), "out\\%u.wav", at);
	card->source.frequency_hz = 10 + random_below(state, 3000) / 3.0;
	card->max_period_frames = random_below(state, 2) ? 0 : 65536;
	card->max_rate_hz = random_below(state, 2) ? 0 : 192000;
	card->fault_count = random_below(state, 4) ? 0 : random_below(state, MCA_SIM_FAULTS + 1);
	for (unsigned i = 0; i < card->fault_count; i++)
		draw_object(MCA_OBJECT_FAULT, &card->fault[i], state);
}

void random_settings(struct mca_settings *settings, unsigned long long *state)
{
	const struct mca_field *field = NULL;

	mca_settings_default(settings);
	while ((field = mca_table_next(MCA_OBJECT_ROOT, field)))
		draw_value(field, settings, state);
	draw_dsp(&settings->dsp, state);
	settings->dsp.rate_hz = settings->rate_hz;
	settings->dsp.lanes = settings->lanes;
	settings->channel_count = 1 + random_below(state, random_below(state, 2) ? 64 : 4);
	for (unsigned i = 0; i < settings->channel_count; i++)
		draw_channel(settings, i, state);
	if ((settings->http.given = random_below(state, 2))) {
		draw_object(MCA_OBJECT_HTTP, settings, state);
		settings->http.allowed_host_count = random_below(state, MCA_HOSTS_MAX + 1);
		for (unsigned i = 0; i < settings->http.allowed_host_count; i++)
			snprintf(settings->http.allowed_hosts[i], 128, "host-%u.example", i);
	}
	if ((settings->realtime.given = random_below(state, 2))) {
		draw_object(MCA_OBJECT_REALTIME, settings, state);
		for (unsigned i = random_below(state, 64); i; i--)
			settings->realtime.cpus |= 1ull << random_below(state, 64);
	}
	if (!(settings->simulation.given = random_below(state, 2)))
		return;
	draw_object(MCA_OBJECT_SIMULATION, &settings->simulation.rack, state);
	for (unsigned i = 0; i < MCA_SIM_CARDS; i++)
		draw_card(&settings->simulation.rack.card[i], i, state);
}
