/* SPDX-License-Identifier: MIT */
/*
 * What the thread says about itself: events, and how punctual it was. Lateness is read off the
 * capture ring, in frames of the card's own clock, so it needs no time of day and holds for a
 * simulated clock too.
 */
#include "run.h"

void mca_rt_tell(struct mca_rt_run *run, enum mca_event_kind kind,
		 enum mca_pcm_direction direction, int64_t value, uint32_t frames_lost)
{
	struct mca_event event = {
		.kind = kind,
		.stream = direction,
		.frame = run->report.frames,
		.value = value,
		.frames_lost = frames_lost,
		.frames_lost_total = (uint32_t)run->report.frames_lost[direction],
	};

	mca_event_ring_push(&run->channel->link->events, &event);
}

void mca_rt_note_wakeup(struct mca_rt_run *run, unsigned frames)
{
	const struct mca_rt_channel *channel = run->channel;
	unsigned punctual = mca_duplex_wakeup_frames(channel->duplex);
	unsigned late = frames > punctual ? frames - punctual : 0;
	uint64_t late_us = (uint64_t)late * 1000000u / channel->rate_hz;

	if (late_us > run->report.wakeup_max_us)
		run->report.wakeup_max_us = late_us;
	if (late <= channel->block_frames / 2 || run->report.frames < run->late_after)
		return;
	mca_rt_tell(run, MCA_EVENT_LATE, MCA_CAPTURE, (int64_t)late_us, 0);
	run->late_after = run->report.frames + channel->cooked.rate_hz; /* one a second is enough */
}
