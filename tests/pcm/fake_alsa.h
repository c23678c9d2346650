/* SPDX-License-Identifier: MIT */
#ifndef MCA_TEST_FAKE_ALSA_H
#define MCA_TEST_FAKE_ALSA_H

/*
 * A scripted alsa-lib: an executable that links fake_alsa.c calls its snd_pcm_* functions, and they
 * answer what the fake says. A PCM handle is a pointer to one.
 */
#include <alsa/asoundlib.h>
#include <stdbool.h>
#include <stdint.h>

enum { FAKE_BLOCK = 64, FAKE_RING = 256 };

struct fake {
	int state;                      /* what snd_pcm_state() says */
	snd_pcm_sframes_t avail;        /* of avail_update, or an error */
	snd_pcm_sframes_t hard_avail;   /* of snd_pcm_avail() */
	snd_pcm_sframes_t delay;        /* of snd_pcm_delay(), */
	int delay_err;                  /* or this */
	snd_pcm_uframes_t stamp_avail;  /* of snd_pcm_htimestamp(), */
	snd_htimestamp_t stamp;
	int stamp_err;                  /* or this */
	snd_pcm_uframes_t status_avail; /* of snd_pcm_status() */
	snd_pcm_uframes_t grant;        /* mmap_begin grants at most */
	int begin_err;
	bool no_memory;                 /* areas without address */
	snd_pcm_sframes_t commit_less;  /* commit so many fewer, or a negative error */
	unsigned short revents;
	int fd;                         /* to poll; -1 never wakes */
	unsigned polls, prepares, starts, drops, resumes, updates;
	unsigned fill_after;            /* after so many updates avail becomes a block */
	int start_err, resume_err;
	int16_t ring[2 * FAKE_RING];
	snd_pcm_uframes_t offset;
};

#endif
