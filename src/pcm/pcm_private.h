/* SPDX-License-Identifier: MIT */
#ifndef MCA_PCM_PRIVATE_H
#define MCA_PCM_PRIVATE_H

#include <alsa/asoundlib.h>
#include <stdbool.h>
#include <stdint.h>

#include "edge.h"
#include "mca/duplex.h"
#include "mca/pcm.h"
#include "mca/simcard.h"

/*
 * What the two halves of this room share. The hot half (edge.c, window.c, duplex.c, measure.c,
 * restart.c) runs on real-time threads and lies in a library of its own, whose undefined symbols a
 * test compares with a list; the cold half opens, configures, lists and frees.
 */
enum {
	MCA_PCM_FDS = 8,          /* poll descriptors a PCM may have; hw: has one */
	MCA_PCM_SIM_CARD = 1000,  /* info.card of simulated card N is this + N */
};

struct mca_pcm {
	snd_pcm_t *handle;
	enum mca_pcm_direction direction;
	struct mca_simrack *rack;      /* borrowed; NULL for a real device */
	struct mca_pcm_info info;      /* rate_hz 0 = not configured */
	struct mca_pcm_shape shape;    /* what it was configured for */
	unsigned ring_wish;            /* so long at least, 0 = as usual */
	unsigned wakeup_frames;        /* poll wakes for so many */
	bool batch;                    /* the pointer moves a period at a time */
	/* The window that is open, mmap access. */
	snd_pcm_uframes_t offset;
	/* Read/write access, or frames that are not the engine's: they pass through here. */
	int16_t *bounce;               /* owned, NULL where windows lie in the ring itself */
	unsigned bounce_frames;
	bool reshaped;                 /* device frames are turned into others, by */
	struct mca_edge edge;          /* this; lanes lie in the open window, or in */
	unsigned char *raw;            /* owned: read/write access, bounce_frames of the device */
	unsigned held_from;            /* capture: frames read from the device and not yet */
	unsigned held;                 /* taken by capture_end() */
};

/* Where a batch device stood when it last moved (measure.c). */
struct mca_pcm_mark {
	bool exact;                    /* its driver counts what is on the bus already */
	bool known;
	int64_t position;
	uint64_t moved_ns;
	uint64_t looked_ns;            /* when we looked last */
};

struct mca_duplex {
	struct mca_pcm *pcm[2];        /* borrowed, by enum mca_pcm_direction */
	unsigned block_frames[2];      /* to await: of capture a block, of playback room for it */
	unsigned target_frames;
	unsigned wakeup_frames;
	bool linked;                   /* one start, prepare or drop serves both */
	bool shared_clock;
	bool short_commit;
	enum mca_duplex_fault fault;
	enum mca_pcm_direction fault_direction;
	uint64_t passed[2];            /* frames through windows; counts on for ever */
	uint64_t started_passed[2];    /* of these, before the streams were started last */
	uint64_t started_ns;           /* when both streams ran, by the pair's clock */
	bool young;                    /* that is not long ago */
	uint64_t lag_ns[2];            /* how late a position was told at most (lag.c) */
	struct mca_pcm_mark mark[2];
	snd_pcm_status_t *status;      /* owned; for looking at a stopped stream */
	struct mca_simclock clock;     /* the one clock of a simulated pair */
};

/*
 * Windows (window.c). Both return 0 or -errno; -EPIPE for a grant of nothing and for a short commit
 * (then *short_commit). Thread: RT.
 */
int mca_pcm_window_begin(struct mca_pcm *pcm, unsigned want, struct mca_duplex_window *window);
int mca_pcm_window_end(struct mca_pcm *pcm, unsigned frames, bool *short_commit);

/* A window onto the last `back` frames written, count 0 without a mapped ring; 0 or -errno. end:
 * write back what was changed in it. Thread: RT. */
int mca_pcm_window_back(struct mca_pcm *pcm, unsigned back, struct mca_duplex_window *window);
void mca_pcm_window_back_end(struct mca_pcm *pcm, unsigned frames);

/* Forget an open window and what was read ahead: the stream starts anew. Thread: RT. */
void mca_pcm_window_reset(struct mca_pcm *pcm);

/* 0 while the stream runs, else what its state amounts to as -errno. Thread: RT. */
int mca_pcm_state_error(const struct mca_pcm *pcm);

/* Positions against time (lag.c): the pair has started; a direction tells now that `frames` can be
 * captured or played, negative = it does not tell. Thread: RT. */
void mca_duplex_begin_lag(struct mca_duplex *duplex);
void mca_duplex_note_lag(struct mca_duplex *duplex, enum mca_pcm_direction direction, int frames);

/* Note a failure for mca_duplex_fault() and hand err on. Thread: RT. */
int mca_duplex_fail(struct mca_duplex *duplex, enum mca_pcm_direction direction, int err);

/* Plan blocks, level and wake-ups of a pair, or refuse (level.c). 0 or -errno with diag.
 * Thread: control. */
int mca_duplex_plan_level(struct mca_duplex *duplex, unsigned block_frames, unsigned target_frames,
			  struct mca_diag *diag);

/* Agree anew, on a ring of so many frames if it can be had. 0 or -errno with diag.
 * Thread: control. */
int mca_pcm_lengthen(struct mca_pcm *pcm, unsigned ring_frames, struct mca_diag *diag);

/* Let poll wake for so many frames. 0 or -errno. Thread: control. */
int mca_pcm_set_wakeup(struct mca_pcm *pcm, unsigned frames);

/* Capture frames as so many playback frames, rounded up. */
static inline unsigned mca_pcm_at_playback_rate(const struct mca_pcm *capture,
						const struct mca_pcm *playback, unsigned frames)
{
	uint64_t product = (uint64_t)frames * playback->info.rate_hz;

	return (unsigned)((product + capture->info.rate_hz - 1) / capture->info.rate_hz);
}

/* Frames that a block may become in a resampler that joins two clocks (1.25 thousandths more). */
static inline unsigned mca_pcm_stretched(unsigned block_frames)
{
	return block_frames + block_frames / 800 + 2;
}

/* What is simulated; of a PCM with a rack only. */
static inline const struct mca_sim_card_spec *mca_pcm_sim_spec(const struct mca_pcm *pcm)
{
	return &mca_simrack_spec(pcm->rack)->card[pcm->info.card - MCA_PCM_SIM_CARD - 1];
}

/* "capture" or "playback", for sentences. */
static inline const char *mca_pcm_direction_name(enum mca_pcm_direction direction)
{
	return direction == MCA_CAPTURE ? "capture" : "playback";
}

static inline snd_pcm_stream_t mca_pcm_stream(enum mca_pcm_direction direction)
{
	return direction == MCA_CAPTURE ? SND_PCM_STREAM_CAPTURE : SND_PCM_STREAM_PLAYBACK;
}

#endif
