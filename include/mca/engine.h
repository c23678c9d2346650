/* SPDX-License-Identifier: MIT */
#ifndef MCA_ENGINE_H
#define MCA_ENGINE_H

#include <stdbool.h>
#include <stdint.h>

#include "mca/diag.h"
#include "mca/engine_status.h"
#include "mca/meter.h"
#include "mca/notice.h"
#include "mca/settings.h"
#include "mca/talk.h"

/*
 * The engine: owns the logical channels, their devices and threads. One way in for every change
 * of settings (mca_engine_apply), one for push-to-talk, one for looking.
 *
 * Threads. The control thread (main) calls new, apply, tick, notice, stop, free.
 * mca_engine_ptt(), mca_engine_test_tone(), mca_engine_status() and mca_engine_levels() may be
 * called from any thread at any time and never wait for a device being opened: push-to-talk works
 * while anything else is stuck.
 */
struct mca_engine;
struct mca_pcm_list;

/* Who asks for a change, for the journal. */
struct mca_ptt_change {
	unsigned channel;
	bool has_mute, mute;
	bool has_gate_open, gate_open;
};
struct mca_ptt_state {
	unsigned channel;
	bool mute;
	bool gate_open;
	bool passing;               /* gate_open && !mute */
};

struct mca_apply_result {
	uint64_t generation;
	unsigned changed_count;
	unsigned changed_total;
	char changed[128][64];      /* JSON pointers */
	unsigned restarted_count;
	unsigned restarted[MCA_CHANNELS_MAX]; /* channel ids */
};

/*
 * Build the engine and begin to open the devices of `settings` (copied), on a thread of their own:
 * the state is STARTING until every channel has run or failed once, in mca_engine_tick(). A channel
 * whose device cannot be had goes to FAULT; that is no error. `rack` (borrowed, may be NULL) serves
 * sim: names and, with `simulate`, integer ids. Returns 0 or negative errno with diag. Thread:
 * control; call after mlockall and with every signal blocked.
 */
struct mca_engine_options {
	struct mca_simrack *rack;
	bool simulate;              /* integer ids mean the simulated cards */
	bool realtime;              /* ask for SCHED_FIFO; false for free-running clocks */
	bool memory_locked;         /* what mlockall said, for status */
	char memory_detail[200];    /* why not, "" when locked */
	struct mca_talk *talk;      /* borrowed: what is kept of mute and gate, NULL = nothing */
	double limit_s;             /* end every channel after so much of its time, 0 = never */
	/* Called again and again while mca_engine_apply() waits for a device, to feed the watchdog
	 * and the like. True: the service is to end, wait no longer. NULL = nothing to do. */
	bool (*meanwhile)(void *context);
	void *context;
};
int mca_engine_new(struct mca_engine **engine, const struct mca_settings *settings,
		   const struct mca_engine_options *options, struct mca_diag *diag);

/* Fade everything out (from a long queue too), stop, join, close: the audio half
 * of a shutdown, while HTTP workers may still ask. From then on the state is STOPPING, apply is
 * refused with -ESHUTDOWN, and ptt, status and levels go on answering. All channels fade at the
 * same time; a thread that is stuck costs at most 300 ms, and so do devices that do not close: both
 * are left behind, within 400 ms in all. Calling it again does nothing. Thread:
 * control. */
void mca_engine_stop(struct mca_engine *engine);

/* mca_engine_stop(), if that was not done, and free; what a stuck thread still looks at is left
 * to the end of the process. NULL is fine. Thread: control. */
void mca_engine_free(struct mca_engine *engine);

/*
 * Replace the settings as one transaction: prove everything, then commit, or nothing changes.
 *
 * A change of DSP fields only touches no stream; a device change restarts its own channel only; a
 * change of rate, lanes or block restarts all. What must be opened is opened before anything
 * stops, but for devices that go from one channel to another: those change hands open. A new
 * shape is tried when the streams are silent; if a card refuses it, the old settings play on. A
 * channel in FAULT about which nothing changes is no reason to refuse. Sections the document left
 * out stay as they are; push-to-talk settings apply to channels that are new.
 *
 * check_only: validate and resolve, open nothing, commit nothing; *result tells what would happen.
 * Every success is a new generation, also when nothing changed.
 *
 * Returns 0 and *result, or with `faults`: -EINVAL (invalid: 422; also a section that needs a
 * restart of the service), -ENODEV, -EBUSY, -ENOTSUP, ... (a device cannot be had: 409),
 * -ETIMEDOUT (it does not answer), -ESHUTDOWN (503). Waits for devices that must be opened or
 * configured, each within a time limit of about a second, and supervises the channels meanwhile.
 * `client` is for the journal ("http 127.0.0.1", "SIGHUP"). Thread: control.
 */
int mca_engine_apply(struct mca_engine *engine, const struct mca_settings *settings,
		     bool check_only, const char *client, struct mca_apply_result *result,
		     struct mca_faults *faults);

/* The settings that are live (borrowed until the next apply). Thread: control. */
const struct mca_settings *mca_engine_settings(const struct mca_engine *engine);

/* Supervise: take events out of the rings, notice ended threads, have devices closed and reopened,
 * count CPU. Call every 50 ms. Thread: control. */
void mca_engine_tick(struct mca_engine *engine);

/* Readable when a device has answered; mca_engine_attend() takes the answer up, so that a start
 * does not wait for ticks. Both may be left out. Thread: control. */
int mca_engine_fd(const struct mca_engine *engine);
void mca_engine_attend(struct mca_engine *engine);

/* Take the oldest notice that may come out now: of each kind and channel at most one a second, and
 * after mca_engine_stop() all of them. False when there is none. Thread: control. */
bool mca_engine_notice(struct mca_engine *engine, struct mca_notice *notice);

/* A notice of the caller's own making (a refused configuration file, say). Thread: any. */
void mca_engine_post_notice(struct mca_engine *engine, const struct mca_notice *notice);

/* Set a concern: one sentence (copied, cut at MCA_CONCERN_MAX) that names the cause and the cure;
 * NULL or "" ends it. From the next tick on the state is DEGRADED while any is set. Posts no notice
 * but that of the changed state. Thread: any. */
void mca_engine_set_concern(struct mca_engine *engine, enum mca_concern concern, const char *text);

/* Absolute push-to-talk state. Returns 0 and the full state, or -ENOENT: no such channel.
 * Thread: any; never blocks on devices. */
int mca_engine_ptt(struct mca_engine *engine, const struct mca_ptt_change *change,
		   const char *client, struct mca_ptt_state *state);

/* Play a tone on a running channel in place of its capture signal (seconds 0 = stop). It passes
 * gate and mute like any sound: *passing (may be NULL) tells whether it reaches the output now.
 * `client` is for the journal. Returns 0, -ENOENT no such channel, -EINVAL range, -EAGAIN channel
 * not running; with diag. Thread: any. */
struct mca_test_tone {
	unsigned channel;
	double frequency_hz, level_dbfs, seconds;
};
int mca_engine_test_tone(struct mca_engine *engine, const struct mca_test_tone *wish,
			 const char *client, bool *passing, struct mca_diag *diag);

/* List the real or the simulated cards as mca_pcm_list_read() does, on the thread that opens
 * devices, and supervise the channels meanwhile. 0 and *list, or negative errno with diag:
 * -ETIMEDOUT (a device does not answer), -ESHUTDOWN. Thread: control. */
int mca_engine_devices(struct mca_engine *engine, bool simulated, struct mca_pcm_list *list,
		       struct mca_diag *diag);

/* Copy of everything (large: keep it on the heap). Thread: any. */
void mca_engine_status(struct mca_engine *engine, struct mca_engine_status *status);

/* The last meter window of every channel: fills ids and levels of up to MCA_CHANNELS_MAX channels,
 * returns how many. A channel that is not running reads silence. *sequence counts meter windows of
 * the stream that is furthest ahead, and moves when a channel starts or stops; it never goes back,
 * whatever comes and goes. Equal sequences have equal levels: what another channel measured since
 * then comes with the next one.
 * Thread: any; lock-free but for the channel table. */
struct mca_channel_levels {
	unsigned id;
	bool running;
	struct mca_levels levels;
};
unsigned mca_engine_levels(struct mca_engine *engine, struct mca_channel_levels *levels,
			   uint64_t *sequence);

/*
 * True when the frame counter of every channel that has a thread moves (or none has one): the
 * condition for feeding the watchdog. A counter that stands may do so for as long as a stall is
 * waited for and a recovery takes, about two seconds; it is a thread that hangs after that.
 * Thread: control.
 */
bool mca_engine_alive(struct mca_engine *engine);

/* True when every enabled channel has run or failed once since the engine was made.
 * Thread: control. */
bool mca_engine_is_tried(const struct mca_engine *engine);

/* True when every enabled channel has ENDED (limit_s). Thread: control. */
bool mca_engine_ended(struct mca_engine *engine);

/* Test hook: freeze a channel's thread, to prove the watchdog. Thread: any. */
int mca_engine_freeze(struct mca_engine *engine, unsigned channel);

#endif
