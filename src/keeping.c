/* SPDX-License-Identifier: MIT */
/* The last good configuration is written once its channels were tried, from a copy of the text: the
 * live one may change while the disk is busy. */
#include "keeping.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "mca/clock.h"
#include "mca/config.h"
#include "mca/store.h"
#include "mca/svc.h"

#define AGAIN_MS 60000u         /* after the last good configuration could not be written */
#define END_MS 100u             /* for each keeper: the end of the service is within 500 ms */

enum { IDLE, BUSY, DONE };

static void write_last_good(struct mca_job *job)
{
	struct mca_kept_text *kept = (struct mca_kept_text *)job;

	kept->diag.code = 0;
	mca_store_write(kept->path, kept->text, kept->length, &kept->diag);
	atomic_store(&kept->phase, DONE);
}

int mca_keeping_begin(struct mca_keeping *keeping, struct mca_place *place, struct mca_diag *diag)
{
	struct mca_diag why = { 0 };
	int code;

	code = mca_store_hold(mca_place_state(place), diag);
	if (code < 0)
		return code;
	keeping->place = place;
	keeping->last_good = calloc(1, sizeof *keeping->last_good);
	if (!keeping->last_good)
		return mca_diag_set(diag, -ENOMEM, "no memory to keep the configuration");
	keeping->last_good->job.run = write_last_good;
	code = mca_keeper_new(&keeping->writer, diag);
	if (code == 0)
		code = mca_keeper_new(&keeping->flusher, diag);
	if (code < 0)
		return code;
	code = mca_talk_new(&keeping->talk, mca_place_state(place), keeping->writer,
			    keeping->flusher, &why);
	if (code < 0)
		return mca_diag_set(diag, code, "%s", why.text);
	mca_place_use_keeper(place, keeping->flusher);
	if (why.code)
		mca_svc_log(LOG_WARNING, "%s", why.text);
	return 0;
}

/* Every channel has run or failed once: the configuration was tried. */
static bool is_settled(struct mca_engine *engine)
{
	struct mca_engine_status *status = calloc(1, sizeof *status);
	bool settled = false;

	if (status) {
		mca_engine_status(engine, status);
		settled = status->state == MCA_ENGINE_RUNNING ||
			  status->state == MCA_ENGINE_DEGRADED;
	}
	free(status);
	return settled;
}

/* What to write for the text of the live configuration. With the sections that a posted one left
 * out it may be longer than a start reads; the dump of the same settings is not. NULL when memory
 * ran out. */
static char *text_to_keep(const char *live, const struct mca_engine *engine)
{
	if (strlen(live) <= MCA_CONFIG_BYTES_MAX)
		return strdup(live);
	return mca_config_dump(mca_engine_settings(engine));
}

static void forget_text(struct mca_kept_text *kept)
{
	free(kept->text);
	free(kept->live);
	kept->text = kept->live = NULL;
}

static void begin_last_good(struct mca_keeping *keeping, const struct mca_engine *engine)
{
	struct mca_kept_text *kept = keeping->last_good;

	kept->live = strdup(mca_place_text(keeping->place));
	kept->text = kept->live ? text_to_keep(kept->live, engine) : NULL;
	if (!kept->text) {
		forget_text(kept);
		return;
	}
	kept->length = strlen(kept->text);
	snprintf(kept->path, sizeof kept->path, "%s", mca_place_last_good(keeping->place));
	atomic_store(&kept->phase, BUSY);
	mca_keeper_post(keeping->flusher, &kept->job);
}

static void end_last_good(struct mca_keeping *keeping)
{
	struct mca_kept_text *kept = keeping->last_good;

	if (kept->diag.code && !keeping->due_ms)
		mca_svc_log(LOG_WARNING, "the live configuration is not kept as the last good "
			    "one: %s", kept->diag.text);
	keeping->due_ms = kept->diag.code ? mca_monotonic_ms() + AGAIN_MS : 0;
	if (!kept->diag.code)
		mca_place_kept(keeping->place, kept->live);
	forget_text(kept);
	atomic_store(&kept->phase, IDLE);
}

static void keep_last_good(struct mca_keeping *keeping, struct mca_engine *engine)
{
	int phase = atomic_load(&keeping->last_good->phase);

	if (phase == DONE)
		end_last_good(keeping);
	if (phase == IDLE && !mca_place_is_kept(keeping->place) &&
	    mca_monotonic_ms() >= keeping->due_ms && is_settled(engine))
		begin_last_good(keeping, engine);
}

/* Said when it begins, when its reason changes, and when it is over. */
static void tell_trouble(struct mca_keeping *keeping, struct mca_engine *engine)
{
	char text[MCA_CONCERN_MAX] = "";

	mca_talk_trouble(keeping->talk, text, sizeof text);
	if (strcmp(text, keeping->trouble) == 0)
		return;
	if (*text)
		mca_svc_log(LOG_WARNING, "%s", text);
	else
		mca_svc_log(LOG_NOTICE, "mute and gate changes are kept over a restart");
	mca_engine_set_concern(engine, MCA_CONCERN_STORE, text);
	strcpy(keeping->trouble, text);
}

void mca_keeping_tick(struct mca_keeping *keeping, struct mca_engine *engine)
{
	mca_talk_tick(keeping->talk);
	keep_last_good(keeping, engine);
	tell_trouble(keeping, engine);
}

bool mca_keeping_end(struct mca_keeping *keeping)
{
	bool ended = true;

	if (keeping->talk)
		mca_talk_end(keeping->talk);
	ended &= mca_keeper_free(keeping->writer, END_MS);
	ended &= mca_keeper_free(keeping->flusher, END_MS);
	if (!ended)
		return false;
	mca_talk_free(keeping->talk);
	if (keeping->last_good)
		forget_text(keeping->last_good);
	free(keeping->last_good);
	return true;
}
