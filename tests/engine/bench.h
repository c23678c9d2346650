/* SPDX-License-Identifier: MIT */
#ifndef MCA_TEST_ENGINE_BENCH_H
#define MCA_TEST_ENGINE_BENCH_H

#include <stdbool.h>

#include "mca/engine.h"
#include "mca/simcard.h"
#include "mca/wav.h"

/*
 * An engine on simulated cards with everything it needs, and ways to wait for what must happen.
 * A bench is set up (bench_init), bent to the case's needs (settings, spec, options are plain),
 * and started.
 *
 * Free-running benches run as fast as the machine can and give the same samples each time: what
 * is compared sample by sample runs there. What needs wall time (stalls, suspends) runs in real
 * time.
 */
#define BENCH_NOTICES 512


struct bench {
	struct mca_simrack_spec *spec;
	struct mca_simrack *rack;
	struct mca_settings *settings;
	struct mca_engine_options options;
	struct mca_engine *engine;
	struct mca_engine_status *status;   /* as of the last bench_look() */
	struct mca_notice *notice;          /* every notice so far */
	unsigned notice_count;
	struct mca_faults faults;
	struct mca_apply_result *result;
	char folder[64];
};

/* Four channels: N plays what sim:N captures on sim:N+4. Blocks of 64 frames, tone sources. */
void bench_init(struct bench *bench, bool free_running);
void bench_start(struct bench *bench);
/* Stop the engine and the rack: every sink file is complete then. */
void bench_stop(struct bench *bench);
void bench_done(struct bench *bench);

struct mca_channel_settings *bench_channel(struct bench *bench, unsigned id);
void bench_ref(struct mca_device_ref *ref, unsigned card);
struct mca_channel_settings *bench_add_channel(struct bench *bench, unsigned id, unsigned input,
					       unsigned output);
void bench_remove_channel(struct bench *bench, unsigned id);

/* The sink of a card goes to a file of the bench's folder. */
void bench_record(struct bench *bench, unsigned card);
/* Read it back after bench_stop(). */
void bench_read(struct bench *bench, unsigned card, struct mca_wav *wav);

/* One round: tick, collect notices, read the status. */
void bench_look(struct bench *bench);
/* Look until it is so; false when it does not come to be within a generous time. */
bool bench_until(struct bench *bench, bool (*is_so)(struct bench *bench, unsigned arg),
		 unsigned arg);

/* What to wait for. */
bool bench_is_running(struct bench *bench, unsigned channel);
bool bench_is_fault(struct bench *bench, unsigned channel);
bool bench_all_running(struct bench *bench, unsigned count);
bool bench_has_ended(struct bench *bench, unsigned unused);
/* Closes are not waited for: card * 2 + enum mca_pcm_direction. */
bool bench_is_free(struct bench *bench, unsigned port);
bool bench_has_notice(struct bench *bench, unsigned kind);
/* The channel's stream has passed so many frames. */
bool bench_has_second(struct bench *bench, unsigned channel);

/* Frames that the channel's stream has passed, now; and wait for so many more of them. */
uint64_t bench_frames(struct bench *bench, unsigned channel);
bool bench_pass(struct bench *bench, unsigned channel, uint64_t frames);

const struct mca_channel_status *bench_status(const struct bench *bench, unsigned channel);
unsigned bench_count(const struct bench *bench, enum mca_notice_kind kind, unsigned channel);
/* The newest notice of that kind and channel, NULL if there is none. */
const struct mca_notice *bench_notice(const struct bench *bench, enum mca_notice_kind kind,
				      unsigned channel);

/* Threads of this process whose name begins so. */
unsigned bench_threads(const char *begin);

/* Order a test tone: channel, frequency, level, seconds. */
#define BENCH_TONE(engine, diag, ...) \
	mca_engine_test_tone(engine, &(struct mca_test_tone){ __VA_ARGS__ }, "test", NULL, diag)

/* Apply bench->settings; faults and result are those of this call. */
int bench_apply(struct bench *bench);
bool bench_restarted(const struct bench *bench, unsigned channel);

/* Largest |x[n+1] - 2 x[n] + x[n-1]| of lane 0 in [from, to): a step in a tone shows at once. */
int bench_roughness(const struct mca_wav *wav, size_t from, size_t to);
/* Rising zero crossings of lane 0 in [from, to). */
unsigned bench_crossings(const struct mca_wav *wav, size_t from, size_t to);

#endif
