/* SPDX-License-Identifier: MIT */
/*
 * Changes are counted; the keeper writes the newest table and remembers the count that it had. A
 * caller waits until the count of its own change is written. So a burst of changes costs as many
 * writes as the disk can do, and a slow disk delays one caller once. The flush, which takes long on
 * any disk, has a keeper of its own: no write waits for it.
 */
#include "mca/talk.h"

#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "mca/clock.h"
#include "mca/keeper.h"
#include "mca/store.h"
#include "talk_text.h"

#define AGAIN_MS 1000u          /* between flushes, and between attempts that fail */

struct mca_talk {
	struct mca_job write;           /* first: the keeper hands it back */
	struct mca_job flush;
	struct mca_keeper *writer, *flusher;
	char path[PATH_MAX];            /* "" = nothing is kept */
	bool unknown;                   /* the file could not be read: every channel is muted */
	bool untold;                    /* and no channel has been unmuted since */
	uint64_t due_ms;                /* of the next flush or attempt; control thread */

	pthread_mutex_t lock;
	pthread_cond_t tried;
	struct mca_talk_entry entry[MCA_TALK_ENTRIES]; /* the newest last */
	unsigned count;
	uint64_t noted;                 /* changes so far */
	uint64_t attempted;             /* of those, the keeper has written or failed to write */
	uint64_t written;
	uint64_t flushed;
	uint64_t slow_since_ms;         /* a write takes longer than a caller waits; 0 = no */
	struct mca_diag trouble;        /* of the last attempt, code 0 = none */
};

static int read_file(struct mca_talk *talk, struct mca_diag *diag)
{
	struct mca_diag why = { 0 };
	struct stat status;
	size_t length;
	char *text;
	int code = mca_store_read(talk->path, MCA_TALK_TEXT_MAX - 1, &text, &length, &why);

	/* A link to nothing is a file that cannot be read. */
	if (code == -ENOENT && lstat(talk->path, &status) < 0)
		return 0;
	if (code == 0) {
		code = mca_talk_parse(text, length, talk->entry);
		free(text);
		if (code >= 0) {
			talk->count = (unsigned)code;
			return 0;
		}
		snprintf(why.text, sizeof why.text, "%.200s is damaged", talk->path);
	}
	return mca_diag_set(diag, code, "%.220s: every channel starts muted, unmute them with ptt",
			    why.text);
}

static void write_table(struct mca_job *job)
{
	struct mca_talk *talk = (struct mca_talk *)job;
	char text[MCA_TALK_TEXT_MAX];
	struct mca_diag diag = { 0 };
	uint64_t noted;
	size_t length;
	int code;

	pthread_mutex_lock(&talk->lock);
	noted = talk->noted;
	length = mca_talk_print(text, talk->entry, talk->count);
	pthread_mutex_unlock(&talk->lock);
	code = mca_store_put(talk->path, text, length, &diag);
	pthread_mutex_lock(&talk->lock);
	talk->attempted = noted;
	talk->slow_since_ms = 0;
	talk->trouble = diag;
	if (code == 0)
		talk->written = noted;
	pthread_cond_broadcast(&talk->tried);
	pthread_mutex_unlock(&talk->lock);
}

static void flush_table(struct mca_job *job)
{
	struct mca_talk *talk = (struct mca_talk *)((char *)job - offsetof(struct mca_talk, flush));
	uint64_t written;

	pthread_mutex_lock(&talk->lock);
	written = talk->written;
	pthread_mutex_unlock(&talk->lock);
	if (mca_store_flush(talk->path, NULL) < 0)
		return;
	pthread_mutex_lock(&talk->lock);
	talk->flushed = written;
	pthread_mutex_unlock(&talk->lock);
}

int mca_talk_new(struct mca_talk **result, const char *folder, struct mca_keeper *writer,
		 struct mca_keeper *flusher, struct mca_diag *diag)
{
	struct mca_talk *talk = calloc(1, sizeof *talk);
	pthread_condattr_t monotonic;

	*result = NULL;
	if (!talk)
		return mca_diag_set(diag, -ENOMEM, "no memory for the state of push-to-talk");
	talk->writer = writer;
	talk->flusher = flusher;
	talk->write.run = write_table;
	talk->flush.run = flush_table;
	if (folder && *folder &&
	    snprintf(talk->path, sizeof talk->path, "%s/ptt.state", folder) >= PATH_MAX) {
		free(talk);
		return mca_diag_set(diag, -ENAMETOOLONG, "the path of the state folder is too "
				    "long");
	}
	pthread_mutex_init(&talk->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&talk->tried, &monotonic);
	pthread_condattr_destroy(&monotonic);
	if (*talk->path) {
		mca_store_sweep(talk->path, true);
		talk->unknown = talk->untold = read_file(talk, diag) < 0;
	}
	*result = talk;
	return 0;
}

void mca_talk_free(struct mca_talk *talk)
{
	if (!talk)
		return;
	pthread_cond_destroy(&talk->tried);
	pthread_mutex_destroy(&talk->lock);
	free(talk);
}

/* Under the lock. NULL = nothing is known of it. */
static struct mca_talk_entry *find(struct mca_talk *talk, unsigned channel)
{
	for (unsigned i = 0; i < talk->count; i++)
		if (talk->entry[i].channel == channel)
			return &talk->entry[i];
	return NULL;
}

/* To the end of the table, out of which the oldest entry falls when it is full: a channel that was
 * removed long ago. Under the lock. */
static void put_last(struct mca_talk *talk, struct mca_talk_entry *old,
		     const struct mca_talk_entry *entry)
{
	if (!old && talk->count == MCA_TALK_ENTRIES)
		old = &talk->entry[0];
	if (old) {
		size_t after = (size_t)(&talk->entry[talk->count] - (old + 1));

		memmove(old, old + 1, after * sizeof *old);
		talk->count--;
	}
	talk->entry[talk->count++] = *entry;
}

void mca_talk_note(struct mca_talk *talk, unsigned channel, bool mute, bool gate_open)
{
	const struct mca_talk_entry entry = { channel, mute, gate_open };
	struct mca_talk_entry *old;

	pthread_mutex_lock(&talk->lock);
	talk->untold &= mute;
	old = find(talk, channel);
	if (!old || old->mute != mute || old->gate_open != gate_open) {
		put_last(talk, old, &entry);
		/* Without a folder it is kept for a channel that is removed and comes back. */
		if (*talk->path) {
			talk->noted++;
			mca_keeper_post(talk->writer, &talk->write);
		}
	}
	pthread_mutex_unlock(&talk->lock);
}

void mca_talk_recall(struct mca_talk *talk, unsigned channel, bool *mute, bool *gate_open)
{
	const struct mca_talk_entry *entry;
	bool known;

	pthread_mutex_lock(&talk->lock);
	entry = find(talk, channel);
	known = entry;
	if (entry) {
		*mute = entry->mute;
		*gate_open = entry->gate_open;
	}
	pthread_mutex_unlock(&talk->lock);
	if (known || !talk->unknown)
		return;
	*mute = true;
	mca_talk_note(talk, channel, *mute, *gate_open);
}

void mca_talk_settle(struct mca_talk *talk)
{
	struct timespec deadline;
	uint64_t wanted;
	int late = 0;

	clock_gettime(CLOCK_MONOTONIC, &deadline);
	_Static_assert(MCA_TALK_PATIENCE_MS < 1000, "one carry is enough");
	deadline.tv_nsec += MCA_TALK_PATIENCE_MS * 1000000l;
	if (deadline.tv_nsec >= 1000000000l) {
		deadline.tv_sec++;
		deadline.tv_nsec -= 1000000000l;
	}
	pthread_mutex_lock(&talk->lock);
	wanted = talk->noted;
	while (talk->attempted < wanted && !talk->slow_since_ms && !late)
		late = pthread_cond_timedwait(&talk->tried, &talk->lock, &deadline);
	if (late && talk->attempted < wanted)
		talk->slow_since_ms = mca_monotonic_ms();
	pthread_mutex_unlock(&talk->lock);
}

void mca_talk_tick(struct mca_talk *talk)
{
	uint64_t now_ms = mca_monotonic_ms();

	if (!*talk->path || now_ms < talk->due_ms)
		return;
	pthread_mutex_lock(&talk->lock);
	talk->due_ms = now_ms + AGAIN_MS;
	if (talk->written < talk->noted)
		mca_keeper_post(talk->writer, &talk->write);
	else if (talk->flushed < talk->written)
		mca_keeper_post(talk->flusher, &talk->flush);
	pthread_mutex_unlock(&talk->lock);
}

void mca_talk_end(struct mca_talk *talk)
{
	talk->due_ms = 0;
	mca_talk_tick(talk);
}

bool mca_talk_trouble(struct mca_talk *talk, char *text, size_t size)
{
	uint64_t now_ms = mca_monotonic_ms();
	bool slow, trouble, untold;

	pthread_mutex_lock(&talk->lock);
	slow = talk->slow_since_ms && now_ms - talk->slow_since_ms >= AGAIN_MS;
	trouble = slow || talk->trouble.code;
	untold = talk->untold && !trouble;
	if (untold)
		snprintf(text, size, "every channel started muted, because %.200s could not be "
			 "read: unmute them with ptt", talk->path);
	if (trouble)
		snprintf(text, size, "mute and gate changes are not kept over a restart: %s",
			 slow ? "the disk of the state folder does not answer" :
			 talk->trouble.text);
	pthread_mutex_unlock(&talk->lock);
	return trouble || untold;
}
