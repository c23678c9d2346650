/* SPDX-License-Identifier: MIT */
#ifndef MCA_CONFIG_H
#define MCA_CONFIG_H

#include <stddef.h>

#include "mca/diag.h"
#include "mca/settings.h"

/*
 * Text <-> settings. One table of {key, type, range, unit, default} drives parsing, validation, the
 * dump and the documentation. Strict: unknown keys, wrong types, duplicates, values out of range and
 * two channels on one PCM direction are all refused, every fault listed at once with JSON pointer,
 * line, offending value and allowed range; nothing is ever clamped.
 * Thread: control; needs 64 KiB of stack (nesting is limited to 32 before Jansson sees the text).
 */
#define MCA_CONFIG_BYTES_MAX (64 * 1024)

/*
 * Parse and check. On 0 *settings is complete; otherwise it is untouched, `faults` lists why and the
 * result is -EBADMSG (not JSON: one fault with its line) or -EINVAL (invalid values).
 */
int mca_config_parse(const char *text, size_t length, struct mca_settings *settings,
		     struct mca_faults *faults);

/* Parse only the `simulation` object out of a document of its own (the --simulation file). */
int mca_config_parse_simulation(const char *text, size_t length, struct mca_simrack_spec *rack,
				struct mca_faults *faults);

/* Read a file and parse it; I/O errors become a fault and their negative errno. */
int mca_config_load(const char *path, struct mca_settings *settings, struct mca_faults *faults);

/* The settings as an indented JSON document that parses to the same settings; malloc'ed, NULL when
 * memory ran out. */
char *mca_config_dump(const struct mca_settings *settings);

/* Write text to path atomically (temporary file, fsync, rename, fsync of the folder): a full disk or a
 * crash leaves the old file. 0 or negative errno with diag. */
int mca_config_save(const char *path, const char *text, struct mca_diag *diag);

/* Warnings worth a journal line: integer device ids (they move), and the like. Appended to `faults`
 * with code 0. */
void mca_config_warn(const struct mca_settings *settings, struct mca_faults *faults);

#endif
