/* SPDX-License-Identifier: MIT */
#ifndef MCA_CONFIG_H
#define MCA_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "mca/diag.h"
#include "mca/settings.h"

/*
 * Text <-> settings. One table of {key, type, range, unit, default} drives parsing, validation, the
 * dump and the documentation. Strict: unknown keys, wrong types, duplicates, values out of range
 * and two enabled channels on one PCM direction (as written: the same id or the same name) are all
 * refused, every fault listed at once with JSON pointer, line, offending value and allowed range;
 * nothing is ever clamped. Faults are listed from the top of the document down; after 200 of them
 * one last fault says that there are more.
 * Thread: control; needs 64 KiB of stack (nesting is limited to 32 before Jansson sees it).
 */
#define MCA_CONFIG_BYTES_MAX (64 * 1024)

/*
 * Parse and check. On 0 *settings is complete; otherwise it is untouched, `faults` lists why and
 * the result is -EBADMSG (not JSON: one fault with its line) or -EINVAL (invalid values).
 */
int mca_config_parse(const char *text, size_t length, struct mca_settings *settings,
		     struct mca_faults *faults);

/* Parse a document that is a `simulation` object by itself (the --simulation file); one that holds
 * nothing but {"simulation": {...}} means the same. */
int mca_config_parse_simulation(const char *text, size_t length, struct mca_simrack_spec *rack,
				struct mca_faults *faults);

/* Read a file: *text is malloc'ed and terminated. 0, or negative errno with one fault (-EBADMSG:
 * longer than a configuration may be). */
int mca_config_read(const char *path, char **text, size_t *length, struct mca_faults *faults);

/* Read a file and parse it; I/O errors become a fault and their negative errno. Regular files only:
 * a pipe could block the caller. */
int mca_config_load(const char *path, struct mca_settings *settings, struct mca_faults *faults);

/* Give the faults that name a place and have no line the line of that place in the document, or of
 * the nearest value around it. */
void mca_config_find_lines(const char *text, size_t length, struct mca_faults *faults);
/* The same for a file; nothing happens if it cannot be read again. */
void mca_config_find_lines_of(const char *path, struct mca_faults *faults);

/* The settings as an indented JSON document that parses to the same settings: every value in
 * effect, sections that were given, and of a channel's dsp what differs from the global one.
 * malloc'ed, NULL when memory ran out. A document that would exceed MCA_CONFIG_BYTES_MAX is written
 * without white space and defaults instead. */
char *mca_config_dump(const struct mca_settings *settings);

/* Warnings worth a journal line, appended to `faults` with code 0: integer device ids, one line for
 * all channels (they move; not if `simulate`: then they mean simulated cards), a disabled channel
 * that shares a device. */
void mca_config_warn(const struct mca_settings *settings, bool simulate,
		     struct mca_faults *faults);

/* The same for an API that other machines reach without the token file that would lock it; a
 * service knows of tokens that the file does not name, and judges by itself. */
void mca_config_warn_access(const struct mca_settings *settings, struct mca_faults *faults);

/* Print every key with its allowed values, default and meaning as Markdown tables. */
void mca_config_reference(FILE *out);

#endif
