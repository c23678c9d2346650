/* SPDX-License-Identifier: MIT */
#ifndef MCA_PLACE_H
#define MCA_PLACE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mca/diag.h"
#include "mca/store.h"

/*
 * Which configuration is live, and where one is saved.
 *
 * The base file is the administrator's: --config, else /etc/mission-control-audio/config.json. The
 * state folder is the service's: config.json there was saved through the API, last-good.json is the
 * last configuration that was live.
 *
 *     A saved configuration counts while the base file is as it was when the configuration was
 *     saved. Once the base file has changed, it wins, and the saved one is set aside under a dated
 *     name as soon as the base file is live.
 *
 * Beside the saved configuration stands config.json.base, which names the base file and the hash of
 * its text. All functions wait for the disk. Thread: control.
 */
struct mca_keeper;
struct mca_place;

#define MCA_SYSTEM_CONFIG "/etc/mission-control-audio/config.json"
#define MCA_PLACE_NOTE_MAX 512

enum mca_source {
	MCA_SOURCE_EXAMPLE,     /* built in */
	MCA_SOURCE_FILE,        /* the base file */
	MCA_SOURCE_STATE,       /* saved in the state folder */
	MCA_SOURCE_API,         /* posted and not saved */
	MCA_SOURCE_LAST_GOOD,   /* what was live before, since the one that was asked for is bad */
};
const char *mca_source_name(enum mca_source source); /* "example", "file", ... Thread: any. */

struct mca_place_options {
	const char *given;      /* --config, NULL = none */
	const char *system;     /* the base file when none is given */
	const char *state;      /* the state folder, NULL = none */
	const char *example;    /* the text to use when there is no file, NULL = that is an error */
};

/* A configuration that was chosen: its text, and why this one. Begin with {0}. */
struct mca_choice {
	enum mca_source source;
	char path[PATH_MAX];            /* "" = built in */
	char note[MCA_PLACE_NOTE_MAX];  /* one sentence, "" = nothing to say */
	char *text;                     /* owned */
	size_t length;
	bool base_exists;
	uint64_t base_hash;             /* of the base file when this was chosen */
	bool supersedes;                /* the saved configuration is out of date */
};
void mca_choice_done(struct mca_choice *choice);

/* Strings are copied; temporary files that were left over are removed. 0 or negative errno with
 * diag. */
int mca_place_new(struct mca_place **place, const struct mca_place_options *options,
		  struct mca_diag *diag);
void mca_place_free(struct mca_place *place); /* NULL is fine. */

/* From here on a keeper (borrowed) waits for the disk in mca_place_choose(), mca_place_stage() and
 * mca_place_commit(), which give up after two seconds with -ETIMEDOUT. */
void mca_place_use_keeper(struct mca_place *place, struct mca_keeper *keeper);

/* Choose by the rule and read the text. 0, or negative errno with a fault; then choice->path names
 * the file that is to blame, if there is one. -ENOENT: there is no configuration. */
int mca_place_choose(struct mca_place *place, struct mca_choice *choice, struct mca_faults *faults);

/* What is left when that one is refused at start: the base file when the saved one was refused,
 * then the last good one. -ENOENT without a fault: nothing is left. *choice is that which was
 * refused, and is replaced. */
int mca_place_next(struct mca_place *place, struct mca_choice *choice, struct mca_faults *faults);

/* The choice is live: takes its text, and sets the saved configuration aside if the choice
 * supersedes it (choice->note then says so). */
void mca_place_live(struct mca_place *place, struct mca_choice *choice);

/* A text that was posted is live and not saved; copied. 0 or -ENOMEM. */
int mca_place_posted(struct mca_place *place, const char *text, size_t length);

/* The text that is live, "" before there is one. Borrowed until the next change. */
const char *mca_place_text(const struct mca_place *place);

/* The file that the next start or reload would use, as far as is known. "" = none. */
const char *mca_place_path(const struct mca_place *place);

/* The state folder, "" = none. */
const char *mca_place_state(const struct mca_place *place);

/* Where the live text belongs as the last good one; whether it is there already, or need not be
 * (without a state folder, and for the built-in example); and that `text` is there now. */
const char *mca_place_last_good(const struct mca_place *place);
bool mca_place_is_kept(const struct mca_place *place);
void mca_place_kept(struct mca_place *place, const char *text);

/*
 * A text on its way to the disk: staged before it is applied, so that a full disk is found while
 * nothing has changed yet; committed when it is live. It goes to the base file when that is in use
 * and may be written, else to the state folder. The old text is kept beside it as NAME.bak.
 */
struct mca_saving {
	enum mca_source source;
	char path[PATH_MAX];            /* where it will be */
	char note[MCA_PLACE_NOTE_MAX];  /* when the next start uses it, "" = always */
	struct mca_staged config, backup;
	uint64_t hash;
};

/* 0, or negative errno with diag: nothing was written, also when the next start would not use it
 * because the base file has changed since it was read. */
int mca_place_stage(struct mca_place *place, struct mca_saving *saving, const char *text,
		    size_t length, struct mca_diag *diag);
int mca_place_commit(struct mca_place *place, struct mca_saving *saving, struct mca_diag *diag);
void mca_place_drop(struct mca_saving *saving);

#endif
