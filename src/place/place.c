/* SPDX-License-Identifier: MIT */
/*
 * The choice. The base file is read first, since its hash decides; the text that is hashed is the
 * text that is used. A file counts as present unless the system reports that nothing is there: one
 * that exists and cannot be read is an error, never a reason to use another configuration silently.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mca/config.h"
#include "room.h"

const char *mca_source_name(enum mca_source source)
{
	static const char *const name[] = { "example", "file", "state", "api", "last_good" };

	return name[source];
}

void mca_choice_done(struct mca_choice *choice)
{
	free(choice->text);
	*choice = (struct mca_choice){ 0 };
}

static bool join(char path[PATH_MAX], const char *folder, const char *name)
{
	int length = snprintf(path, PATH_MAX, "%s/%s", folder, name);

	return length > 0 && length < PATH_MAX;
}

/* The base file is compared by its name, so the name must not depend on the working folder. */
static bool name_base(struct mca_place *place, const char *path)
{
	char here[PATH_MAX];

	if (*path != '/')
		return getcwd(here, sizeof here) && join(place->base, here, path);
	return snprintf(place->base, sizeof place->base, "%s", path) < (int)sizeof place->base;
}

static bool name_state(struct mca_place *place, const char *folder)
{
	return snprintf(place->state, sizeof place->state, "%s", folder) < PATH_MAX &&
	       join(place->saved, folder, "config.json") &&
	       join(place->last_good, folder, "last-good.json") &&
	       join(place->record, folder, "config.json.base");
}

static void sweep(const struct mca_place *place)
{
	static const char *const names[] = { "config.json", "config.json.bak", "config.json.base",
					     "last-good.json" };
	char path[PATH_MAX];

	for (unsigned i = 0; *place->state && i < sizeof names / sizeof *names; i++)
		if (join(path, place->state, names[i]))
			mca_store_sweep(path, true);
	mca_store_sweep(place->base, false);
	if (snprintf(path, sizeof path, "%s.bak", place->base) < (int)sizeof path)
		mca_store_sweep(path, false);
}

int mca_place_new(struct mca_place **result, const struct mca_place_options *options,
		  struct mca_diag *diag)
{
	struct mca_place *place = calloc(1, sizeof *place);

	if (!place)
		return mca_diag_set(diag, -ENOMEM, "no memory to find the configuration");
	place->base_given = options->given;
	place->example = options->example;
	if (!name_base(place, options->given ? options->given : options->system) ||
	    (options->state && *options->state && !name_state(place, options->state))) {
		free(place);
		return mca_diag_set(diag, -ENAMETOOLONG, "the path of the configuration or of the "
				    "state folder is too long: use one of less than %d bytes",
				    PATH_MAX - 32);
	}
	/* --config may name the saved file itself: then it is a file like any other. */
	if (strcmp(place->saved, place->base) == 0)
		place->saved[0] = '\0';
	sweep(place);
	*result = place;
	return 0;
}

void mca_place_free(struct mca_place *place)
{
	if (place)
		free(place->text);
	free(place);
}

static void take_text(struct mca_choice *choice, enum mca_source source, const char *path,
		      char *text, size_t length)
{
	choice->source = source;
	snprintf(choice->path, sizeof choice->path, "%s", path);
	choice->text = text;
	choice->length = length;
}

/* What of the saved configuration counts. */
enum verdict { NOTHING_SAVED, SAVED_COUNTS, SAVED_IS_OLD, SAVED_ELSEWHERE, SAVED_BROKEN };

static enum verdict judge(const struct mca_place *place, const struct mca_choice *base,
			  uint64_t saved_hash)
{
	struct mca_base_line line;

	/* Without a record (release 0.1.0 wrote none) the old order holds: --config, then the saved
	 * one. */
	if (mca_record_find(place->record, saved_hash, &line) < 0)
		return place->base_given && base->base_exists ? SAVED_ELSEWHERE : SAVED_COUNTS;
	if (strcmp(line.base, place->base) != 0)
		return SAVED_ELSEWHERE;
	/* A base file that is gone cannot win. */
	if (!base->base_exists)
		return SAVED_COUNTS;
	return line.base_exists && line.base_hash == base->base_hash ? SAVED_COUNTS : SAVED_IS_OLD;
}

static void say_why(const struct mca_place *place, struct mca_choice *choice, enum verdict verdict)
{
	switch (verdict) {
	case SAVED_COUNTS:
		snprintf(choice->note, sizeof choice->note, "saved through the API; it counts "
			 "until %.350s is %s", place->base,
			 choice->base_exists ? "changed" : "written");
		break;
	case SAVED_IS_OLD:
		choice->supersedes = true;
		break;
	case SAVED_ELSEWHERE:
		snprintf(choice->note, sizeof choice->note, "%.350s, made through the API, is not "
			 "used: it was saved beside another file", place->saved);
		break;
	default:
		break;
	}
}

/* Whether the saved configuration is there and counts, and its text. */
static enum verdict look_at_saved(const struct mca_place *place, const struct mca_choice *base,
				  char **text, size_t *length, struct mca_faults *faults)
{
	struct mca_diag diag = { 0 };
	enum verdict verdict;
	int code;

	*text = NULL;
	if (!*place->saved)
		return NOTHING_SAVED;
	code = mca_store_read(place->saved, MCA_CONFIG_BYTES_MAX, text, length, &diag);
	if (code == -ENOENT || code == -ENOTDIR)
		return NOTHING_SAVED;
	if (code < 0) {
		mca_faults_add(faults, &diag);
		return SAVED_BROKEN;
	}
	verdict = judge(place, base, mca_store_hash(*text, *length));
	if (verdict == SAVED_COUNTS)
		return verdict;
	free(*text);
	*text = NULL;
	return verdict;
}

static int use_nothing(const struct mca_place *place, struct mca_choice *choice,
		       struct mca_faults *faults)
{
	if (place->example && !place->base_given) {
		take_text(choice, MCA_SOURCE_EXAMPLE, "", strdup(place->example),
			  strlen(place->example));
		return choice->text ? 0 : -ENOMEM;
	}
	snprintf(choice->path, sizeof choice->path, "%s", place->base);
	return mca_faults_say(faults, -ENOENT, NULL, NULL, "there is no configuration: write %s "
			      "(config.example.json shows how), or use run --simulate",
			      place->base);
}

/* The base file into the choice. 0 also when nothing is there. */
static int read_base(const struct mca_place *place, struct mca_choice *choice,
		     struct mca_faults *faults)
{
	char *text;
	size_t length;
	struct mca_faults mine = { 0 };
	int code = mca_config_read(place->base, &text, &length, &mine);

	if (code == 0) {
		take_text(choice, MCA_SOURCE_FILE, place->base, text, length);
		choice->base_exists = true;
		choice->base_hash = mca_store_hash(text, length);
	} else if (code != -ENOENT && code != -ENOTDIR) {
		snprintf(choice->path, sizeof choice->path, "%s", place->base);
		mca_faults_add(faults, &mine.list[0]);
	}
	mca_faults_done(&mine);
	return code == -ENOENT || code == -ENOTDIR ? 0 : code;
}

int mca_place_choose_now(const struct mca_place *place, struct mca_choice *choice,
			 struct mca_faults *faults)
{
	enum verdict verdict;
	size_t length;
	char *text;
	int code;

	*choice = (struct mca_choice){ 0 };
	code = read_base(place, choice, faults);
	if (code < 0)
		return code;
	verdict = look_at_saved(place, choice, &text, &length, faults);
	if (verdict == SAVED_COUNTS || verdict == SAVED_BROKEN) {
		free(choice->text);
		take_text(choice, MCA_SOURCE_STATE, place->saved, text, length);
	}
	say_why(place, choice, verdict);
	if (verdict == SAVED_BROKEN)
		return -EIO;
	return choice->text ? 0 : use_nothing(place, choice, faults);
}

static int use_last_good(struct mca_place *place, struct mca_choice *choice,
			 struct mca_faults *faults)
{
	size_t length;
	char *text;
	struct mca_diag diag = { 0 };
	int code = *place->last_good ? mca_store_read(place->last_good, MCA_CONFIG_BYTES_MAX, &text,
						      &length, &diag) : -ENOENT;

	if (code == -ENOENT || code == -ENOTDIR)
		return -ENOENT;
	if (code < 0) {
		/* It was tried: nothing is left after it. */
		take_text(choice, MCA_SOURCE_LAST_GOOD, place->last_good, NULL, 0);
		mca_faults_add(faults, &diag);
		return code;
	}
	take_text(choice, MCA_SOURCE_LAST_GOOD, place->last_good, text, length);
	snprintf(choice->note, sizeof choice->note, "the last configuration that was live; a "
		 "reload reads %.350s", place->base);
	return 0;
}

int mca_place_next(struct mca_place *place, struct mca_choice *choice, struct mca_faults *faults)
{
	enum mca_source refused = choice->source;
	bool was_saved = refused == MCA_SOURCE_STATE && *choice->path;
	struct mca_choice base = { 0 };
	int code;

	if (refused == MCA_SOURCE_LAST_GOOD)
		return -ENOENT;
	free(choice->text);
	choice->text = NULL;
	if (was_saved) {
		code = read_base(place, &base, faults);
		if (code == 0 && base.text) {
			*choice = base;
			choice->supersedes = true;
			return 0;
		}
	}
	return use_last_good(place, choice, faults);
}

static void say_superseded(const struct mca_place *place, struct mca_choice *choice,
			   const char *aside)
{
	if (*aside)
		snprintf(choice->note, sizeof choice->note, "%.160s is used and not the "
			 "configuration saved through the API, which is now %.200s", place->base,
			 aside);
	else
		snprintf(choice->note, sizeof choice->note, "%.160s is used and not %.200s, which "
			 "cannot be renamed: %s", place->base, place->saved, strerror(errno));
}

void mca_place_live(struct mca_place *place, struct mca_choice *choice)
{
	char aside[PATH_MAX];

	if (choice->supersedes) {
		mca_aside_set(place, aside);
		say_superseded(place, choice, aside);
	}
	free(place->text);
	place->text = choice->text;
	place->length = choice->length;
	choice->text = NULL;
	place->source = choice->source;
	place->base_exists = choice->base_exists;
	place->base_hash = choice->base_hash;
	place->kept = choice->source == MCA_SOURCE_LAST_GOOD ||
		      choice->source == MCA_SOURCE_EXAMPLE;
}

int mca_place_posted(struct mca_place *place, const char *text, size_t length)
{
	char *copy = malloc(length + 1);

	if (!copy)
		return -ENOMEM;
	memcpy(copy, text, length);
	copy[length] = '\0';
	free(place->text);
	place->text = copy;
	place->length = length;
	place->kept = false;
	return 0;
}

const char *mca_place_text(const struct mca_place *place)
{
	return place->text ? place->text : "";
}

const char *mca_place_path(const struct mca_place *place)
{
	if (place->source == MCA_SOURCE_STATE)
		return place->saved;
	return place->base_exists || place->base_given ? place->base : "";
}

bool mca_place_is_kept(const struct mca_place *place)
{
	return place->kept || !place->text || !*place->last_good;
}

const char *mca_place_state(const struct mca_place *place)
{
	return place->state;
}

const char *mca_place_last_good(const struct mca_place *place)
{
	return place->last_good;
}

void mca_place_kept(struct mca_place *place, const char *text)
{
	if (place->text && strcmp(place->text, text) == 0)
		place->kept = true;
}
