/* SPDX-License-Identifier: MIT */
/*
 * Single-producer single-consumer ring. head and tail count events for ever (unsigned wrap-around
 * is the arithmetic that is wanted); their difference is the fill level, so no slot is wasted and
 * full and empty cannot be confused. Each side stores its own counter with release after it is
 * done with the slot and reads the other's with acquire before it touches one.
 */
#include "mca/event_ring.h"

#include <stdatomic.h>
#include <string.h>

_Static_assert((MCA_EVENT_RING_SLOTS & (MCA_EVENT_RING_SLOTS - 1)) == 0, "a power of two");

void mca_event_ring_init(struct mca_event_ring *ring)
{
	memset(ring->slot, 0, sizeof(ring->slot));
	atomic_init(&ring->head, 0);
	atomic_init(&ring->tail, 0);
	atomic_init(&ring->dropped, 0);
}

void mca_event_ring_push(struct mca_event_ring *ring, const struct mca_event *event)
{
	uint32_t head = atomic_load_explicit(&ring->head, memory_order_relaxed);
	uint32_t tail = atomic_load_explicit(&ring->tail, memory_order_acquire);

	if (head - tail >= MCA_EVENT_RING_SLOTS) {
		atomic_fetch_add_explicit(&ring->dropped, 1, memory_order_relaxed);
		return;
	}
	ring->slot[head % MCA_EVENT_RING_SLOTS] = *event;
	atomic_store_explicit(&ring->head, head + 1, memory_order_release);
}

bool mca_event_ring_pop(struct mca_event_ring *ring, struct mca_event *event)
{
	uint32_t tail = atomic_load_explicit(&ring->tail, memory_order_relaxed);
	uint32_t head = atomic_load_explicit(&ring->head, memory_order_acquire);

	if (head == tail)
		return false;
	*event = ring->slot[tail % MCA_EVENT_RING_SLOTS];
	atomic_store_explicit(&ring->tail, tail + 1, memory_order_release);
	return true;
}

uint32_t mca_event_ring_dropped(struct mca_event_ring *ring)
{
	return atomic_exchange_explicit(&ring->dropped, 0, memory_order_relaxed);
}
