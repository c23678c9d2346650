/* SPDX-License-Identifier: MIT */
/*
 * A hang for ever is a wait on a condition, not a loop: it costs nothing, a debugger shows it for
 * what it is, and the end of the process ends it.
 */
#include "hang.h"

#include <errno.h>
#include <time.h>

#include "fault.h"

#define NS_A_SECOND 1000000000u

void mca_simhang_init(struct mca_simhang *hang, const struct mca_sim_card_spec *spec,
		      unsigned direction)
{
	pthread_condattr_t monotonic;

	pthread_mutex_init(&hang->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&hang->over, &monotonic);
	pthread_condattr_destroy(&monotonic);
	hang->ended = 0;
	hang->count = 0;
	for (unsigned i = 0; i < spec->fault_count && i < MCA_SIM_FAULTS; i++) {
		const struct mca_sim_fault *from = &spec->fault[i];

		if (from->kind != MCA_SIM_FAULT_HANG || from->stream != direction)
			continue;
		hang->entry[hang->count++] = (struct mca_simhang_entry){
			.call = from->call,
			.next_ns = mca_simfault_ns(from->at_s),
			.every_ns = mca_simfault_ns(from->every_s),
			.duration_ns = mca_simfault_ns(from->duration_s),
		};
	}
}

void mca_simhang_done(struct mca_simhang *hang)
{
	pthread_cond_destroy(&hang->over);
	pthread_mutex_destroy(&hang->lock);
}

/* Take the hang that is due; one that comes once leaves the list. The lock is held. */
static bool take(struct mca_simhang *hang, enum mca_sim_call call, uint64_t stream_ns,
		 uint64_t *duration_ns)
{
	for (unsigned i = 0; i < hang->count; i++) {
		struct mca_simhang_entry *entry = &hang->entry[i];

		if (entry->call != call || entry->next_ns > stream_ns)
			continue;
		*duration_ns = entry->duration_ns;
		if (entry->every_ns)
			entry->next_ns += ((stream_ns - entry->next_ns) / entry->every_ns + 1) *
					  entry->every_ns;
		else
			*entry = hang->entry[--hang->count];
		return true;
	}
	return false;
}

static struct timespec after(uint64_t duration_ns)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += (time_t)(duration_ns / NS_A_SECOND);
	t.tv_nsec += (long)(duration_ns % NS_A_SECOND);
	if (t.tv_nsec >= (long)NS_A_SECOND) {
		t.tv_sec++;
		t.tv_nsec -= (long)NS_A_SECOND;
	}
	return t;
}

void mca_simhang_call(struct mca_simhang *hang, enum mca_sim_call call, uint64_t stream_ns)
{
	struct timespec until;
	uint64_t duration_ns;
	unsigned ended;
	int err = 0;

	pthread_mutex_lock(&hang->lock);
	ended = hang->ended;
	if (take(hang, call, stream_ns, &duration_ns)) {
		until = after(duration_ns);
		while (hang->ended == ended && err != ETIMEDOUT)
			err = duration_ns ?
			      pthread_cond_timedwait(&hang->over, &hang->lock, &until) :
			      pthread_cond_wait(&hang->over, &hang->lock);
	}
	pthread_mutex_unlock(&hang->lock);
}

int mca_simhang_order(struct mca_simhang *hang, enum mca_sim_call call, uint64_t duration_ns)
{
	int err = -EAGAIN;

	pthread_mutex_lock(&hang->lock);
	if (hang->count < MCA_SIM_FAULTS) {
		hang->entry[hang->count++] = (struct mca_simhang_entry){
			.call = call, .duration_ns = duration_ns };
		err = 0;
	}
	pthread_mutex_unlock(&hang->lock);
	return err;
}

void mca_simhang_end(struct mca_simhang *hang)
{
	pthread_mutex_lock(&hang->lock);
	hang->ended++;
	pthread_cond_broadcast(&hang->over);
	pthread_mutex_unlock(&hang->lock);
}
