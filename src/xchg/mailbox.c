/* SPDX-License-Identifier: MIT */
/*
 * Triple buffer. Three slots, and at any moment each belongs to exactly one of three: the writer
 * (back), the reader (front), the exchange point (middle). Both sides only ever swap their own slot
 * for the one in the middle, in one atomic exchange: release hands the bytes over, acquire takes
 * them. The bit UNREAD travels with the index, so the reader knows whether a swap would bring
 * anything new.
 */
#include "mca/mailbox.h"

#include <assert.h>
#include <stdatomic.h>
#include <string.h>

enum { INDEX = 3, UNREAD = 4 };

void mca_mailbox_init(struct mca_mailbox *box, size_t bytes)
{
	assert(bytes >= 1 && bytes <= MCA_MAILBOX_BYTES);
	memset(box->slots, 0, sizeof(box->slots));
	box->bytes = bytes;
	box->front = 0;
	box->back = 1;
	atomic_init(&box->middle, 2);
}

void mca_mailbox_publish(struct mca_mailbox *box, const void *value)
{
	memcpy(box->slots[box->back], value, box->bytes);
	box->back = INDEX & atomic_exchange_explicit(&box->middle, box->back | UNREAD,
						     memory_order_acq_rel);
}

bool mca_mailbox_read(struct mca_mailbox *box, void *value)
{
	/* A look before the swap: the reader asks every block and nearly always finds nothing. */
	if (!(atomic_load_explicit(&box->middle, memory_order_relaxed) & UNREAD))
		return false;
	box->front = INDEX & atomic_exchange_explicit(&box->middle, box->front,
						      memory_order_acq_rel);
	memcpy(value, box->slots[box->front], box->bytes);
	return true;
}
