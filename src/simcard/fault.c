/* SPDX-License-Identifier: MIT */
/*
 * A slot goes free -> filling -> full -> free. Only the thread that moved it to `filling` writes
 * it, and only the stream's thread takes a full one; the order among several waiting faults is of
 * no meaning.
 */
#include "fault.h"

#include <errno.h>

enum { SLOT_FREE, SLOT_FILLING, SLOT_FULL };

#define NS_A_SECOND 1e9
#define SECONDS_MAX 3.2e9

uint64_t mca_simfault_ns(double seconds)
{
	if (!(seconds > 0))
		return 0;
	return (uint64_t)((seconds < SECONDS_MAX ? seconds : SECONDS_MAX) * NS_A_SECOND + 0.5);
}

void mca_simunplugs_init(struct mca_simunplugs *unplugs, const struct mca_sim_card_spec *spec)
{
	unplugs->count = 0;
	for (unsigned i = 0; i < spec->fault_count && i < MCA_SIM_FAULTS; i++) {
		const struct mca_sim_fault *from = &spec->fault[i];
		struct mca_simunplug *entry = &unplugs->entry[unplugs->count];

		if (from->kind != MCA_SIM_FAULT_UNPLUG)
			continue;
		entry->duration_ns = mca_simfault_ns(from->duration_s);
		entry->every_ns = mca_simfault_ns(from->every_s);
		atomic_init(&entry->next_ns, mca_simfault_ns(from->at_s));
		unplugs->count++;
	}
}

void mca_simfaults_init(struct mca_simfaults *faults, const struct mca_sim_card_spec *spec,
			unsigned direction, struct mca_simunplugs *unplugs)
{
	faults->count = 0;
	faults->unplugs = unplugs;
	faults->short_windows = false;
	for (unsigned i = 0; i < MCA_SIMFAULT_SLOTS; i++)
		atomic_init(&faults->slot[i].state, SLOT_FREE);
	for (unsigned i = 0; i < spec->fault_count && i < MCA_SIM_FAULTS; i++) {
		const struct mca_sim_fault *from = &spec->fault[i];

		if (from->stream != direction || from->kind == MCA_SIM_FAULT_NONE ||
		    from->kind == MCA_SIM_FAULT_HANG || from->kind == MCA_SIM_FAULT_UNPLUG)
			continue;
		if (from->kind == MCA_SIM_FAULT_SHORT_WINDOW) {
			faults->short_windows = true;
			continue;
		}
		faults->entry[faults->count++] = (struct mca_simfault_entry) {
			.fault = { from->kind, mca_simfault_ns(from->duration_s) },
			.next_ns = mca_simfault_ns(from->at_s),
			.every_ns = mca_simfault_ns(from->every_s),
		};
	}
}

uint64_t mca_simfaults_next(const struct mca_simfaults *faults)
{
	uint64_t next = MCA_SIMFAULT_NEVER;

	for (unsigned i = 0; i < faults->count; i++) {
		if (faults->entry[i].next_ns < next)
			next = faults->entry[i].next_ns;
	}
	for (unsigned i = 0; i < faults->unplugs->count; i++) {
		uint64_t at = atomic_load(&faults->unplugs->entry[i].next_ns);

		if (at < next)
			next = at;
	}
	return next;
}

static uint64_t time_after(uint64_t next_ns, uint64_t every_ns, uint64_t stream_ns)
{
	if (!every_ns)
		return MCA_SIMFAULT_NEVER;
	return next_ns + ((stream_ns - next_ns) / every_ns + 1) * every_ns;
}

static bool take_unplug(struct mca_simunplugs *unplugs, uint64_t stream_ns,
			struct mca_simfault *fault)
{
	for (unsigned i = 0; i < unplugs->count; i++) {
		struct mca_simunplug *entry = &unplugs->entry[i];
		uint64_t next_ns = atomic_load(&entry->next_ns);

		/* When the exchange fails the other direction has taken it. */
		if (next_ns <= stream_ns &&
		    atomic_compare_exchange_strong(&entry->next_ns, &next_ns,
						   time_after(next_ns, entry->every_ns,
							      stream_ns))) {
			*fault = (struct mca_simfault){ MCA_SIM_FAULT_UNPLUG, entry->duration_ns };
			return true;
		}
	}
	return false;
}

bool mca_simfaults_take_due(struct mca_simfaults *faults, uint64_t stream_ns,
			    struct mca_simfault *fault)
{
	for (unsigned i = 0; i < faults->count; i++) {
		struct mca_simfault_entry *entry = &faults->entry[i];

		if (entry->next_ns > stream_ns)
			continue;
		*fault = entry->fault;
		entry->next_ns = time_after(entry->next_ns, entry->every_ns, stream_ns);
		return true;
	}
	return take_unplug(faults->unplugs, stream_ns, fault);
}

bool mca_simfaults_take_ordered(struct mca_simfaults *faults, struct mca_simfault *fault)
{
	for (unsigned i = 0; i < MCA_SIMFAULT_SLOTS; i++) {
		struct mca_simfault_slot *slot = &faults->slot[i];

		if (atomic_load_explicit(&slot->state, memory_order_acquire) != SLOT_FULL)
			continue;
		*fault = slot->fault;
		atomic_store_explicit(&slot->state, SLOT_FREE, memory_order_release);
		return true;
	}
	return false;
}

int mca_simfaults_order(struct mca_simfaults *faults, const struct mca_simfault *fault)
{
	for (unsigned i = 0; i < MCA_SIMFAULT_SLOTS; i++) {
		struct mca_simfault_slot *slot = &faults->slot[i];
		int expected = SLOT_FREE;

		if (!atomic_compare_exchange_strong(&slot->state, &expected, SLOT_FILLING))
			continue;
		slot->fault = *fault;
		atomic_store_explicit(&slot->state, SLOT_FULL, memory_order_release);
		return 0;
	}
	return -EAGAIN;
}
