/* SPDX-License-Identifier: MIT */
/*
 * The event ring: first in, first out; what does not fit is counted, not lost silently.
 */
#include <pthread.h>
#include <stdatomic.h>

#include "mca/event_ring.h"
#include "../support/check.h"

enum { EVENTS = 300000 };

static struct mca_event_ring ring;
static _Atomic bool over;

static void push(uint64_t number)
{
	struct mca_event event = { .kind = MCA_EVENT_XRUN, .frame = number,
				   .value = -(int64_t)number };

	mca_event_ring_push(&ring, &event);
}

static void keeps_the_order(void)
{
	struct mca_event event;

	mca_event_ring_init(&ring);
	CHECK(!mca_event_ring_pop(&ring, &event));
	for (uint64_t round = 0; round < 1000; round++) {
		push(2 * round);
		push(2 * round + 1);
		CHECK(mca_event_ring_pop(&ring, &event) && event.frame == 2 * round);
		CHECK(mca_event_ring_pop(&ring, &event) && event.frame == 2 * round + 1);
		CHECK(!mca_event_ring_pop(&ring, &event));
	}
	CHECK_INT(mca_event_ring_dropped(&ring), 0);
}

static void full_drops_the_new_and_counts(void)
{
	struct mca_event event;

	mca_event_ring_init(&ring);
	for (uint64_t i = 0; i < MCA_EVENT_RING_SLOTS + 3; i++)
		push(i);
	CHECK_INT(mca_event_ring_dropped(&ring), 3);
	CHECK_INT(mca_event_ring_dropped(&ring), 0);
	for (uint64_t i = 0; i < MCA_EVENT_RING_SLOTS; i++)
		CHECK(mca_event_ring_pop(&ring, &event) && event.frame == i);
	CHECK(!mca_event_ring_pop(&ring, &event));
}

/* The counters run through 2^32 without anybody noticing. */
static void counters_wrap_around(void)
{
	struct mca_event event;

	mca_event_ring_init(&ring);
	atomic_store(&ring.head, UINT32_MAX - 1);
	atomic_store(&ring.tail, UINT32_MAX - 1);
	for (uint64_t i = 0; i < 5; i++)
		push(i);
	for (uint64_t i = 0; i < 5; i++)
		CHECK(mca_event_ring_pop(&ring, &event) && event.frame == i);
	CHECK(!mca_event_ring_pop(&ring, &event));
}

static void *write_events(void *arg)
{
	(void)arg;
	for (uint64_t number = 1; number <= EVENTS; number++)
		push(number);
	atomic_store_explicit(&over, true, memory_order_release);
	return NULL;
}

static void every_event_arrives_or_is_counted(void)
{
	unsigned torn = 0, disorder = 0;
	uint64_t received = 0, dropped = 0, last = 0;
	bool done;
	struct mca_event event;
	pthread_t writer;

	mca_event_ring_init(&ring);
	atomic_init(&over, false);
	CHECK_INT(pthread_create(&writer, NULL, write_events, NULL), 0);
	do {
		done = atomic_load_explicit(&over, memory_order_acquire);
		while (mca_event_ring_pop(&ring, &event)) {
			received++;
			disorder += event.frame <= last;
			torn += event.value != -(int64_t)event.frame;
			last = event.frame;
		}
		dropped += mca_event_ring_dropped(&ring);
	} while (!done);
	pthread_join(writer, NULL);
	CHECK_INT(received + dropped, EVENTS);
	CHECK_INT(torn, 0);
	CHECK_INT(disorder, 0);
}

int main(void)
{
	RUN(keeps_the_order);
	RUN(full_drops_the_new_and_counts);
	RUN(counters_wrap_around);
	RUN(every_event_arrives_or_is_counted);
	return DONE();
}
