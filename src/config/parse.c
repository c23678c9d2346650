/* SPDX-License-Identifier: MIT */
/*
 * A document from its text to settings. The settings are filled in a copy and handed over only when
 * the whole document is good.
 */
#include "mca/config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "read.h"

/* Faults are found object by object; people read from the top. Stable, and the list is short. */
static void sort_by_line(struct mca_faults *faults, size_t from)
{
	for (size_t i = from + 1; i < faults->count; i++) {
		struct mca_diag diag = faults->list[i];
		size_t at = i;

		for (; at > from && faults->list[at - 1].line > diag.line; at--)
			faults->list[at] = faults->list[at - 1];
		faults->list[at] = diag;
	}
}

static void read_root(struct mca_reader *reader, const struct mca_json *root,
		      struct mca_settings *settings)
{
	const struct mca_json *channels;

	mca_read_object(reader, root, MCA_OBJECT_ROOT, settings);
	settings->dsp.rate_hz = settings->rate_hz;
	settings->dsp.lanes = settings->lanes;
	channels = root->type == MCA_JSON_OBJECT ? mca_json_member(root, "logical_channels") : NULL;
	if (channels)
		mca_read_channels(reader, channels, settings);
	mca_check_root(reader, root, settings);
}

/* Text -> tree; what is wrong with the text as a whole becomes the only fault. */
static int open_document(struct mca_json_document *document, const char *text, size_t length,
			 struct mca_faults *faults)
{
	struct mca_diag diag = { 0 };
	int result = mca_json_parse(document, text, length, &diag);

	if (result < 0)
		mca_faults_add(faults, &diag);
	return result;
}

static int no_memory(struct mca_faults *faults)
{
	return mca_faults_say(faults, -ENOMEM, NULL, NULL,
			      "out of memory while reading the document");
}

int mca_config_parse(const char *text, size_t length, struct mca_settings *settings,
		     struct mca_faults *faults)
{
	struct mca_reader reader = { .faults = faults };
	struct mca_settings *work = malloc(sizeof(*work));
	struct mca_json_document document;
	size_t from = faults->count;
	int result = open_document(&document, text, length, faults);

	if (result == 0 && !work)
		result = no_memory(faults);
	if (result == 0) {
		mca_settings_default(work);
		read_root(&reader, document.root, work);
		sort_by_line(faults, from);
		result = reader.said ? -EINVAL : 0;
	}
	if (result == 0)
		*settings = *work;
	mca_json_done(&document);
	free(work);
	return result;
}

/* A document that holds nothing but the section, with its name around it, means the section. */
static const struct mca_json *unwrap(const struct mca_json *root)
{
	const struct mca_json *inner =
		root->type == MCA_JSON_OBJECT ? mca_json_member(root, "simulation") : NULL;

	return inner && !root->child->next ? inner : root;
}

int mca_config_parse_simulation(const char *text, size_t length, struct mca_simrack_spec *rack,
				struct mca_faults *faults)
{
	struct mca_reader reader = { .faults = faults };
	struct mca_simrack_spec *work = malloc(sizeof(*work));
	struct mca_json_document document;
	size_t from = faults->count;
	int result = open_document(&document, text, length, faults);

	if (result == 0 && !work)
		result = no_memory(faults);
	if (result == 0) {
		memset(work, 0, sizeof(*work));
		mca_table_default(MCA_OBJECT_SIMULATION, work);
		mca_read_object(&reader, unwrap(document.root), MCA_OBJECT_SIMULATION, work);
		sort_by_line(faults, from);
		result = reader.said ? -EINVAL : 0;
	}
	if (result == 0)
		*rack = *work;
	mca_json_done(&document);
	free(work);
	return result;
}
