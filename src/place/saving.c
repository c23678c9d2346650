/* SPDX-License-Identifier: MIT */
/*
 * Only a base file that may not be written (a read-only /etc under the service's sandbox, missing
 * rights) sends the configuration to the state folder. Every other failure, a full disk above all,
 * is reported: saving it elsewhere would leave two files that disagree.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "room.h"

#define OLD_MAX (1024 * 1024) /* more than any configuration; what is longer is not ours */

static bool is_read_only(int code)
{
	return code == -EROFS || code == -EACCES || code == -EPERM;
}

/* The base file is as it was, or is gone: otherwise the next start would prefer it, and writing to
 * it would undo what somebody else wrote. */
static int check_base(const struct mca_place *place, struct mca_diag *diag)
{
	struct mca_diag why = { 0 };
	size_t length;
	char *text;
	uint64_t hash;
	int code = mca_store_read(place->base, OLD_MAX, &text, &length, &why);

	if (code == -ENOENT || code == -ENOTDIR)
		return 0;
	if (code < 0)
		return mca_diag_set(diag, code, "%s", why.text);
	hash = mca_store_hash(text, length);
	free(text);
	if (place->base_exists && hash == place->base_hash)
		return 0;
	return mca_diag_set(diag, -ESTALE, "%s was changed since it was read, and the next start "
			    "would use it: reload it first", place->base);
}

/* The text that is replaced, on its way to NAME.bak. */
static int stage_backup(struct mca_saving *saving, struct mca_diag *diag)
{
	char path[PATH_MAX + 4];
	size_t length;
	char *old;
	int code = mca_store_read(saving->path, OLD_MAX, &old, &length, diag);

	if (code == -ENOENT)
		return 0;
	if (code < 0)
		return code;
	snprintf(path, sizeof path, "%s.bak", saving->path);
	mca_store_sweep(path, false);
	code = mca_store_stage(&saving->backup, path, old, length, diag);
	free(old);
	return code;
}

static int stage_at(const char *path, enum mca_source source, const char *text, size_t length,
		    struct mca_saving *saving, struct mca_diag *diag)
{
	int code;

	*saving = (struct mca_saving){ .source = source, .hash = mca_store_hash(text, length) };
	snprintf(saving->path, sizeof saving->path, "%s", path);
	mca_store_sweep(path, source == MCA_SOURCE_STATE);
	code = stage_backup(saving, diag);
	if (code == 0)
		code = mca_store_stage(&saving->config, path, text, length, diag);
	if (code < 0)
		mca_place_drop(saving);
	return code;
}

/* Before the text gets its name, so that it never stands there without a record. */
static int record(const struct mca_place *place, const struct mca_saving *saving,
		  struct mca_diag *diag)
{
	struct mca_base_line *line = calloc(2, sizeof *line);
	struct mca_base_line *old = &line[0], *next = &line[1];
	size_t length;
	char *text;
	int code;

	if (!line)
		return mca_diag_set(diag, -ENOMEM, "memory ran out");
	if (mca_store_read(place->saved, OLD_MAX, &text, &length, NULL) < 0) {
		old = NULL;
	} else {
		if (mca_record_find(place->record, mca_store_hash(text, length), old) < 0)
			old = NULL;
		free(text);
	}
	next->saved_hash = saving->hash;
	next->base_exists = place->base_exists;
	next->base_hash = place->base_hash;
	strcpy(next->base, place->base);
	code = strchr(place->base, '\n') ?
	       mca_diag_set(diag, -EINVAL, "the name of the configuration file has a line break") :
	       mca_record_write(place->record, old, next, diag);
	free(line);
	return code;
}

static int stage_saved(const struct mca_place *place, struct mca_saving *saving,
		       const char *text, size_t length, struct mca_diag *diag)
{
	int code = stage_at(place->saved, MCA_SOURCE_STATE, text, length, saving, diag);

	if (code < 0)
		return code;
	code = record(place, saving, diag);
	if (code < 0)
		mca_place_drop(saving);
	snprintf(saving->note, sizeof saving->note, "the next start uses it unless %.350s is %s by "
		 "then", place->base, place->base_exists ? "changed" : "written");
	return code;
}

int mca_place_stage_now(const struct mca_place *place, struct mca_saving *saving, const char *text,
			size_t length, struct mca_diag *diag)
{
	int code = check_base(place, diag);

	*saving = (struct mca_saving){ 0 };
	if (code < 0)
		return code;
	if (place->source == MCA_SOURCE_FILE) {
		code = stage_at(place->base, MCA_SOURCE_FILE, text, length, saving, diag);
		if (!is_read_only(code))
			return code;
	}
	if (*place->saved)
		return stage_saved(place, saving, text, length, diag);
	if (code < 0)
		return code;
	return mca_diag_set(diag, -ENOENT, "no configuration file is in use: start the service "
			    "with run --config FILE to have one");
}

int mca_place_commit_now(struct mca_saving *saving, struct mca_diag *diag)
{
	int code = saving->backup.temporary[0] ? mca_store_commit(&saving->backup, diag) : 0;

	if (code == 0)
		code = mca_store_commit(&saving->config, diag);
	if (code < 0)
		mca_place_drop(saving);
	return code;
}

void mca_place_drop(struct mca_saving *saving)
{
	mca_store_drop(&saving->backup);
	mca_store_drop(&saving->config);
}
