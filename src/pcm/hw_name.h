/* SPDX-License-Identifier: MIT */
#ifndef MCA_PCM_HW_NAME_H
#define MCA_PCM_HW_NAME_H

#include <stdbool.h>

#include "mca/pcm.h"

/*
 * The names of a hardware PCM: hw:1  hw:1,0  hw:1,0,2  hw:Console,0
 * hw:CARD=Console,DEV=0,SUBDEV=2. Pure text. Thread: any.
 */
struct mca_hw_name {
	char card[64];   /* index or id, as written */
	int device;      /* 0 where not written */
	int subdevice;   /* -1 where not written */
};

/* Take a name apart; false if it is not of this kind. */
bool mca_hw_name_parse(struct mca_hw_name *name, const char *text);

/* "hw:CARD=id,DEV=n[,SUBDEV=m]" into MCA_PCM_NAME bytes. */
void mca_hw_name_print(char *text, const char *card_id, int device, int subdevice);

#endif
