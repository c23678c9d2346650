/* SPDX-License-Identifier: MIT */
#ifndef MCA_TALK_H
#define MCA_TALK_H

#include <stdbool.h>
#include <stddef.h>

#include "mca/diag.h"

struct mca_keeper;

/*
 * Which channels are muted and which gates are closed, kept over a restart: the file ptt.state in
 * the state folder. A microphone that was muted must not be live again because a process ended, so
 * the file is written before a change is confirmed, and when it exists and cannot be read every
 * channel starts muted.
 *
 * The file is put in place for the kernel to write out, which survives any end of the process, and
 * flushed to the disk once a second, which survives a power failure. A disk that is full or does
 * not answer never holds up a change: mca_talk_trouble() reports it.
 */
struct mca_talk;

/*
 * Read the file in `folder`; NULL or "": nothing is kept. Two keepers (borrowed) write and flush.
 * 0, or negative errno; diag also has a sentence, and a code, when the file was there and could not
 * be used. Thread: control.
 */
int mca_talk_new(struct mca_talk **talk, const char *folder, struct mca_keeper *writer,
		 struct mca_keeper *flusher, struct mca_diag *diag);

/* After the keepers have ended. NULL is fine. Thread: control. */
void mca_talk_free(struct mca_talk *talk);

/* The state to begin with: replaces *mute and *gate_open, which come from the configuration, by
 * what was kept of this channel. Thread: control. */
void mca_talk_recall(struct mca_talk *talk, unsigned channel, bool *mute, bool *gate_open);

/* The channel is in this state now. Only copies. Thread: any but a real-time one. */
void mca_talk_note(struct mca_talk *talk, unsigned channel, bool mute, bool gate_open);

/*
 * Wait until everything noted so far is written or has failed, at most MCA_TALK_PATIENCE_MS, and
 * not at all while a write before takes longer than that: so a disk that does not answer delays one
 * caller, once. Thread: any but a real-time one and control.
 */
#define MCA_TALK_PATIENCE_MS 500
void mca_talk_settle(struct mca_talk *talk);

/* Flush, and try again what failed, about once a second. Thread: control, at every tick. */
void mca_talk_tick(struct mca_talk *talk);

/* Flush what is not flushed, before the keepers end. Thread: control. */
void mca_talk_end(struct mca_talk *talk);

/* The sentence when changes are not kept now, or while every channel is still muted because the
 * file could not be read; false otherwise. Thread: any. */
bool mca_talk_trouble(struct mca_talk *talk, char *text, size_t size);

#endif
