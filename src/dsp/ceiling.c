/* SPDX-License-Identifier: MIT */
/*
 * A limiter without attack time turns a new ceiling into a step of the gain, and a ceiling that
 * glides would still be met by every peak of a tone at another gain, in one frame. So a change
 * takes two parts of 10 ms each:
 *
 *     hold    the ceiling in force stays. The highest level is held from here on, instead of
 *             letting the limiter release between two peaks: after half a period of the sound
 *             (5 ms at 100 Hz) the gain follows the ceiling and nothing else.
 *     glide   from the old to the new ceiling, on 3 s^2 - 2 s^3 in octaves, which begins and ends
 *             without a slope. Only the way on which the held level is above the ceiling has to
 *             glide; the rest touches no sample and is left out.
 *
 * A change that comes during the first part joins it; one that comes during the second part begins
 * a glide of its own when that has arrived. So 20 ms after the last change the limiter works with
 * its ceiling; what was under way in the look-ahead leaves within 10 ms more.
 *
 * The ceiling in force is a level, and its sample value the next integer above: the errors of the
 * log and the gain together are below half a unit. The integer clamp behind the gain stays at the
 * highest ceiling of the change until the last frame that was limited to it has left.
 *
 * The cubic is a sum of three differences a frame, exact in integers, and what their division
 * rounds off adds up to 1e-7 octaves.
 */
#include "ceiling.h"

#include "mca/q.h"

/* Nothing is held yet: below every ceiling, above silence with any makeup. */
#define NOTHING_Q58 (-10 * (INT64_C(1) << 58))

void mca_ceiling_init(struct mca_ceiling *ceiling, const struct mca_limiter_cooked *cooked)
{
	*ceiling = (struct mca_ceiling) {
		.in_force_q58 = mca_q58_from_q26(cooked->ceiling_q26),
		.held_q58 = NOTHING_Q58,
		.ordered_q26 = cooked->ceiling_q26,
		.clamp = cooked->ceiling,
	};
}

void mca_ceiling_set(struct mca_ceiling *ceiling, const struct mca_limiter_cooked *next)
{
	ceiling->clamp = mca_q_max(ceiling->clamp, next->ceiling);
	if (ceiling->hold_left > 0 || ceiling->glide_left > 0 ||
	    ceiling->in_force_q58 == mca_q58_from_q26(next->ceiling_q26))
		return;
	ceiling->hold_left = next->glide_frames;
	ceiling->leave_left = 0;
	ceiling->held_q58 = NOTHING_Q58;
}

unsigned mca_ceiling_bound_frames(const struct mca_ceiling *ceiling, unsigned frames)
{
	if (ceiling->hold_left > 0)
		return frames < ceiling->hold_left ? frames : ceiling->hold_left;
	if (ceiling->glide_left > 0)
		return frames < ceiling->glide_left ? frames : ceiling->glide_left;
	if (ceiling->leave_left > 0)
		return frames < ceiling->leave_left ? frames : ceiling->leave_left;
	return frames;
}

void mca_ceiling_run(struct mca_ceiling *ceiling, const struct mca_limiter_cooked *cooked,
		     int64_t *restrict above_q58, size_t frames)
{
	const int64_t ordered = mca_q58_from_q26(cooked->ceiling_q26);
	const int64_t third = ceiling->step_q58[2];
	int64_t above = ceiling->in_force_q58 - ordered;
	int64_t first = ceiling->step_q58[0], second = ceiling->step_q58[1];

#pragma GCC unroll 4
	for (size_t i = 0; i < frames; i++) {
		above += first;
		first += second;
		second += third;
		above_q58[i] = above;
	}
	ceiling->in_force_q58 = above + ordered;
	ceiling->step_q58[0] = first;
	ceiling->step_q58[1] = second;
}

/* On 3 s^2 - 2 s^3 to the goal, within so many frames. */
static void ceiling_begin_glide(struct mca_ceiling *ceiling, uint32_t frames)
{
	int64_t way = ceiling->goal_q58 - ceiling->in_force_q58;
	int64_t count = frames, square = way / (count * count);
	int64_t cube = way / count / (count * count);

	ceiling->step_q58[0] = 3 * square - 2 * cube;
	ceiling->step_q58[1] = 6 * square - 12 * cube;
	ceiling->step_q58[2] = -12 * cube;
	ceiling->glide_left = frames;
}

/* Where to go from here: only the way that is below the held level has to glide. Returns false when
 * there is none. */
static bool ceiling_depart(struct mca_ceiling *ceiling, const struct mca_limiter_cooked *cooked)
{
	int64_t ordered = mca_q58_from_q26(cooked->ceiling_q26), from = ceiling->in_force_q58;
	int64_t lower = from < ordered ? from : ordered, higher = from < ordered ? ordered : from;
	int64_t turn = ceiling->held_q58 < higher ? ceiling->held_q58 : higher;

	turn = turn > lower ? turn : lower;
	ceiling->in_force_q58 = from < ordered ? from : turn;
	ceiling->goal_q58 = from < ordered ? turn : ordered;
	ceiling->ordered_q26 = cooked->ceiling_q26;
	if (ceiling->goal_q58 == ceiling->in_force_q58)
		return false;
	ceiling_begin_glide(ceiling, cooked->glide_frames);
	return true;
}

/* The hold or the glide is over. */
static void ceiling_arrive(struct mca_ceiling *ceiling, const struct mca_limiter_cooked *cooked)
{
	for (unsigned i = 0; i < 3; i++)
		ceiling->step_q58[i] = 0;
	if (ceiling->ordered_q26 != cooked->ceiling_q26 && ceiling_depart(ceiling, cooked))
		return;
	ceiling->in_force_q58 = mca_q58_from_q26(cooked->ceiling_q26);
	ceiling->held_q58 = NOTHING_Q58; /* the limiter may release again */
	ceiling->leave_left = cooked->lookahead_frames;
	if (ceiling->leave_left == 0)
		ceiling->clamp = cooked->ceiling;
}

void mca_ceiling_advance(struct mca_ceiling *ceiling, const struct mca_limiter_cooked *cooked,
			 unsigned frames)
{
	if (ceiling->hold_left > 0) {
		ceiling->hold_left -= frames;
		if (ceiling->hold_left == 0)
			ceiling_arrive(ceiling, cooked);
	} else if (ceiling->glide_left > 0) {
		ceiling->glide_left -= frames;
		if (ceiling->glide_left == 0) {
			ceiling->in_force_q58 = mca_q58_from_q26(ceiling->ordered_q26);
			ceiling_arrive(ceiling, cooked);
		}
	} else if (ceiling->leave_left > 0) {
		ceiling->leave_left -= frames;
		if (ceiling->leave_left == 0)
			ceiling->clamp = cooked->ceiling;
	}
}
