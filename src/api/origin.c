/* SPDX-License-Identifier: MIT */
/*
 * Three facts that belong together: which text is live, which file a reload would read, and why
 * the last attempt failed. The control thread is the only writer, so it may read `path` without
 * the lock.
 */
#include "origin.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mca/diag.h"

const char *mca_source_name(enum mca_source source)
{
	static const char *const name[] = { "example", "file", "state", "api" };

	return name[source];
}

static enum mca_source source_from(const char *path, const char *source)
{
	if (!path)
		return MCA_SOURCE_EXAMPLE;
	return source && strcmp(source, "state") == 0 ? MCA_SOURCE_STATE : MCA_SOURCE_FILE;
}

int mca_origin_init(struct mca_origin *origin, const char *path, const char *source)
{
	*origin = (struct mca_origin){ .source = source_from(path, source) };
	origin->path_source = origin->source;
	if (path) {
		origin->path = strdup(path);
		if (!origin->path)
			return -ENOMEM;
	}
	return -pthread_mutex_init(&origin->lock, NULL);
}

void mca_origin_done(struct mca_origin *origin)
{
	free(origin->path);
	pthread_mutex_destroy(&origin->lock);
}

void mca_origin_read(struct mca_origin *origin, struct mca_origin_view *view)
{
	pthread_mutex_lock(&origin->lock);
	view->source = mca_source_name(origin->source);
	snprintf(view->path, sizeof view->path, "%s", origin->path ? origin->path : "");
	memcpy(view->last_error, origin->last_error, sizeof view->last_error);
	pthread_mutex_unlock(&origin->lock);
}

static void live(struct mca_origin *origin, enum mca_source source)
{
	pthread_mutex_lock(&origin->lock);
	origin->source = source;
	origin->last_error[0] = '\0';
	pthread_mutex_unlock(&origin->lock);
}

void mca_origin_posted(struct mca_origin *origin)
{
	live(origin, MCA_SOURCE_API);
}

void mca_origin_reloaded(struct mca_origin *origin)
{
	live(origin, origin->path_source);
}

void mca_origin_saved(struct mca_origin *origin, const char *path, enum mca_source source)
{
	char *copy = strdup(path);

	pthread_mutex_lock(&origin->lock);
	if (copy) {
		free(origin->path);
		origin->path = copy;
		origin->path_source = source;
	}
	pthread_mutex_unlock(&origin->lock);
	live(origin, source);
}

void mca_origin_refused(struct mca_origin *origin, const struct mca_faults *faults)
{
	const struct mca_diag *first = faults->count ? &faults->list[0] : NULL;
	size_t others = faults->count + faults->lost - (first ? 1 : 0);
	char more[40] = "";

	if (others > 0)
		snprintf(more, sizeof more, " (and %zu more)", others);
	pthread_mutex_lock(&origin->lock);
	snprintf(origin->last_error, sizeof origin->last_error, "%s%s%s%s",
		 first ? first->pointer : "", first && first->pointer[0] ? ": " : "",
		 first ? first->text : "the configuration was refused and memory ran out", more);
	pthread_mutex_unlock(&origin->lock);
}
