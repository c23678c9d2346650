/* SPDX-License-Identifier: MIT */
#ifndef MCA_ENGINE_RESOLVE_H
#define MCA_ENGINE_RESOLVE_H

#include <stdbool.h>
#include <stdint.h>

#include "mca/pcm_list.h"
#include "mca/settings.h"

/*
 * From what a user wrote (an id, a name, a selector) to the one canonical device name that a
 * channel opens. A name that was found once is pinned: a card that comes back under another
 * index never gets another channel's audio. Only `path:` and `serial:` selectors, whose very
 * point is to follow the card, are looked up again.
 *
 * Listing asks every card's control device, so the list is kept until the kernel's device folder
 * changes, and looked at anew every two seconds at the most. Thread: control.
 */
struct mca_resolver {
	struct mca_simrack *rack;     /* borrowed, may be NULL */
	bool simulate;                /* integer ids mean the rack's cards */
	/* How the real cards are listed; NULL = mca_pcm_list_names() by the caller's thread. */
	int (*list)(void *context, struct mca_pcm_list *list, struct mca_diag *diag);
	void *context;
	struct mca_pcm_list real;     /* the last list that was had */
	uint64_t listed_ns;           /* 0 = never, or not to be used if there is another */
	uint64_t stamp;               /* of the device folder when it was listed */
};

void mca_resolver_init(struct mca_resolver *resolver, struct mca_simrack *rack, bool simulate);
void mca_resolver_done(struct mca_resolver *resolver);

/* The next search looks at the machine as it is then. The list before it serves on if a card hangs
 * while it is listed: one card must not take the names of all the others away. */
void mca_resolver_refresh(struct mca_resolver *resolver);

/* Write the canonical name (MCA_PCM_NAME bytes). 0, -EINVAL (no name) or -ENODEV, with diag. */
int mca_resolver_find(struct mca_resolver *resolver, const struct mca_device_ref *ref, char *device,
		      struct mca_diag *diag);

/* The same, and is it there: plugged in, with this direction, with the lanes that are picked as far
 * as its lanes are known without opening it? 0; or -EINVAL, -ENODEV; -ENOTSUP: the lanes; with
 * diag. */
int mca_resolver_prove(struct mca_resolver *resolver, const struct mca_device_ref *ref,
		       enum mca_pcm_direction direction, const struct mca_lane_pick *pick,
		       char *device, struct mca_diag *diag);

/* Must it be looked up again whenever its device is opened? */
bool mca_ref_follows_card(const struct mca_device_ref *ref);
bool mca_ref_equal(const struct mca_device_ref *a, const struct mca_device_ref *b);
/* As JSON text, cut to fit: 3 or "hw:CARD=Console,DEV=0". size >= 16. */
void mca_ref_print(const struct mca_device_ref *ref, char *text, unsigned size);

/* Changes whenever a sound device of the kernel comes or goes. */
uint64_t mca_sound_stamp(void);

/* May an absent device be there again? Cheap; opens nothing. `stamp` is what mca_sound_stamp()
 * said when it was missed. */
bool mca_resolver_may_be_back(const struct mca_resolver *resolver, const char *device,
			      uint64_t stamp);

#endif
