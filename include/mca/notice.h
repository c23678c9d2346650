/* SPDX-License-Identifier: MIT */
#ifndef MCA_NOTICE_H
#define MCA_NOTICE_H

#include <stdint.h>

#include "mca/pcm.h"

/* A thing that happened, for the journal and for whoever listens. Of each kind and channel the
 * first comes at once, then one summary a second. */
enum mca_notice_kind {
	MCA_NOTICE_XRUN,            /* and suspends; of one direction */
	MCA_NOTICE_DEVICE_LOST,
	MCA_NOTICE_DEVICE_BACK,
	MCA_NOTICE_CONFIG_APPLIED,
	MCA_NOTICE_CONFIG_REFUSED,
	MCA_NOTICE_PTT,
	MCA_NOTICE_REALTIME,        /* real-time rights missing */
	MCA_NOTICE_STATE,           /* the engine's or a channel's state changed */
	MCA_NOTICE_TEST_TONE,       /* begun or ended by order */
};

struct mca_notice {
	enum mca_notice_kind kind;
	unsigned channel;           /* 0 = none */
	int stream;                 /* enum mca_pcm_direction, -1 = none */
	char device[MCA_PCM_NAME];
	uint64_t xruns;             /* of that channel and stream since the engine started */
	uint64_t frames_lost;       /* captured and never played, by what this notice is about; at
				     * the capture's rate */
	char cause[64];             /* "overrun", "suspended", "ENODEV", ... */
	char client[64];            /* who asked: "http 127.0.0.1", "SIGHUP", "" */
	char text[400];             /* the sentence */
};

#endif
