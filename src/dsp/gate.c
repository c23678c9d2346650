/* SPDX-License-Identifier: MIT */
/*
 * The noise gate. It opens at the frame that reaches the threshold, and stays open for hold_ms
 * after the last frame that reached threshold - hysteresis, so that neither the zero crossings of a
 * tone nor the end of a word close it. Attenuation in octaves, with the topology of the
 * compressor's detector:
 *
 *     w   = open ? 0 : aR w + (1 - aR) range
 *     GRg = aA GRg + (1 - aA) w
 *
 * Opening has the attack pole alone; closing begins without a corner, since both poles share it.
 * Both ends are reached exactly: closer than MCA_REST_Q26 a state snaps to its target, which makes
 * an open gate bit-exact and gives silence one state.
 *
 * A gate that is wholly open or closed and cannot change within the chunk is not processed frame by
 * frame; that gives what the loop would give.
 */
#include "mca/q.h"
#include "octave.h"
#include "stage.h"

#define REST_Q58 ((int64_t)MCA_REST_Q26 << 32)

void mca_gate_init(struct mca_gate *gate, const struct mca_gate_cooked *cooked, bool open)
{
	(void)open;
	*gate = (struct mca_gate){
		.wanted_q58 = cooked->range_q58,
		.reduction_q58 = cooked->range_q58,
		.open = !cooked->enabled,
	};
}

/* A gate that is switched on begins open, as it sounds. */
void mca_gate_set(struct mca_gate *gate, const struct mca_gate_cooked *now,
		  const struct mca_gate_cooked *next)
{
	if (now->enabled == next->enabled)
		return;
	gate->open = 1;
	gate->hold_left = next->hold_frames;
}

static inline int64_t gate_glide(int64_t state_q58, int64_t target_q58, int64_t pole_q62)
{
	int64_t next = mca_q_glide(state_q58, target_q58, pole_q62);
	int64_t away = target_q58 - next;

	return away < REST_Q58 && away > -REST_Q58 ? target_q58 : next;
}

static bool gate_is_whole(const struct mca_gate *gate, int64_t reduction_q58)
{
	return gate->wanted_q58 == reduction_q58 && gate->reduction_q58 == reduction_q58;
}

static int32_t most_of(const int32_t *values, size_t count)
{
	int32_t most = INT32_MIN;

	for (size_t i = 0; i < count; i++)
		most = mca_q_max(most, values[i]);
	return most;
}

/* Frames since the last one of the chunk that keeps the gate open; `frames` if there is none. */
static size_t frames_since(const int32_t *level_q26, size_t frames, int32_t close_q26)
{
	size_t since = 0;

	while (since < frames && level_q26[frames - 1 - since] < close_q26)
		since++;
	return since;
}

/* An open gate whose hold outlasts the chunk: only the hold moves. */
static void gate_stay_open(struct mca_gate *gate, const struct mca_gate_cooked *cooked,
			   const struct mca_chunk *chunk)
{
	size_t since = frames_since(chunk->level_q26, chunk->frames, cooked->close_q26);

	if (since < chunk->frames)
		gate->hold_left = cooked->hold_frames - (uint32_t)since;
	else
		gate->hold_left -= chunk->frames;
}

static inline bool gate_step(struct mca_gate *gate, const struct mca_gate_cooked *cooked,
			     int32_t level_q26)
{
	if (level_q26 >= cooked->open_q26 || (gate->open && level_q26 >= cooked->close_q26)) {
		gate->open = 1;
		gate->hold_left = cooked->hold_frames;
	} else if (gate->open && gate->hold_left > 0) {
		gate->hold_left--;
	} else {
		gate->open = 0;
	}
	return gate->open;
}

static void gate_lower(struct mca_chunk *chunk, size_t i, int64_t reduction_q58)
{
	int32_t reduction = mca_q26_from_q58(reduction_q58);

	/* The level goes to the curve alone: far below every threshold is low enough. */
	chunk->level_q26[i] = mca_q_max(mca_q_sub(mca_q_max(chunk->level_q26[i], MCA_LEVEL_MIN_Q26),
						  reduction), MCA_LEVEL_MIN_Q26);
	chunk->lift_q26[i] = mca_q_sub(chunk->lift_q26[i], reduction);
}

static inline int64_t slower(int64_t a_q62, int64_t b_q62)
{
	return a_q62 < b_q62 ? a_q62 : b_q62;
}

static void gate_move(struct mca_gate *gate, const struct mca_gate_cooked *cooked,
		      struct mca_chunk *chunk)
{
	const int64_t attack_q62 = slower(cooked->attack_q62, chunk->fastest_q62);
	const int64_t release_q62 = slower(cooked->release_q62, chunk->fastest_q62);
	int64_t wanted = gate->wanted_q58, reduction = gate->reduction_q58;

	for (size_t i = 0; i < chunk->frames; i++) {
		bool open = !cooked->enabled || gate_step(gate, cooked, chunk->level_q26[i]);

		wanted = open ? 0 : gate_glide(wanted, cooked->range_q58, release_q62);
		reduction = gate_glide(reduction, wanted, attack_q62);
		gate_lower(chunk, i, reduction);
	}
	gate->wanted_q58 = wanted;
	gate->reduction_q58 = reduction;
}

void mca_gate_process(struct mca_gate *gate, const struct mca_gate_cooked *cooked,
		      struct mca_chunk *chunk)
{
	if (!cooked->enabled && gate_is_whole(gate, 0))
		return;
	mca_chunk_find_levels(chunk);
	if (gate->open && gate->hold_left >= chunk->frames &&
	    cooked->hold_frames >= chunk->frames && gate_is_whole(gate, 0)) {
		gate_stay_open(gate, cooked, chunk);
		return;
	}
	mca_chunk_lift(chunk);
	if (!gate->open && gate_is_whole(gate, cooked->range_q58) &&
	    most_of(chunk->level_q26, chunk->frames) < cooked->open_q26) {
		for (size_t i = 0; i < chunk->frames; i++)
			gate_lower(chunk, i, gate->reduction_q58);
		return;
	}
	gate_move(gate, cooked, chunk);
}

/* Silence is below every threshold: a closed gate stays closed, a gate that is off stays open. */
bool mca_gate_rests(const struct mca_gate *gate, const struct mca_gate_cooked *cooked,
		    const struct mca_chunk *chunk)
{
	(void)chunk;
	return gate_is_whole(gate, cooked->range_q58) && (!gate->open || !cooked->enabled);
}

void mca_gate_skip(struct mca_gate *gate, const struct mca_gate_cooked *cooked,
		   const struct mca_chunk *chunk)
{
	(void)gate, (void)cooked, (void)chunk;
}
