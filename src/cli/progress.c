/* SPDX-License-Identifier: MIT */
#include "progress.h"

#include <stdio.h>
#include <unistd.h>

#include "mca/clock.h"

/* Silent for the first second, then five times a second: quick work stays quiet. */
#define QUIET_MS 1000
#define EVERY_MS 200

void mca_progress_init(struct mca_progress *progress, const char *what)
{
	*progress = (struct mca_progress){.what = what, .terminal = isatty(STDERR_FILENO) == 1,
					  .begin_ms = mca_monotonic_ms()};
	progress->next_ms = progress->begin_ms + QUIET_MS;
}

void mca_progress_show(struct mca_progress *progress, double done, double all, const char *unit)
{
	uint64_t now;

	if (!progress->terminal || (now = mca_monotonic_ms()) < progress->next_ms)
		return;
	progress->next_ms = now + EVERY_MS;
	progress->shown = true;
	fprintf(stderr, "\r%s: %.1f of %.1f %s (%.0f %%)\033[K", progress->what, done, all, unit,
		all > 0 ? 100 * done / all : 100.0);
	fflush(stderr);
}

void mca_progress_done(struct mca_progress *progress)
{
	if (progress->shown)
		fputs("\r\033[K", stderr);
}
