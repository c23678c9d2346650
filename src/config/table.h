/* SPDX-License-Identifier: MIT */
#ifndef MCA_CONFIG_TABLE_H
#define MCA_CONFIG_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "mca/settings.h"

/*
 * The table of everything a configuration can say: one row a key. Defaults, parsing, validation,
 * the dump, the comparison and the printed reference all walk these rows, so a new key is one new
 * row.
 *
 * A row belongs to an object of the document and describes one member of it. `offset` counts from
 * the C struct that the object is read into; objects that are only groups (comp, http, ...) share
 * the struct of the object around them. Thread: any; constant data.
 */
enum mca_object_kind {
	MCA_OBJECT_ROOT,       /* struct mca_settings */
	MCA_OBJECT_CHANNEL,    /* struct mca_channel_settings */
	MCA_OBJECT_PTT,        /* struct mca_channel_settings */
	MCA_OBJECT_DSP,        /* struct mca_chain_params */
	MCA_OBJECT_GATE,       /* struct mca_chain_params */
	MCA_OBJECT_COMP,       /* struct mca_chain_params */
	MCA_OBJECT_LIMITER,    /* struct mca_chain_params */
	MCA_OBJECT_HTTP,       /* struct mca_settings */
	MCA_OBJECT_REALTIME,   /* struct mca_settings */
	MCA_OBJECT_SIMULATION, /* struct mca_simrack_spec */
	MCA_OBJECT_CARD,       /* struct mca_sim_card_spec */
	MCA_OBJECT_SOURCE,     /* struct mca_sim_card_spec */
	MCA_OBJECT_SINK,       /* struct mca_sim_card_spec */
	MCA_OBJECT_FAULT,      /* struct mca_sim_fault */
	MCA_OBJECT_KINDS,
};

enum mca_field_type {
	MCA_FIELD_BOOL,     /* bool */
	MCA_FIELD_INTEGER,  /* unsigned, min..max */
	MCA_FIELD_REAL,     /* double, min..max */
	MCA_FIELD_TEXT,     /* char[size], min..max bytes */
	MCA_FIELD_CHOICE,   /* bool, unsigned or enum (size bytes): the index into choices */
	MCA_FIELD_DEVICE,   /* struct mca_device_ref: an integer min..max, or text */
	MCA_FIELD_HOSTS,    /* struct mca_settings http: list of host names */
	MCA_FIELD_LANES,    /* struct mca_lane_pick: list of 1 or 2 integers min..max */
	MCA_FIELD_CPUS,     /* unsigned long long: list of integers min..max as a bit mask */
	/* The types above hold a value; those below hold further rows. */
	MCA_FIELD_OBJECT,   /* one object of kind `inner` */
	MCA_FIELD_CHANNELS, /* object of channels by number, into struct mca_settings */
	MCA_FIELD_CARDS,    /* object of cards by number, into struct mca_simrack_spec */
	MCA_FIELD_FAULTS,   /* list of faults, into struct mca_sim_card_spec */
};

enum mca_field_flag {
	MCA_FIELD_REQUIRED = 1,     /* leaving it out is a fault */
	MCA_FIELD_ZERO = 2,         /* 0 is allowed beside min..max */
	MCA_FIELD_UNSET = 4,        /* the default ("" or 0) means "not set" and is never written */
	MCA_FIELD_TOP_INFINITE = 8, /* max stands for infinity */
	MCA_FIELD_SECTION = 16,     /* carries a `given` flag; takes effect only at a restart */
};

#define MCA_FIELD_NOWHERE ((size_t)-1) /* offset of a value that is checked but not kept */

struct mca_field {
	enum mca_object_kind object;
	const char *key;
	enum mca_field_type type;
	unsigned flags;             /* enum mca_field_flag */
	size_t offset;
	size_t size;                /* of the C member */
	double min, max;
	const char *unit;           /* "dB", NULL = none */
	double preset;              /* default of numbers, booleans (0, 1) and choices (index) */
	const char *preset_text;    /* default of texts (NULL = ""); for others: how the reference
				     * words it */
	const char *const *choices; /* NULL-terminated; "" = an index that cannot be written */
	enum mca_object_kind inner;
	size_t given;               /* SECTION: offset of its `given` flag in struct mca_settings */
	/* Further check of a text: NULL = good, else fault and cure, to be read after the key. */
	const char *(*check)(const char *text);
	const char *doc;            /* one sentence for the reference */
};

/* The default of a text row. */
static inline const char *mca_field_preset_text(const struct mca_field *field)
{
	return field->preset_text ? field->preset_text : "";
}

/* What an object is, for the reference. */
struct mca_object {
	const char *place;          /* "/dsp/comp" */
	const char *doc;
};

const struct mca_object *mca_table_object(enum mca_object_kind kind);

/* Rows of one object: begin with NULL; NULL at the end. */
const struct mca_field *mca_table_next(enum mca_object_kind kind, const struct mca_field *field);

/* Row by key, NULL = no such key. */
const struct mca_field *mca_table_find(enum mca_object_kind kind, const char *key);

/* The known key of an object that is nearest to a misspelled one, NULL = none is near. */
const char *mca_table_nearest(enum mca_object_kind kind, const char *key);

/* Numbers, booleans and choices of a struct as a double (exact for all of them). */
double mca_field_number(const struct mca_field *field, const void *base);
void mca_field_set_number(const struct mca_field *field, void *base, double number);

/* Where the member (or the struct an inner object is read into) lies. */
const void *mca_field_at(const struct mca_field *field, const void *base);

/* The same value in both structs? For the types that hold a value. */
bool mca_field_same(const struct mca_field *field, const void *one, const void *other);

/* "0", "-3.02", "1000000": a number of the table as a person writes it. Returns buffer. */
#define MCA_NUMBER_TEXT 32
const char *mca_number_text(char buffer[MCA_NUMBER_TEXT], double number);

/* Give every row of an object, and of the objects in it, its default. */
void mca_table_default(enum mca_object_kind kind, void *base);

/* What a channel's or device's number may be at most. */
#define MCA_CHANNEL_ID_MAX 2147483647
#define MCA_DEVICE_ID_MAX 65535

#endif
