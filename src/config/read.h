/* SPDX-License-Identifier: MIT */
#ifndef MCA_CONFIG_READ_H
#define MCA_CONFIG_READ_H

#include "mca/diag.h"
#include "mca/json.h"
#include "table.h"

/*
 * Tree -> structs, driven by the table. A value that is not as its row says becomes a fault and is
 * not stored, so the struct keeps its default and reading goes on: one pass finds every fault.
 * Thread: control.
 */
struct mca_reader {
	struct mca_faults *faults;  /* borrowed */
	size_t said;                /* faults of this document so far */
	bool dsp_faulty;            /* the global dsp is not what its author meant: channels that
				     * inherit from it are not judged by it */
};

/* More faults than this are not worth listing; one more says so. */
#define MCA_FAULTS_LISTED 200

/* True when enough faults were found: stop reading. */
bool mca_reader_is_full(const struct mca_reader *reader);

/* A fault about the value `node`, with its pointer, line and text. */
void mca_read_fault(struct mca_reader *reader, const struct mca_json *node, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* A fault about what would stand at `pointer` inside node ("/comp/release_ms", "/file"): told with
 * the line of the nearest value that does stand there. */
void mca_read_fault_inside(struct mca_reader *reader, const struct mca_json *node,
			   const char *pointer, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* What a row allows: "a number from -60 to 0 dBFS". Returns buffer. */
#define MCA_WORDING_TEXT 200
const char *mca_field_wording(const struct mca_field *field, char buffer[MCA_WORDING_TEXT]);

/* Is the node an object? A fault and false otherwise. */
bool mca_read_is_object(struct mca_reader *reader, const struct mca_json *node);

/* Every member of an object of the document into the struct at base. CHANNELS rows are left to the
 * caller, since channels inherit what stands anywhere else in the document. */
void mca_read_object(struct mca_reader *reader, const struct mca_json *node,
		     enum mca_object_kind kind, void *base);

/* One value by its row, of a type that holds a value. */
void mca_read_value(struct mca_reader *reader, const struct mca_json *node,
		    const struct mca_field *field, void *base);

/* Duplicate of an earlier member? Then a fault and true. */
bool mca_read_is_duplicate(struct mca_reader *reader, const struct mca_json *node);

/* A key that is a decimal number 1..max without leading zeros and signs; 0 = it is not. */
unsigned mca_read_number_key(const char *key, unsigned max);

/*
 * The checks that need more than one value, each called when the values are good by themselves.
 * check_dsp: the object and what it inherits; check_root: the whole document, once it is read.
 */
void mca_check_dsp(struct mca_reader *reader, const struct mca_json *node,
		   const struct mca_chain_params *params);
void mca_check_card(struct mca_reader *reader, const struct mca_json *node,
		    const struct mca_sim_card_spec *card);
void mca_check_rack(struct mca_reader *reader, const struct mca_json *node,
		    const struct mca_simrack_spec *rack);
void mca_check_root(struct mca_reader *reader, const struct mca_json *node,
		    const struct mca_settings *settings);

/* The logical channels, after everything else: they inherit settings->dsp. */
void mca_read_channels(struct mca_reader *reader, const struct mca_json *node,
		       struct mca_settings *settings);

#endif
