/* SPDX-License-Identifier: MIT */
#ifndef MCA_ENGINE_STATUS_H
#define MCA_ENGINE_STATUS_H

#include <stdbool.h>
#include <stdint.h>

#include "mca/clock_control.h"
#include "mca/pcm.h"
#include "mca/settings.h"

/*
 * What the engine tells about itself and its channels: plain data, copied out whole by
 * mca_engine_status(). Thread: any.
 */
enum mca_channel_state {
	MCA_CHANNEL_DISABLED,
	MCA_CHANNEL_STARTING,   /* devices being opened, or waiting for the first block */
	MCA_CHANNEL_RUNNING,
	MCA_CHANNEL_FAULT,      /* reason says why; retried by itself */
	MCA_CHANNEL_ENDED,      /* the simulated run is over */
};
/* "running", ... Thread: any. */
const char *mca_channel_state_name(enum mca_channel_state state);

enum mca_engine_state {
	MCA_ENGINE_STARTING,    /* until every enabled channel has run or failed once */
	MCA_ENGINE_RUNNING,     /* no enabled channel is in FAULT and there is no concern */
	MCA_ENGINE_DEGRADED,
	MCA_ENGINE_STOPPING,
};
/* "running", ... Thread: any. */
const char *mca_engine_state_name(enum mca_engine_state state);

/* One channel as it is now, copied out whole. */
struct mca_channel_status {
	unsigned id;
	char name[MCA_NAME_MAX];
	enum mca_channel_state state;
	char reason[320];                    /* why not running, one sentence; "" when running */
	struct mca_device_ref ref[2];        /* as configured, by enum mca_pcm_direction */
	struct mca_lane_pick pick[2];        /* as configured */
	char device[2][MCA_PCM_NAME];        /* canonical name in use, "" = not resolved */
	struct mca_pcm_info info[2];         /* what was agreed; rate_hz 0 = not open */
	bool shared_clock;                   /* else a resampler joins two clocks, and: */
	enum mca_clock_state clock_state;
	bool drift_known;                    /* the clocks have been locked */
	double drift_ppm;                    /* the output's clock against the input's */
	unsigned level_target_frames;        /* that should wait between both; 0 = not yet seen */
	int level_error_frames;              /* how many more wait */
	uint64_t xruns[2];                   /* since the engine started, over restarts */
	uint64_t restarts;                   /* returns from FAULT */
	uint64_t frames;                     /* heartbeat of the running stream */
	double latency_ms;                   /* 0 while not running */
	double cpu_percent;                  /* of one core, over the last second */
	uint64_t wakeup_max_us;
	bool mute;
	bool gate_open;
	double tone_left_s;
};

/* Of a running channel: "shared" (one clock, samples pass untouched), or of the loop that joins two
 * clocks "acquiring", "locked", "held". Thread: any. */
const char *mca_channel_clock_name(const struct mca_channel_status *status);

/* What the channels' threads really have, read back. */
struct mca_realtime_status {
	char policy[16];                     /* "SCHED_FIFO", "SCHED_OTHER" */
	int priority;
	bool memory_locked;
	bool ok;                             /* nothing that was asked for is missing */
	char detail[256];                    /* what is missing and how to grant it; "" when ok */
};

/* What degrades the whole service although every channel may run. */
enum mca_concern {
	MCA_CONCERN_CONFIG,     /* the configuration is not the one that was asked for */
	MCA_CONCERN_API,        /* the API cannot be reached */
	MCA_CONCERN_STORE,      /* mute and gate would not survive a restart */
	MCA_CONCERNS
};
#define MCA_CONCERN_MAX 320     /* bytes of the sentence, with its terminator */

struct mca_engine_status {
	enum mca_engine_state state;
	char concern[MCA_CONCERNS][MCA_CONCERN_MAX]; /* one sentence each, "" = none */
	uint64_t uptime_ms;
	double cpu_percent;                  /* the whole process */
	uint64_t xruns;                      /* all channels */
	unsigned rate_hz, block_frames, lanes;
	uint64_t generation;                 /* 1 = the configuration the engine started with */
	struct mca_realtime_status realtime;
	unsigned channel_count;
	unsigned running_count;              /* in state RUNNING */
	unsigned enabled_count;
	struct mca_channel_status channel[MCA_CHANNELS_MAX];
};

#endif
