/* SPDX-License-Identifier: MIT */
#ifndef MCA_PLACE_ROOM_H
#define MCA_PLACE_ROOM_H

#include "mca/place.h"

/* What the files of this room share: where everything is, and what of it is live. Thread:
 * control. */
struct mca_place {
	char base[PATH_MAX];            /* absolute */
	bool base_given;
	char state[PATH_MAX];           /* the folder, "" = none */
	char saved[PATH_MAX];           /* config.json in it, "" = none */
	char last_good[PATH_MAX];       /* "" = none */
	char record[PATH_MAX];          /* config.json.base */
	const char *example;            /* borrowed, static */
	struct mca_keeper *keeper;      /* borrowed, NULL = the caller waits for the disk */

	/* The live configuration. */
	enum mca_source source;         /* where a save goes: FILE, or the state folder */
	bool base_exists;               /* as known when the live one was chosen or saved */
	uint64_t base_hash;
	char *text;
	size_t length;
	bool kept;                      /* it is the last good one already */
};

/*
 * The record beside the saved configuration: one line for the text that is there, and for a moment
 * during a save one more for the text that comes, so that a kill between two renames leaves a line
 * for either.
 */
struct mca_base_line {
	uint64_t saved_hash;
	bool base_exists;
	uint64_t base_hash;
	char base[PATH_MAX];
};

/* The line for a saved text, else the last line. 0; -ENOENT: there is no record; other negative
 * errno: it cannot be read. */
int mca_record_find(const char *path, uint64_t saved_hash, struct mca_base_line *line);

/* Write a record of `next`, beside `old` unless that is NULL. 0 or negative errno with diag. */
int mca_record_write(const char *path, const struct mca_base_line *old,
		     const struct mca_base_line *next, struct mca_diag *diag);

/* What the public functions of the same name do, on whatever thread may wait for the disk. They
 * read the place and change nothing of it. */
int mca_place_choose_now(const struct mca_place *place, struct mca_choice *choice,
			 struct mca_faults *faults);
int mca_place_stage_now(const struct mca_place *place, struct mca_saving *saving, const char *text,
			size_t length, struct mca_diag *diag);
int mca_place_commit_now(struct mca_saving *saving, struct mca_diag *diag);

/* Move the saved configuration to a dated name, remove its record and all but the newest of those
 * that were set aside before. aside is the new name, "" when that failed. */
void mca_aside_set(const struct mca_place *place, char aside[PATH_MAX]);

#endif
