/* SPDX-License-Identifier: MIT */
/*
 * Two settings side by side, row by row of the table. A channel's effective dsp follows the global
 * one, so a changed global field would show up once in every channel: such a change is told once,
 * and a channel's own pointer appears only when its override changed.
 */
#include "mca/config_diff.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "table.h"

#define POINTER (sizeof(((struct mca_config_diff *)0)->pointer[0]))

/* The structs under comparison; `wider` are those they inherit from, NULL = from none. */
struct pair {
	const void *before, *after;
	const void *wider_before, *wider_after;
};

static void compare_object(struct mca_config_diff *diff, enum mca_object_kind kind,
			   const struct pair *pair, const char *path);

static void __attribute__((format(printf, 2, 3)))
changed(struct mca_config_diff *diff, const char *format, ...)
{
	va_list arguments;

	diff->total++;
	if (diff->count == MCA_DIFF_MAX)
		return;
	va_start(arguments, format);
	vsnprintf(diff->pointer[diff->count++], POINTER, format, arguments);
	va_end(arguments);
}

static bool inherited(const struct mca_field *field, const struct pair *pair)
{
	return pair->wider_before && mca_field_same(field, pair->before, pair->wider_before) &&
	       mca_field_same(field, pair->after, pair->wider_after);
}

static void compare_inner(struct mca_config_diff *diff, const struct mca_field *field,
			  const struct pair *pair, const char *path)
{
	struct pair inner = { mca_field_at(field, pair->before), mca_field_at(field, pair->after),
			      pair->wider_before, pair->wider_after };

	compare_object(diff, field->inner, &inner, path);
}

static void compare_channel(struct mca_config_diff *diff, const struct mca_settings *before,
			    const struct mca_settings *after, unsigned id)
{
	struct pair pair = { mca_settings_channel(before, id), mca_settings_channel(after, id),
			     NULL, NULL };
	const struct mca_field *field = NULL;
	char path[POINTER];

	snprintf(path, sizeof(path), "/logical_channels/%u", id);
	if (!pair.before || !pair.after) {
		changed(diff, "%s", path);
		return;
	}
	compare_object(diff, MCA_OBJECT_CHANNEL, &pair, path);
	while ((field = mca_table_next(MCA_OBJECT_CHANNEL, field)))
		if (field->inner == MCA_OBJECT_DSP) {
			struct pair dsp = { mca_field_at(field, pair.before),
					    mca_field_at(field, pair.after),
					    &before->dsp, &after->dsp };

			strcat(path, "/dsp");
			compare_object(diff, MCA_OBJECT_DSP, &dsp, path);
		}
}

/* Both lists ascend: walk them together. */
static void compare_channels(struct mca_config_diff *diff, const struct mca_settings *before,
			     const struct mca_settings *after)
{
	unsigned b = 0, a = 0;

	while (b < before->channel_count || a < after->channel_count) {
		bool has_b = b < before->channel_count, has_a = a < after->channel_count;
		unsigned id_b = has_b ? before->channel[b].id : 0;
		unsigned id_a = has_a ? after->channel[a].id : 0;
		unsigned id = !has_b || (has_a && id_a < id_b) ? id_a : id_b;

		compare_channel(diff, before, after, id);
		b += has_b && id_b == id;
		a += has_a && id_a == id;
	}
}

static void compare_cards(struct mca_config_diff *diff, const struct mca_field *field,
			  const struct pair *pair, const char *path)
{
	const struct mca_sim_card_spec *before = mca_field_at(field, pair->before);
	const struct mca_sim_card_spec *after = mca_field_at(field, pair->after);

	for (unsigned i = 0; i < MCA_SIM_CARDS; i++) {
		struct pair card = { &before[i], &after[i], NULL, NULL };
		char inner[POINTER];

		snprintf(inner, sizeof(inner), "%.32s/%u", path, i + 1);
		compare_object(diff, field->inner, &card, inner);
	}
}

static void compare_faults(struct mca_config_diff *diff, const struct mca_field *field,
			   const struct pair *pair, const char *path)
{
	const struct mca_sim_card_spec *before = pair->before, *after = pair->after;
	unsigned i;

	for (i = 0; i < before->fault_count || i < after->fault_count; i++) {
		struct pair fault = { &before->fault[i], &after->fault[i], NULL, NULL };
		char inner[POINTER];

		snprintf(inner, sizeof(inner), "%.44s/%u", path, i);
		if (i < before->fault_count && i < after->fault_count)
			compare_object(diff, field->inner, &fault, inner);
		else
			changed(diff, "%s", inner);
	}
}

static bool left_out(const struct mca_field *field, const struct pair *pair)
{
	return (field->flags & MCA_FIELD_SECTION) &&
	       !*(const bool *)((const char *)pair->after + field->given);
}

static void compare_section(struct mca_config_diff *diff, const struct mca_field *field,
			    const struct pair *pair, const char *path)
{
	unsigned total = diff->total, count = diff->count;

	compare_inner(diff, field, pair, path);
	if (diff->total == total || !(field->flags & MCA_FIELD_SECTION) || diff->needs_restart)
		return;
	diff->needs_restart = true;
	snprintf(diff->needs_restart_pointer, POINTER, "%s",
		 count < diff->count ? diff->pointer[count] : path);
}

static void compare_field(struct mca_config_diff *diff, const struct mca_field *field,
			  const struct pair *pair, const char *path)
{
	/* A channel's dsp is compared beside the global one, by compare_channel(). */
	bool own_dsp = field->object == MCA_OBJECT_CHANNEL && field->inner == MCA_OBJECT_DSP;

	if (left_out(field, pair) || own_dsp)
		return;
	switch (field->type) {
	case MCA_FIELD_OBJECT:
		compare_section(diff, field, pair, path);
		break;
	case MCA_FIELD_CHANNELS:
		compare_channels(diff, pair->before, pair->after);
		break;
	case MCA_FIELD_CARDS:
		compare_cards(diff, field, pair, path);
		break;
	case MCA_FIELD_FAULTS:
		compare_faults(diff, field, pair, path);
		break;
	default:
		if (!mca_field_same(field, pair->before, pair->after) && !inherited(field, pair))
			changed(diff, "%s", path);
	}
}

static void compare_object(struct mca_config_diff *diff, enum mca_object_kind kind,
			   const struct pair *pair, const char *path)
{
	const struct mca_field *field = NULL;
	char inner[POINTER];

	while ((field = mca_table_next(kind, field))) {
		snprintf(inner, sizeof(inner), "%.45s/%.17s", path, field->key);
		compare_field(diff, field, pair, inner);
	}
}

void mca_config_compare(struct mca_config_diff *diff, const struct mca_settings *before,
			const struct mca_settings *after)
{
	struct pair pair = { before, after, NULL, NULL };

	memset(diff, 0, sizeof(*diff));
	diff->stream_shape = before->rate_hz != after->rate_hz || before->lanes != after->lanes ||
			     before->block_frames != after->block_frames;
	compare_object(diff, MCA_OBJECT_ROOT, &pair, "");
}
