/* SPDX-License-Identifier: MIT */
#ifndef MCA_DIAG_H
#define MCA_DIAG_H

#include <stddef.h>

/*
 * Diagnostics: the explanation beside an error code.
 *
 * Functions return 0 or a result, or a negative errno. Whoever knows *why* writes one sentence that
 * names the place and the cure into a struct mca_diag; the same sentence reaches the command line,
 * the journal and the HTTP answer, unchanged.
 */
#define MCA_DIAG_TEXT_MAX 320

struct mca_diag {
	int code;           /* negative errno, 0 = nothing said */
	unsigned line;      /* 1-based line in the document it concerns, 0 = none */
	char pointer[128];  /* JSON pointer (RFC 6901) of what it concerns, "" = whole document */
	char value[64];     /* the offending value as JSON text, cut to fit; "" = none */
	char text[MCA_DIAG_TEXT_MAX]; /* one sentence, no final newline */
};

/*
 * Every fault of one document. Owns its list; begin with {0}, end with mca_faults_done().
 * When memory runs out further faults are counted in `lost` instead of being kept.
 */
struct mca_faults {
	struct mca_diag *list;
	size_t count;
	size_t lost;
};

/* Write code and sentence (printf style) into diag and return code; diag may be NULL. The other
 * fields are cleared. Thread: control (formats text). */
int mca_diag_set(struct mca_diag *diag, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Why pthread_create() failed with this errno, and the cure: EAGAIN says neither. Thread: any. */
const char *mca_thread_failure(int code);

/* Append one fault (copied). Thread: control. */
void mca_faults_add(struct mca_faults *faults, const struct mca_diag *diag);

/* Append a fault made of its parts; pointer and value may be NULL. Returns code.
 * Thread: control. */
int mca_faults_say(struct mca_faults *faults, int code, const char *pointer, const char *value,
		   const char *format, ...) __attribute__((format(printf, 5, 6)));

/* One line about all faults from number `from` on, cut to `size` bytes: the first one's sentence,
 * how many there are and the pointers of the others. Thread: any. */
void mca_faults_sum_up(const struct mca_faults *faults, size_t from, char *text, size_t size);

/* Free the list and return to {0}. Thread: control. */
void mca_faults_done(struct mca_faults *faults);

#endif
