/* SPDX-License-Identifier: MIT */
#ifndef MCA_MAILBOX_H
#define MCA_MAILBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Triple-buffer mailbox: one writer hands the latest value to one reader; neither ever waits.
 * A value that the reader did not fetch before the next one came is dropped: latest wins.
 * Both sides copy; no ownership crosses. Payload is any POD of at most MCA_MAILBOX_BYTES.
 */
#define MCA_MAILBOX_BYTES 512

struct mca_mailbox {
	_Atomic uint32_t middle; /* index of the slot between the two sides, bit 2 = unread */
	uint32_t front;          /* the reader's slot; touched by the reader only */
	uint32_t back;           /* the writer's slot; touched by the writer only */
	size_t bytes;
	_Alignas(64) unsigned char slots[3][MCA_MAILBOX_BYTES];
};

/* Prepare for payloads of `bytes` (1..MCA_MAILBOX_BYTES), empty.
 * Thread: control, before sharing. */
void mca_mailbox_init(struct mca_mailbox *box, size_t bytes);

/* Publish a copy of *value. Thread: the one writer. Wait-free. */
void mca_mailbox_publish(struct mca_mailbox *box, const void *value);

/* Copy the newest value out if one came since the last read; returns whether it did.
 * Thread: the one reader (RT). Wait-free. */
bool mca_mailbox_read(struct mca_mailbox *box, void *value);

#endif
