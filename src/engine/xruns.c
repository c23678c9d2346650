/* SPDX-License-Identifier: MIT */
/*
 * One sentence about the xruns of one direction. Its number, the field MCA_XRUNS and `xruns` of the
 * direction in /status are the same count; suspends are counted beside it.
 */
#include "xruns.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "notices.h"

static void raise_to(uint64_t *count, uint64_t value)
{
	if (value > *count)
		*count = value;
}

void mca_xrun_log_count(struct mca_xrun_log *log, unsigned stream, uint64_t xruns,
			uint64_t run_lost)
{
	struct mca_xrun_count *count = &log->stream[stream];

	raise_to(&count->xruns, xruns);
	raise_to(&count->lost, count->lost_before + run_lost);
}

void mca_xrun_log_suspend(struct mca_xrun_log *log, unsigned stream, uint64_t run_lost)
{
	log->stream[stream].suspends++;
	mca_xrun_log_count(log, stream, 0, run_lost);
}

void mca_xrun_log_end_run(struct mca_xrun_log *log, const uint64_t run_lost[2])
{
	for (unsigned stream = 0; stream < 2; stream++) {
		struct mca_xrun_count *count = &log->stream[stream];

		raise_to(&count->lost, count->lost_before + run_lost[stream]);
		count->lost_before += run_lost[stream];
	}
}

static bool has_news(const struct mca_xrun_count *count)
{
	return count->xruns > count->xruns_told || count->lost > count->lost_told ||
	       count->suspends > 0;
}

static const char *cause_of(const struct mca_xrun_count *count, unsigned stream)
{
	if (count->suspends)
		return "suspended";
	if (count->short_commit)
		return "short commit";
	return stream == MCA_CAPTURE ? "overrun" : "underrun";
}

static void compose(const struct mca_xrun_log *log, unsigned stream,
		    const struct mca_xrun_source *source, struct mca_notice *notice)
{
	const struct mca_xrun_count *count = &log->stream[stream];
	const char *word = stream == MCA_CAPTURE ? "capture" : "playback";
	uint64_t times = count->xruns - count->xruns_told + count->suspends;

	memset(notice, 0, sizeof *notice);
	notice->kind = MCA_NOTICE_XRUN;
	notice->channel = source->channel;
	notice->stream = (int)stream;
	notice->frames_lost = count->lost - count->lost_told;
	notice->xruns = count->xruns;
	mca_notice_copy(notice->device, sizeof notice->device, source->device[stream]);
	mca_notice_copy(notice->cause, sizeof notice->cause, cause_of(count, stream));
	snprintf(notice->text, sizeof notice->text,
		 "Channel %u: audio interrupted %" PRIu64 " time%s (%s) on the %s %s, %" PRIu64
		 " frames lost; %s xruns since the start: %" PRIu64 ".", source->channel, times,
		 times == 1 ? "" : "s", notice->cause, word, notice->device, notice->frames_lost,
		 word, notice->xruns);
}

static void post(struct mca_xrun_log *log, unsigned stream, const struct mca_xrun_source *source,
		 struct mca_notices *notices)
{
	struct mca_xrun_count *count = &log->stream[stream];
	struct mca_notice notice;

	compose(log, stream, source, &notice);
	mca_notices_post(notices, &notice);
	count->xruns_told = count->xruns;
	count->lost_told = count->lost;
	count->suspends = 0;
	count->short_commit = false;
	log->next = !stream;
}

void mca_xrun_log_flush(struct mca_xrun_log *log, const struct mca_xrun_source *source,
			struct mca_notices *notices)
{
	unsigned stream = has_news(&log->stream[log->next]) ? log->next : !log->next;

	if (has_news(&log->stream[stream]) &&
	    mca_notices_free(notices, MCA_NOTICE_XRUN, source->channel))
		post(log, stream, source, notices);
}

void mca_xrun_log_end(struct mca_xrun_log *log, const struct mca_xrun_source *source,
		      struct mca_notices *notices)
{
	for (unsigned stream = 0; stream < 2; stream++)
		if (has_news(&log->stream[stream]))
			post(log, stream, source, notices);
}
