/* SPDX-License-Identifier: MIT */
#ifndef MCA_SETTINGS_H
#define MCA_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "mca/chain.h"
#include "mca/device_name.h"
#include "mca/lane_pick.h"
#include "mca/simcard.h"

/*
 * Everything a configuration file can say, typed and checked; plain data, copied freely (about
 * 100 KiB: keep it on the heap). Field comments give the range that mca_config_parse() enforces.
 */
#define MCA_CHANNELS_MAX 64
#define MCA_NAME_MAX 64
#define MCA_DEVICE_MAX MCA_DEVICE_TEXT
#define MCA_HOSTS_MAX 8

/* A device that the user named: what was parsed of it, never the text itself. */
struct mca_device_ref {
	unsigned id;                  /* >= 1: the id column of `devices`; 0: see name */
	char name[MCA_DEVICE_MAX];    /* canonical form of mca/device_name.h */
};

struct mca_channel_settings {
	unsigned id;                  /* decimal key >= 1, unique */
	char name[MCA_NAME_MAX];      /* UTF-8, default "Channel <id>" */
	bool enabled;
	struct mca_device_ref input;
	struct mca_device_ref output;
	struct mca_lane_pick input_lanes;
	struct mca_lane_pick output_lanes;
	struct mca_chain_params dsp;  /* the global dsp object with this channel's overrides */
	bool mute;                    /* ptt at start: default false */
	bool gate_open;               /* default true */
};

struct mca_settings {
	unsigned rate_hz;             /* sample_rate, 8000..192000 */
	unsigned lanes;               /* channels, 1..2 */
	unsigned block_frames;        /* blocksize, 16..8192 */
	unsigned channel_count;       /* 1..64 */
	struct mca_channel_settings channel[MCA_CHANNELS_MAX]; /* ascending id */
	struct mca_chain_params dsp;  /* the global dsp object */
	struct {
		bool given;               /* the section stood in the document */
		char bind[64];            /* "127.0.0.1" */
		unsigned port;            /* 0..65535, 8000; 0 = any free port */
		char token_file[256];     /* "" = no token */
		char allowed_hosts[MCA_HOSTS_MAX][128];
		unsigned allowed_host_count;
		bool allow_anonymous;     /* serve other machines without a token: default false */
		unsigned threads;         /* 16..1900, 256: connections served at once */
	} http;
	struct {
		bool given;
		unsigned priority;        /* 1..98 SCHED_FIFO, default 70 */
		unsigned long long cpus;  /* bit mask, 0 = any */
	} realtime;
	struct {
		bool given;
		struct mca_simrack_spec rack;
	} simulation;
};

/* The defaults of every field, no channel. Thread: any. */
void mca_settings_default(struct mca_settings *settings);

/* Channel by id, NULL if there is none. Thread: any. */
const struct mca_channel_settings *mca_settings_channel(const struct mca_settings *settings,
							unsigned id);

#endif
