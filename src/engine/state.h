/* SPDX-License-Identifier: MIT */
#ifndef MCA_ENGINE_STATE_H
#define MCA_ENGINE_STATE_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "channel.h"
#include "clock.h"
#include "levels.h"
#include "mca/engine.h"
#include "notices.h"
#include "realtime.h"
#include "resolve.h"

/*
 * The engine is a composition: a table that any thread may look at, and what the control thread
 * keeps beside it.
 *
 * The table's lock guards which channels there are and what is shown of them and of the engine.
 * It is held for copies only, never while a device is opened or closed, a thread started or
 * joined. Unless a comment says otherwise, fields under it are written by the control thread alone,
 * which therefore reads them without it.
 */
struct mca_engine_table {
	pthread_mutex_t lock;
	unsigned count;
	struct mca_channel *channel[MCA_CHANNELS_MAX];  /* ascending id; owned */
	enum mca_engine_state state;
	struct mca_pcm_shape shape;
	uint64_t generation;
	double cpu_percent;
	struct mca_realtime_status realtime;
	char concern[MCA_CONCERNS][MCA_CONCERN_MAX]; /* "" = none; written by any thread */
	uint64_t sequence;              /* meter windows; written by whoever asks for levels, */
	struct mca_level_view levels;   /* as are these, which belong to it */
};

/* The device that is being opened for a channel (reopen.c). */
struct mca_attempt {
	struct mca_channel *channel;    /* NULL = none */
	enum mca_pcm_direction direction;
	unsigned turn;                  /* the channel's place in the table */
};

struct mca_engine {
	struct mca_engine_table table;
	struct mca_notices notices;

	/* Control thread. */
	struct mca_engine_options options;
	struct mca_settings *settings;  /* live; owned */
	struct mca_resolver resolver;
	struct mca_opener *opener;      /* owned */
	struct mca_attempt attempt;
	bool applying;                  /* a change of settings has the opener for itself */
	struct mca_realtime realtime;
	struct mca_cpu cpu;
	uint64_t started_ns;            /* constant */
	unsigned next_retry;            /* whose turn it is to try a device */
	bool settled;                   /* every enabled channel has run or failed once */
	bool stopped;
};

/* What every device is asked for; each direction adds its own pick of lanes. */
static inline struct mca_pcm_shape mca_engine_shape(const struct mca_settings *settings)
{
	return (struct mca_pcm_shape){ .rate_hz = settings->rate_hz, .lanes = settings->lanes,
				       .block_frames = settings->block_frames };
}

/* The channel with that id, NULL if there is none. Thread: control, or under the table's lock. */
struct mca_channel *mca_engine_find(const struct mca_engine_table *table, unsigned id);

/* Post a notice made of a printf sentence; kind, channel, ... are taken from *notice. Thread:
 * any. */
void mca_engine_tell(struct mca_engine *engine, struct mca_notice *notice, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Show what real-time rights the threads have now; a loss is noticed. Thread: control. */
void mca_engine_show_realtime(struct mca_engine *engine);

/* Whether any concern is set (concern.c). Thread: any, without the table's lock. */
bool mca_engine_has_concern(struct mca_engine *engine);

/* Work out and show the engine's own state. Thread: control. */
void mca_engine_show_state(struct mca_engine *engine);

/* Look after the channels there are; opens nothing (supervise.c). Thread: control. */
void mca_engine_supervise(struct mca_engine *engine, uint64_t now_ns);

/* Look after the opener's calls; a close that was given up is noticed. Thread: control. */
void mca_engine_tell_lost(struct mca_engine *engine);

/* Take up what came of the attempt in flight, and begin the next one: at most one a call
 * (reopen.c). Thread: control. */
void mca_engine_reopen(struct mca_engine *engine, uint64_t now_ns);

/* Take up what came of the attempt in flight, if its device has answered. True: it failed without
 * having touched a device. Thread: control. */
bool mca_engine_take_attempt(struct mca_engine *engine);

/* How long a stream may take to fade out and end. Thread: control. */
uint64_t mca_engine_stop_patience_ns(const struct mca_engine *engine);

/* Ask every stream of the list to stop, wait for all of them at once and settle those that did.
 * Returns how many are stuck. Thread: control. */
unsigned mca_engine_silence(struct mca_engine *engine, struct mca_channel *const *channel,
			    unsigned count, uint64_t deadline_ns);

#endif
