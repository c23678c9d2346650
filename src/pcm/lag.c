/* SPDX-License-Identifier: MIT */
/*
 * How late a device tells where it is: the difference between the position that time demands and
 * the one that is told. Real-time.
 *
 * It names the card to blame when a pair is restarted over and over because blocks are too short.
 * Only the first moments after a start count: later the difference of the crystals would pass for
 * lateness (a thousandth of the rate makes 0.1 ms in a tenth of a second), and a loop of restarts
 * has no later.
 */
#include "pcm_private.h"

#include <time.h>

#define NS_A_SECOND UINT64_C(1000000000)
#define LOOK_NS (NS_A_SECOND / 10)

static uint64_t lag_now_ns(const struct mca_duplex *duplex)
{
	struct timespec now;

	if (duplex->clock.free_running)
		return duplex->clock.now_ns;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NS_A_SECOND + (uint64_t)now.tv_nsec;
}

void mca_duplex_begin_lag(struct mca_duplex *duplex)
{
	duplex->started_ns = lag_now_ns(duplex);
	duplex->young = true;
}

void mca_duplex_note_lag(struct mca_duplex *duplex, enum mca_pcm_direction direction, int frames)
{
	const struct mca_pcm_info *info = &duplex->pcm[direction]->info;
	int64_t position, lag_ns;
	uint64_t elapsed_ns;

	if (frames < 0 || !duplex->young)
		return;
	elapsed_ns = lag_now_ns(duplex) - duplex->started_ns;
	duplex->young = elapsed_ns <= LOOK_NS;
	if (!duplex->young)
		return;
	position = (int64_t)(duplex->passed[direction] - duplex->started_passed[direction]) +
		   frames;
	if (direction == MCA_PLAYBACK)
		position += (int64_t)duplex->target_frames - (int64_t)info->buffer_frames;
	lag_ns = (int64_t)elapsed_ns - position * (int64_t)NS_A_SECOND / (int64_t)info->rate_hz;
	if (lag_ns > 0 && (uint64_t)lag_ns > duplex->lag_ns[direction])
		duplex->lag_ns[direction] = (uint64_t)lag_ns;
}

unsigned mca_duplex_lag_us(const struct mca_duplex *duplex, enum mca_pcm_direction direction)
{
	return (unsigned)(duplex->lag_ns[direction] / 1000);
}
