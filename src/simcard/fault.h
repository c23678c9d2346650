/* SPDX-License-Identifier: MIT */
#ifndef MCA_SIMCARD_FAULT_H
#define MCA_SIMCARD_FAULT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "mca/simcard.h"

/*
 * What is going to go wrong with one direction of a card: a schedule in stream time, which lives as
 * long as the rack (a reopened stream goes on where the last one ended), and a few slots through
 * which any thread can order a fault for now.
 */
#define MCA_SIMFAULT_SLOTS 8
#define MCA_SIMFAULT_NEVER UINT64_MAX

struct mca_simfault {
	enum mca_sim_fault_kind kind;
	uint64_t duration_ns;
};

struct mca_simfault_entry {
	struct mca_simfault fault;
	uint64_t next_ns;     /* stream time, MCA_SIMFAULT_NEVER = done */
	uint64_t every_ns;    /* 0 = once */
};

/*
 * Unplugs belong to the card: both directions look at the same list, and the first that reaches the
 * moment takes it, so that they strike whichever streams the card has. The two may run on threads
 * of their own.
 */
struct mca_simunplug {
	uint64_t duration_ns;
	_Atomic uint64_t next_ns; /* stream time, MCA_SIMFAULT_NEVER = done */
	uint64_t every_ns;
};

struct mca_simunplugs {
	unsigned count;
	struct mca_simunplug entry[MCA_SIM_FAULTS];
};

struct mca_simfault_slot {
	_Atomic int state;    /* free, being filled, full */
	struct mca_simfault fault;
};

struct mca_simfaults {
	unsigned count;
	struct mca_simfault_entry entry[MCA_SIM_FAULTS]; /* the stream's thread */
	struct mca_simunplugs *unplugs;                  /* borrowed: of both directions */
	struct mca_simfault_slot slot[MCA_SIMFAULT_SLOTS];
	bool short_windows;   /* a property of the card rather than an event: see mca/simcard.h */
};

/* The faults of `spec` that concern the card as a whole, and one direction of it. Thread:
 * control. */
void mca_simunplugs_init(struct mca_simunplugs *unplugs, const struct mca_sim_card_spec *spec);
void mca_simfaults_init(struct mca_simfaults *faults, const struct mca_sim_card_spec *spec,
			unsigned direction, struct mca_simunplugs *unplugs);

/* Stream time of the next scheduled fault. Thread: the stream's. */
uint64_t mca_simfaults_next(const struct mca_simfaults *faults);

/* Take a fault that is due at stream_ns, or one that was ordered; false = none.
 * Thread: the stream's; lock-free. */
bool mca_simfaults_take_due(struct mca_simfaults *faults, uint64_t stream_ns,
			    struct mca_simfault *fault);
bool mca_simfaults_take_ordered(struct mca_simfaults *faults, struct mca_simfault *fault);

/* Order one. 0, or -EAGAIN: too many wait already. Thread: any; lock-free. */
int mca_simfaults_order(struct mca_simfaults *faults, const struct mca_simfault *fault);

/* Seconds -> ns; what is negative or no number is 0, what is too long (a century) is cut. */
uint64_t mca_simfault_ns(double seconds);

#endif
