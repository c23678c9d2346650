/* SPDX-License-Identifier: MIT */
/* Facts that belong together: which text is live, from which file, why that one, and why the last
 * attempt failed. */
#include "origin.h"

#include <stdio.h>
#include <string.h>

#include "mca/diag.h"

int mca_origin_init(struct mca_origin *origin)
{
	origin->view = (struct mca_origin_view){ .source = MCA_SOURCE_EXAMPLE };
	return -pthread_mutex_init(&origin->lock, NULL);
}

void mca_origin_done(struct mca_origin *origin)
{
	pthread_mutex_destroy(&origin->lock);
}

void mca_origin_read(struct mca_origin *origin, struct mca_origin_view *view)
{
	pthread_mutex_lock(&origin->lock);
	*view = origin->view;
	pthread_mutex_unlock(&origin->lock);
}

void mca_origin_live(struct mca_origin *origin, enum mca_source source, const char *path,
		     const char *note)
{
	struct mca_origin_view *view = &origin->view;

	pthread_mutex_lock(&origin->lock);
	view->source = source;
	snprintf(view->path, sizeof view->path, "%s", path);
	snprintf(view->note, sizeof view->note, "%s", note);
	view->last_error[0] = '\0';
	pthread_mutex_unlock(&origin->lock);
}

void mca_origin_refused(struct mca_origin *origin, const struct mca_faults *faults)
{
	const struct mca_diag *first = faults->count ? &faults->list[0] : NULL;
	size_t others = faults->count + faults->lost - (first ? 1 : 0);
	char more[40] = "";

	if (others > 0)
		snprintf(more, sizeof more, " (and %zu more)", others);
	pthread_mutex_lock(&origin->lock);
	snprintf(origin->view.last_error, sizeof origin->view.last_error, "%s%s%s%s",
		 first ? first->pointer : "", first && first->pointer[0] ? ": " : "",
		 first ? first->text : "the configuration was refused and memory ran out", more);
	pthread_mutex_unlock(&origin->lock);
}
