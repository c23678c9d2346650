/* SPDX-License-Identifier: MIT */
/* CivetWeb returns no error code: the number stands in the text of its log line only. */
#include "trouble.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "civet.h"
#include "mca/diag.h"

int mca_trouble_explain(const char *words, const struct mca_civet_options *options,
			struct mca_diag *diag)
{
	const char *number = strstr(words, ": ");
	int code = number && strstr(words, "bind") ? atoi(number + 2) : 0;

	if (!code && strstr(words, "thread"))
		return mca_diag_set(diag, -EAGAIN, "not all of the %u HTTP threads could be "
				    "started: lower http.threads; else %s", options->threads,
				    mca_thread_failure(EAGAIN));
	switch (code) {
	case EADDRINUSE:
		return mca_diag_set(diag, -code, "port %u is in use: stop the program that listens "
				    "on it (ss -ltnp shows which), or choose another port with "
				    "--port", options->port);
	case EADDRNOTAVAIL:
		return mca_diag_set(diag, -code, "%s is no address of this machine: choose one "
				    "with --bind, 127.0.0.1 or 0.0.0.0 always work", options->bind);
	case EACCES:
		return mca_diag_set(diag, -code, "port %u needs root: choose one above 1023 with "
				    "--port", options->port);
	default:
		return mca_diag_set(diag, code ? -code : -EIO, "the HTTP server did not start: %s",
				    words[0] ? words : "no reason given; memory may have run out");
	}
}
