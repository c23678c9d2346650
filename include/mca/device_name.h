/* SPDX-License-Identifier: MIT */
#ifndef MCA_DEVICE_NAME_H
#define MCA_DEVICE_NAME_H

#include <stdbool.h>

/*
 * The names of sound devices: the only grammar that text from a user passes before a library sees
 * it. alsa-lib evaluates its own device strings (`tee:` and `file:` run commands and write files),
 * so no such string is ever passed on: a name is parsed into these fields, and what is opened is
 * printed from them.
 *
 *     hw:CARD[,DEV[,SUBDEV]]   also hw:CARD=CARD,DEV=DEV,SUBDEV=SUBDEV; keyed parts in any order.
 *                              CARD is an index 0..31, or an id: 1 to 15 of A-Z a-z 0-9 _ - as the
 *                              kernel accepts it, not digits only and no dash in front.
 *     sim:N                    a simulated card, 1..64
 *     path:PLACE[,DEV]         the socket of a card, as `devices` prints it
 *     serial:PLACE[,DEV]       its USB vendor, product and serial number, likewise
 *
 * Numbers are decimal without sign and leading zeros. A PLACE is one or more of A-Z a-z 0-9 _ . : -
 * Nothing else is accepted: no blank, quote, brace or control character, no other ALSA name.
 */
#define MCA_DEVICE_TEXT 128          /* room for a name and its end: at most 127 bytes */
#define MCA_DEVICE_CARD_ID 16        /* the kernel's limit, likewise */
#define MCA_DEVICE_CARD_MAX 31       /* alsa-lib's SND_MAX_CARDS - 1 */
#define MCA_DEVICE_NUMBER_MAX 255    /* of devices and subdevices */
#define MCA_DEVICE_SIM_MAX 64

/* The accepted forms, for sentences. */
#define MCA_DEVICE_FORMS "hw:CARD,DEV[,SUBDEV] (card index or id), sim:N, path:... or serial:..."

enum mca_device_kind {
	MCA_DEVICE_HW = 1,
	MCA_DEVICE_SIM,
	MCA_DEVICE_PATH,
	MCA_DEVICE_SERIAL,
};

struct mca_device_name {
	enum mca_device_kind kind;
	int card;                          /* HW: index 0..31; -1: see card_id */
	char card_id[MCA_DEVICE_CARD_ID];  /* HW by id; else "" */
	unsigned sim;                      /* SIM: 1..64 */
	unsigned device;                   /* HW, PATH, SERIAL: 0..255, 0 when not written */
	int subdevice;                     /* HW: 0..255, -1 when not written */
	char place[MCA_DEVICE_TEXT];       /* PATH, SERIAL: without the device */
};

/* Parse a text; false, and *name undefined, if it is none of the forms above. Thread: any. */
bool mca_device_name_parse(struct mca_device_name *name, const char *text);

/* The one canonical text of a parsed name, which parses to the same fields:
 * hw:CARD=Console,DEV=0[,SUBDEV=2]  sim:3  path:PLACE[,1]  serial:PLACE[,1]. Thread: any. */
void mca_device_name_print(char text[MCA_DEVICE_TEXT], const struct mca_device_name *name);

/* Parse a text and print it into its canonical form; false if it is no name. Thread: any. */
bool mca_device_name_rebuild(char canonical[MCA_DEVICE_TEXT], const char *text);

/* Replace every character that a PLACE cannot hold by '_': for what hardware calls itself.
 * Thread: any. */
void mca_device_place_clean(char *text);

#endif
