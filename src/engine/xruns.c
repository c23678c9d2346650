/* SPDX-License-Identifier: MIT */
/* One sentence about xruns, at most once a second and channel. */
#include "xruns.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "notices.h"

void mca_xrun_log_count(struct mca_xrun_log *log, unsigned stream, uint64_t total,
			uint64_t frames_lost)
{
	log->frames_lost[stream] += frames_lost;
	if (total > log->total[stream])
		log->total[stream] = total;
}

void mca_xrun_log_suspend(struct mca_xrun_log *log, unsigned stream, uint64_t frames_lost)
{
	log->suspends[stream]++;
	log->frames_lost[stream] += frames_lost;
}

static uint64_t untold(const struct mca_xrun_log *log, unsigned stream)
{
	return log->total[stream] - log->told[stream] + log->suspends[stream];
}

/* The direction the notice is about, -1 when both had xruns. */
static int direction_of(const struct mca_xrun_log *log)
{
	if (untold(log, MCA_CAPTURE) && untold(log, MCA_PLAYBACK))
		return -1;
	return untold(log, MCA_CAPTURE) ? MCA_CAPTURE : MCA_PLAYBACK;
}

static const char *cause_of(const struct mca_xrun_log *log, int direction)
{
	if (log->suspends[MCA_CAPTURE] || log->suspends[MCA_PLAYBACK])
		return "suspended";
	if (log->short_commit)
		return "short commit";
	if (direction < 0)
		return "xrun";
	return direction == MCA_CAPTURE ? "overrun" : "underrun";
}

static void compose(const struct mca_xrun_log *log, const struct mca_xrun_source *source,
		    struct mca_notice *notice)
{
	uint64_t count = untold(log, MCA_CAPTURE) + untold(log, MCA_PLAYBACK);
	int direction = direction_of(log);

	memset(notice, 0, sizeof *notice);
	notice->kind = MCA_NOTICE_XRUN;
	notice->channel = source->channel;
	notice->stream = direction;
	notice->frames_lost = log->frames_lost[MCA_CAPTURE] + log->frames_lost[MCA_PLAYBACK];
	notice->xruns = direction < 0 ? log->total[MCA_CAPTURE] + log->total[MCA_PLAYBACK] :
					log->total[direction];
	mca_notice_copy(notice->device, sizeof notice->device,
			source->device[direction < 0 ? MCA_CAPTURE : direction]);
	mca_notice_copy(notice->cause, sizeof notice->cause, cause_of(log, direction));
	snprintf(notice->text, sizeof notice->text,
		 "Channel %u: audio interrupted %" PRIu64 " time%s (%s) on %s%s%s, %" PRIu64
		 " frames lost; xruns since the start: %" PRIu64 ".", source->channel, count,
		 count == 1 ? "" : "s", notice->cause, notice->device,
		 direction < 0 ? " and " : "",
		 direction < 0 ? source->device[MCA_PLAYBACK] : "", notice->frames_lost,
		 notice->xruns);
}

void mca_xrun_log_flush(struct mca_xrun_log *log, const struct mca_xrun_source *source,
			uint64_t now_ns, struct mca_notices *notices)
{
	struct mca_notice notice;

	if (now_ns < log->quiet_until_ns)
		return;
	if (!untold(log, MCA_CAPTURE) && !untold(log, MCA_PLAYBACK))
		return;
	compose(log, source, &notice);
	mca_notices_post(notices, &notice);
	log->quiet_until_ns = now_ns + MCA_S_NS;
	for (unsigned stream = 0; stream < 2; stream++) {
		log->told[stream] = log->total[stream];
		log->frames_lost[stream] = 0;
		log->suspends[stream] = 0;
	}
	log->short_commit = false;
}
