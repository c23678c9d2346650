/* SPDX-License-Identifier: MIT */
#ifndef MCA_ENGINE_CHANNEL_H
#define MCA_ENGINE_CHANNEL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "device.h"
#include "mca/engine.h"
#include "mca/rt_channel.h"
#include "stream.h"
#include "xruns.h"

/*
 * One logical channel: its devices, its stream, its state.
 *
 *     DISABLED   configured, not wanted
 *     STARTING   waits for its devices, or holds both and the thread waits for the first block
 *     RUNNING    blocks flow
 *     FAULT      holds nothing for long: devices are closed and tried again (reopen.c)
 *     ENDED      the simulated run is over
 *
 * The first group of fields may be looked at by any thread under the table's lock (the atomics:
 * with the channel found under it); everything else belongs to the control thread.
 */
struct mca_retry {
	uint64_t due_ns;
	enum mca_pcm_direction first;    /* the direction that failed last is tried first: as long
					  * as it fails, the other device is not touched */
	bool absent;                     /* it was not there, rather than busy or broken */
	uint64_t stamp;                  /* mca_sound_stamp() before a device was looked for */
	bool hangs;                      /* its driver does not answer */
	bool told;                       /* the loss was noticed, the return was not yet */
	bool looped;                     /* the last stream ended in a loop of xruns */
	unsigned pause_ms;               /* the last one before an attempt, 0 = none yet */
};

struct mca_channel {
	/* Any thread. */
	struct mca_channel_status view;  /* xruns, wakeup_max_us: of the streams that have ended */
	uint64_t sequence_base;          /* meter windows counted before this stream */
	struct mca_rt_link link;
	struct mca_rt_report seen;       /* the last report that could be read whole */
	_Atomic bool mute;
	_Atomic bool gate_open;
	uint32_t tone_serial;

	/* Control thread. */
	struct mca_chain_params params;  /* proved */
	struct mca_device device[2];
	struct mca_stream stream;
	struct mca_xrun_log xruns;
	struct mca_retry retry;
	double done_s;                   /* of the streams that have ended */
	bool tried;                      /* it has run or failed once, since the engine started */
};

/* Why a channel does not run. */
struct mca_failure {
	int direction;                   /* enum mca_pcm_direction, -1 = the channel as a whole */
	int code;                        /* negative errno */
	const char *cause;               /* for the journal; NULL = the name of the errno */
	unsigned frames_lost;            /* with the streams */
	const char *text;                /* one sentence */
};

/* A channel of these settings with its initial push-to-talk state, DISABLED; not in the table yet.
 * NULL when memory ran out. */
struct mca_channel *mca_channel_new(const struct mca_channel_settings *settings,
				    struct mca_talk *talk);

/* A channel that joins the table muted or with a closed gate stays so over a restart, also when the
 * configuration no longer says it. Thread: control. */
void mca_channel_keep(struct mca_channel *channel, struct mca_talk *talk);

/* The newest report of the running stream, all zero without one. Borrowed until the next call.
 * Under the table's lock, from any thread. */
const struct mca_rt_report *mca_channel_report(struct mca_channel *channel);

/* Free a channel that is in no table and has neither stream nor devices. NULL is fine. */
void mca_channel_free(struct mca_channel *channel);

/* The name under which one direction is to be opened (MCA_PCM_NAME bytes): looked up where it has
 * none yet, or its reference follows the card. 0, or negative errno with diag. */
int mca_channel_name(struct mca_engine *engine, struct mca_channel *channel,
		     enum mca_pcm_direction direction, char *name, struct mca_diag *diag);

/* The same; -EBUSY when the device is another channel's. */
int mca_channel_seek(struct mca_engine *engine, struct mca_channel *channel,
		     enum mca_pcm_direction direction, char *name, struct mca_diag *diag);

/* Start the stream on both devices (open, configured): STARTING, or FAULT with its reason. */
void mca_channel_start(struct mca_engine *engine, struct mca_channel *channel);

/* Start on the devices it has, or let what is missing be opened first (reopen.c). */
void mca_channel_bring_up(struct mca_engine *engine, struct mca_channel *channel);

/* Order the close of both devices; there must be no stream. */
void mca_channel_close(struct mca_engine *engine, struct mca_channel *channel);

/* Join the stream (over, or ended by a fault) and keep its counts; devices stay open. */
void mca_channel_settle(struct mca_engine *engine, struct mca_channel *channel);

/* To FAULT: close the devices, say why, plan the next attempt. There must be no stream. */
void mca_channel_fail(struct mca_engine *engine, struct mca_channel *channel,
		      const struct mca_failure *failure);

/* To a state that needs no device (DISABLED, ENDED). There must be no stream. */
void mca_channel_rest(struct mca_engine *engine, struct mca_channel *channel,
		      enum mca_channel_state state);

/* Set what is shown as the channel's state. */
void mca_channel_show(struct mca_engine *engine, struct mca_channel *channel,
		      enum mca_channel_state state, const char *reason);

/* Move the real-time side's events into the log and post what is due. */
void mca_channel_drain(struct mca_engine *engine, struct mca_channel *channel, uint64_t now_ns);

#endif
