/* SPDX-License-Identifier: MIT */
#ifndef MCA_SIMCARD_SPEC_H
#define MCA_SIMCARD_SPEC_H

#include <stdbool.h>

/*
 * What simulated cards are like: plain values, as they stand under `simulation` in a configuration.
 * mca/simcard.h says what comes of them. All zero but for what "default" says is a card like any.
 */
#define MCA_SIM_CARDS 8
#define MCA_SIM_FAULTS 16
#define MCA_SIM_PATH 256

enum mca_sim_source_kind {
	MCA_SIM_SPEECH, /* speech-like programme, different on every card (default) */
	MCA_SIM_TONE,
	MCA_SIM_NOISE, /* white, deterministic */
	MCA_SIM_SILENCE,
	MCA_SIM_WAV, /* 100 ms of silence, then the file, then (looped) the file again or silence */
	MCA_SIM_WIRE, /* what is played on another card (or this one) */
};

struct mca_sim_source {
	enum mca_sim_source_kind kind;
	double level_dbfs;        /* RMS of programme, tone, noise: -60..-3.02, default -20 */
	double frequency_hz;      /* tone, default 1000 */
	unsigned wire_card;       /* 1..8 */
	bool loop;                /* WAV */
	char path[MCA_SIM_PATH];  /* WAV */
};

enum mca_sim_sink_kind {
	MCA_SIM_DISCARD, /* default */
	MCA_SIM_RECORD,  /* into a WAV file */
	MCA_SIM_RAW,     /* bare samples into a file or a pipe */
};

struct mca_sim_sink {
	enum mca_sim_sink_kind kind;
	char path[MCA_SIM_PATH];
};

enum mca_sim_fault_kind {
	MCA_SIM_FAULT_NONE,
	MCA_SIM_FAULT_XRUN, /* the stream reports an xrun (EPIPE) */
	MCA_SIM_FAULT_LATE, /* the next wake-up comes `duration_s` late; the pointer goes on */
	MCA_SIM_FAULT_SHORT_WINDOW, /* no event but a property (at_s, duration_s, every_s mean
				     * nothing to it): that direction of the card offers odd periods
				     * in odd numbers only, so the end of its buffer cuts a block at
				     * another place in every lap: mmap_begin grants every length
				     * from 1 up */
	MCA_SIM_FAULT_SUSPEND, /* the stream is suspended (ESTRPIPE); resume works after duration_s
				* of the clock's time (snd_pcm_resume() of an ioplug always answers
				* 0: look at the state), prepare always */
	MCA_SIM_FAULT_STALL,   /* the pointer stands still and no wake-up comes for duration_s, then
				* it goes on from there; with a real clock it stands still for as
				* long if the stream is prepared or opened anew meanwhile. 0 = until
				* the stream is prepared again */
	MCA_SIM_FAULT_UNPLUG,  /* strikes when either direction reaches at_s, whatever `stream`
				* names; both are gone: state DISCONNECTED, POLLERR | POLLHUP,
				* ENODEV; for who has them open that is for good. A new open works
				* after duration_s of wall time, 0 = after mca_simrack_replug() */
	MCA_SIM_FAULT_HANG,    /* the first `call` of that direction at or after at_s does not
				* return for duration_s of wall time; 0 = for ever, or until
				* mca_simrack_unhang() */
};

/* The calls that can hang: snd_pcm_open(), snd_pcm_hw_params(), snd_pcm_close(). */
enum mca_sim_call { MCA_SIM_CALL_OPEN, MCA_SIM_CALL_CONFIGURE, MCA_SIM_CALL_CLOSE };

struct mca_sim_fault {
	enum mca_sim_fault_kind kind;
	unsigned stream;     /* 0 capture, 1 playback */
	double at_s;         /* stream time of that card and direction, summed over restarts */
	double duration_s;
	double every_s;      /* 0 = once */
	enum mca_sim_call call; /* HANG only */
};

enum mca_sim_format {
	MCA_SIM_ANY_FORMAT, /* S16_LE (default) */
	MCA_SIM_S16_LE,
	MCA_SIM_S24_LE,     /* 24 bits in four bytes, the highest byte holds anything */
	MCA_SIM_S24_3LE,
	MCA_SIM_S32_LE,
};

/* What the time stamps of a card's positions are worth. (An ALSA ioplug has none of its own: they
 * stand in struct mca_simclock.) */
enum mca_sim_stamps {
	MCA_SIM_STAMPS_GOOD,   /* the moment at which the card told the position */
	MCA_SIM_STAMPS_NONE,   /* always 0 */
	MCA_SIM_STAMPS_WRONG,  /* of another clock */
};

struct mca_sim_card_spec {
	double drift_ppm;    /* -10000..10000 */
	double wander_ppm;   /* and wander_ppm * sin(2 pi t / wander_period_s) on top: 0..1000, */
	double wander_period_s; /* 10..1000000; t since the rack was built, or of a free clock */
	bool batch;          /* the position is told a period at a time, when its end has passed */
	double jitter_us;    /* how late, at random, a position is told at most: 0..10000 */
	enum mca_sim_stamps stamps;
	struct mca_sim_source source;
	struct mca_sim_sink sink;
	unsigned fault_count;
	struct mca_sim_fault fault[MCA_SIM_FAULTS];
	bool absent;         /* not plugged in at start */
	/* What the hardware can do; 0 = anything. Lets negotiation be tested. */
	unsigned only_rate_hz;
	unsigned min_rate_hz, max_rate_hz;
	enum mca_sim_format only_format;
	unsigned only_lanes;           /* 1..8 */
	unsigned min_period_frames, max_period_frames;
	unsigned only_periods;         /* in a ring, 2..16 */
	bool no_mmap;
	bool planar;                   /* mmap with each lane by itself, nothing else */
};

struct mca_simrack_spec {
	bool free_running;
	double duration_s;   /* stream time after which a channel ends by itself; 0 = never */
	struct mca_sim_card_spec card[MCA_SIM_CARDS]; /* card[0] is sim:1 */
};

/* Eight cards with speech-like sources and discarding sinks, real-time. Thread: any. */
void mca_simrack_spec_default(struct mca_simrack_spec *spec);

#endif
