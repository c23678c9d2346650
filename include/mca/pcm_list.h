/* SPDX-License-Identifier: MIT */
#ifndef MCA_PCM_LIST_H
#define MCA_PCM_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "mca/pcm.h"

/*
 * What sound cards there are. Ids are 1-based in ALSA's card/device order and may move after a
 * reboot; selectors (`path:` bus path, `serial:` USB serial) stay with the card.
 * Thread: control; asks the kernel through alsa-lib and sysfs, opens no stream that is in use.
 */
struct mca_pcm_entry {
	unsigned id;                      /* 1-based, what integer ids in the configuration mean */
	char device[MCA_PCM_NAME];        /* canonical: hw:CARD=Console,DEV=0 or sim:3 */
	char alias[MCA_PCM_NAME];         /* hw:1,0; "" for simulated cards */
	char selector[2][MCA_PCM_NAME];   /* stable selectors, "" = none */
	char name[MCA_PCM_NAME];          /* for people */
	bool can[2];                      /* directions it has, by enum mca_pcm_direction */
	bool known[2];                    /* the ranges below were read (false: busy) */
	bool busy[2];
	char holder[2][64];               /* of a busy one: "pulseaudio (pid 812)", "" unknown */
	unsigned rate_min[2], rate_max[2];
	unsigned lanes_min[2], lanes_max[2];
	unsigned period_min[2], period_max[2]; /* frames, at the default rate */
	char formats[2][96];              /* "S16_LE S24_3LE S32_LE" */
	bool usable[2];                   /* known, and the engine can use it, */
	char adapted[2][160];             /* adapting this; "" = nothing */
};

/* Before each call of a device, since its driver may hang: begin() is told the device and its
 * direction (-1: the card's control device). False: the device is left alone and shown as busy; for
 * a whole card the list ends with -ETIMEDOUT, since ids would move without it.
 * Thread: the one that lists. */
struct mca_pcm_watch {
	bool (*begin)(void *context, const char *device, int direction);
	void *context;
};

struct mca_pcm_list {
	struct mca_pcm_entry *entry;      /* owned */
	size_t count;
	const struct mca_pcm_watch *watch; /* while it is read */
};

/* List the real cards (rack NULL), or the simulated ones, as an engine of this shape sees them.
 * Returns 0 or negative errno with diag; no card at all is an empty list. Free with
 * mca_pcm_list_done(). */
int mca_pcm_list_read(struct mca_pcm_list *list, struct mca_simrack *rack,
		      const struct mca_pcm_shape *shape, struct mca_diag *diag);
void mca_pcm_list_done(struct mca_pcm_list *list);

/* The same without opening any PCM: ids, names, selectors and directions only (nothing known,
 * nothing busy). Enough to resolve references, and disturbs no device. */
int mca_pcm_list_names(struct mca_pcm_list *list, struct mca_simrack *rack, struct mca_diag *diag);

/* Either of them (shape NULL: names only), watched. */
int mca_pcm_list_watched(struct mca_pcm_list *list, struct mca_simrack *rack,
			 const struct mca_pcm_shape *shape, const struct mca_pcm_watch *watch,
			 struct mca_diag *diag);

/* Find what a configuration means: an id (reference NULL) or a name (mca/device_name.h).
 * hw:1,0 and hw:CARD=Console,DEV=0 give the same canonical name; a hw: name that is not listed is
 * its own. A selector that two cards answer to is refused. Writes the canonical device name
 * (MCA_PCM_NAME bytes). Returns 0, -EINVAL (no name) or -ENODEV, with diag. */
int mca_pcm_list_resolve(const struct mca_pcm_list *list, unsigned id, const char *reference,
			 char *device, struct mca_diag *diag);

/* Is a hw: device on the list of real cards, with this direction? 0, or -ENODEV with a diag that
 * says what is missing: the card, the device, or the direction, and what the card has instead. */
int mca_pcm_list_check(const struct mca_pcm_list *list, const char *device,
		       enum mca_pcm_direction direction, struct mca_diag *diag);

/* Has a device of so many lanes all that are picked? 0, or -ENOTSUP with a diag that names the lane
 * and what there is. Thread: any. */
int mca_pcm_lanes_check(const char *device, enum mca_pcm_direction direction,
			const struct mca_lane_pick *pick, unsigned lanes, struct mca_diag *diag);

#endif
