/* SPDX-License-Identifier: MIT */
#ifndef MCA_SIMCARD_HANG_H
#define MCA_SIMCARD_HANG_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "mca/simcard_spec.h"

/*
 * Calls that do not return: what a driver does whose card does not answer. Each direction of a card
 * has a schedule, in the stream time of that direction, which lives as long as the rack. The first
 * call of the kind at or after that time hangs, for a wall time or until mca_simhang_end().
 *
 * Only calls that are made off the real-time threads can hang, so a lock and a condition are fine.
 */
struct mca_simhang_entry {
	enum mca_sim_call call;
	uint64_t next_ns;     /* stream time */
	uint64_t every_ns;    /* 0 = once */
	uint64_t duration_ns; /* wall time, 0 = for ever */
};

struct mca_simhang {
	pthread_mutex_t lock;
	pthread_cond_t over;  /* CLOCK_MONOTONIC */
	unsigned ended;       /* counts mca_simhang_end() */
	unsigned count;
	struct mca_simhang_entry entry[MCA_SIM_FAULTS];
};

/* The hangs of `spec` that concern one direction. Thread: control. */
void mca_simhang_init(struct mca_simhang *hang, const struct mca_sim_card_spec *spec,
		      unsigned direction);
/* No call may be inside. Thread: control. */
void mca_simhang_done(struct mca_simhang *hang);

/* A call begins: return at once, or hang if a hang is due. Thread: any but RT. */
void mca_simhang_call(struct mca_simhang *hang, enum mca_sim_call call, uint64_t stream_ns);

/* Let the next call of that kind hang. 0, or -EAGAIN: too many wait already. Thread: any. */
int mca_simhang_order(struct mca_simhang *hang, enum mca_sim_call call, uint64_t duration_ns);

/* Let every call that hangs now return. Thread: any. */
void mca_simhang_end(struct mca_simhang *hang);

#endif
